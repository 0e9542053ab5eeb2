"""Pages of finding help together: options, consent, what is sent, its progress, exclusions."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.consent import actions as consent_actions
from suar.consent import codes as consent_codes
from suar.consent import declined_services, wording
from suar.consent import exclusions as exclusion_list
from suar.consent import queries as consents
from suar.consent import rules as consent_rules
from suar.consent.codes import Field
from suar.consent.exclusions import NewExclusion, new_exclusions
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.directory import providers as directory
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.queries import PEOPLE
from suar.records.terms import Kind
from suar.referrals import (
    exclusion_history,
    exclusions,
    matching,
    messages,
    needs,
    partners,
    person_card,
    proposals,
    queries,
    rules,
    sender,
    sending,
)
from suar.referrals.codes import FIELDS, SENDER_VERBS, State, Verb
from suar.referrals.forms import (
    HOW_GIVEN,
    ExclusionForm,
    NarrowForm,
    NeedContactForm,
    NeedsForm,
    ProfileForm,
    RemoveExclusionForm,
)
from suar.referrals.messages import SENDING
from suar.referrals.proposals import ConsentRequest
from suar.referrals.sending import Offer, Sent
from suar.screening.rules import papers
from suar.screening.rules.papers import Kind as PaperKind
from suar.screening.rules.papers import Paper

BACK_AGAIN = frozenset({State.REFUSED, State.RECALLED, State.NO_CONTACT})
FIND, NOBODY = "find", "nobody"


def open_person(request: StaffRequest, record: UUID) -> OpenRecord:
    """Open a person's record; nobody is referred from a case or a talk, which are absent here."""
    opened = keyring.open_record(record, keys=request.keys)
    if opened.facts.kind is not Kind.PERSON:
        raise NotYours
    return opened


def open_person_or_case(request: StaffRequest, record: UUID) -> OpenRecord:
    """Open the record of a person, or the case of an organisation; others are absent."""
    opened = keyring.open_record(record, keys=request.keys)
    if opened.facts.kind not in PEOPLE:
        raise NotYours
    return opened


# Options


@permission_required(Permission.REFER)
@require_http_methods(["GET", "POST"])
def options(request: StaffRequest, record: UUID) -> HttpResponse:
    """Choose needs with the person and see which services fit, and why."""
    opened = open_person(request, record)
    form = NeedsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        chosen = {code: needs.usual_urgency(code) for code in form.cleaned_data["types"]}
        needs.add_needs(opened, chosen, by=acting(request))
        return redirect("options", record)
    return _options_page(request, opened, form=form, status=400 if form.errors else 200)


@permission_required(Permission.REFER)
@require_POST
def about(request: StaffRequest, record: UUID) -> HttpResponse:
    """Store what services ask before they help."""
    opened, form = open_person(request, record), ProfileForm(request.POST)
    if not form.is_valid():
        return _options_page(request, opened, about=form, status=400)
    needs.change_profile(opened, form.cleaned_data, by=acting(request))
    return redirect("options", record)


@permission_required(Permission.REFER)
@require_POST
def spoke(request: StaffRequest, record: UUID) -> HttpResponse:
    """Record whom the worker spoke to about an urgent need."""
    opened = open_person(request, record)
    form = _need_contact_form(opened, request.POST)
    if not form.is_valid():
        return _options_page(request, opened, spoke=form, status=400)
    needs.record_contact(opened, form.cleaned_data["need"], form.cleaned_data["whom"], by=acting(request))
    return redirect("options", record)


def _options_page(request: StaffRequest, opened: OpenRecord, *, status: int = 200, **forms: Any) -> HttpResponse:
    """Show the options page with its forms, one of them perhaps filled."""
    sent, place = queries.sent_for(opened), needs.district_of(opened)
    context = {
        "record": opened,
        "needs": matching.need_lines(opened, sent, place=place),
        "options": matching.find_options(opened),
        "form": NeedsForm(),
        "about": ProfileForm(initial=needs.profile_answers(opened)),
        "spoke": _need_contact_form(opened),
        **forms,
    }
    return render(request, "referrals/options.html", context, status=status)


def _need_contact_form(opened: OpenRecord, typed: Any = None) -> NeedContactForm:
    return NeedContactForm(typed, needs=[need.id for need in needs.list_needs(opened)])


# Consent


@permission_required(Permission.GIVE_CONSENT)
@require_http_methods(["GET", "POST"])
def consent_for(request: StaffRequest, record: UUID, service: UUID) -> HttpResponse:
    """Ask for one consent: who, what, for what, until when. A No takes no more clicks."""
    opened = open_person(request, record)
    card, sent = exclusions.get_service(opened, service), queries.sent_for(opened)
    for each in sent:
        if each.service == card.id and each.open and not each.may_renew(clock.now()):
            return redirect("referral_sent", record, each.id)
    answer = request.POST.get("answer", "")
    if answer == "no":
        declined_services.record_decline(opened, card.id, by=acting(request))
        return redirect("options", record)
    asked = proposals.request_consent(opened, card, typed=request.POST if request.method == "POST" else None)
    if answer == "yes":
        asked.form.require_all()
    if answer == "yes" and asked.form.is_valid():
        consent = _record_consent(request, opened, asked)
        if consent is not None:
            return redirect("send_referral", record, consent)
    context = {
        "asked": asked,
        "record": record,
        "replaces": proposals.replacement_text(opened, card, sent),
        "excluded": exclusions.described_in_words(opened),
        "declined_on": declined_services.declined_on(opened).get(card.id),
    }
    return render(request, "referrals/consent.html", context, status=400 if asked.form.errors else 200)


def _record_consent(request: StaffRequest, opened: OpenRecord, asked: ConsentRequest) -> UUID | None:
    """Record the consent; None when it cannot be, with the reason in the form."""
    if request.POST.get("spoken", asked.spoken) != asked.spoken:
        asked.form.add_error(None, messages.READ_AGAIN)
        return None
    by, ident = acting(request), asked.form.cleaned_data["ident"]
    try:
        return consent_actions.record_consent(opened, proposals.to_proposal(asked, by=by.worker), by=by, ident=ident)
    except Refused as refusal:
        asked.form.add_error(None, messages.refusal(refusal.because))
        return None


@permission_required(Permission.GIVE_CONSENT, step_up=True)
@require_http_methods(["GET", "POST"])
def tell_less(request: StaffRequest, record: UUID, consent: UUID) -> HttpResponse:
    """Show what is shared, to take something away from it or to end it sooner."""
    opened = open_person(request, record)
    given = consents.get_consent(opened, consent)
    if not consent_rules.is_open(given.facts, at=clock.now()):
        return redirect("person", record)
    fields = [field for field in Field if field in given.facts.fields]
    initial = {"fields_told": fields, "ends_on": given.facts.ends_on}
    form = NarrowForm(request.POST if request.method == "POST" else None, fields=fields, initial=initial)
    if form.is_valid():
        left, ends_on = frozenset(map(Field, form.cleaned_data["fields_told"])), form.cleaned_data["ends_on"]
        try:
            sent = sender.narrow_consent(opened, consent, fields=left, ends_on=ends_on, by=acting(request))
        except Refused as refusal:
            form.add_error(None, messages.refusal(refusal.because))
        else:
            if sent is None or not sent.token:
                return redirect("person", record)
            return _link_page(request, opened, sent, service=given.facts.recipient)
    context = {"form": form, "record": record, "consent": consent}
    return render(request, "referrals/narrow.html", context, status=400 if form.errors else 200)


@permission_required(Permission.GIVE_CONSENT)
@require_GET
def yes_on_paper(request: StaffRequest) -> HttpResponse:
    """Print what is read and ticked when consent is given away from the screen."""
    context = {
        "code": papers.code_of(Paper(PaperKind.YES)),
        "version": wording.LATEST,
        "fields": FIELDS.choices,
        "how": HOW_GIVEN,
        "codes": consent_codes,
    }
    return render(request, "referrals/consent_paper.html", context)


# Sending


@permission_required(Permission.REFER, step_up=True)
@require_http_methods(["GET", "POST"])
def send(request: StaffRequest, record: UUID, consent: UUID) -> HttpResponse:
    """Show exactly what will be shared; send it when the person agrees with what they see."""
    opened, at = open_person(request, record), clock.now()
    given = consents.get_consent(opened, consent)
    if not consent_rules.is_open(given.facts, at=at):
        return redirect("person", record)
    sent = queries.sent_for(opened)
    offer = proposals.offer_of(opened, given, sent=sent, at=at)
    existing = queries.referral_of_consent(consent)
    by_link = offer.receiving_organisation is None
    if existing and not (by_link and existing[1] in sending.UNANSWERED_LINK):
        return redirect("referral_sent", record, existing[0])
    context = {
        "offer": offer,
        "by_link": by_link,
        "ends_on": given.facts.ends_on,
        "renews_link": existing is not None,
        "replaces": messages.replacement(
            next((each for each in sent if each.id == offer.replaces), None), service=offer.service
        ),
        "excluded": exclusions.described_in_words(opened),
        "record": record,
        **_keys_to_compare(request, offer),
    }
    if request.method == "GET":
        return render(request, "referrals/send.html", context)
    try:
        made = _send(request, opened, offer, compare=bool(context.get("groups")))
    except Refused as refusal:
        context["refused"] = messages.refusal(refusal.because)
        return render(request, "referrals/send.html", context, status=409)
    if made.token is None:
        return redirect("referral_sent", record, made.referral)
    return _link_page(request, opened, made, service=offer.service)


def _keys_to_compare(request: StaffRequest, offer: Offer) -> dict[str, Any]:
    """Return the groups of a partner whose keys must be compared first, and whether they changed."""
    partner = offer.receiving_organisation
    refusal = partners.sending_refusal(request.viewer.organisation, partner) if partner else ""
    if not partner or not refusal:
        return {}
    return {"groups": partners.groups_to_compare(partner), "changed": refusal == "partner_key_changed"}


def _send(request: StaffRequest, opened: OpenRecord, offer: Offer, *, compare: bool) -> Sent:
    """Store the partner's keys if they were compared just now, then send."""
    by = acting(request)
    if compare and request.POST.get("compared") and offer.receiving_organisation:
        partners.pin_partner(offer.receiving_organisation, by=by, groups=request.POST.get("words", ""))
    return sending.send(opened, offer, by=by)


def _link_page(request: StaffRequest, opened: OpenRecord, sent: Sent, *, service: UUID) -> HttpResponse:
    """Show a link and its code this one time; neither is stored as it is shown here."""
    context = {
        "sent": sent,
        "record": opened.id,
        "service": service,
        "name": messages.service_name(service),
        "link": messages.link_address(sent.token or ""),
    }
    return render(request, "referrals/link_made.html", context)


@permission_required(Permission.REFER)
@require_GET
def sent(request: StaffRequest, record: UUID, referral: UUID) -> HttpResponse:
    """Show the state of a referral, who read it, and what can be done next."""
    return _sent_page(request, open_person(request, record), referral)


@permission_required(Permission.REFER, step_up=True)
@require_POST
def follow(request: StaffRequest, record: UUID, referral: UUID) -> HttpResponse:
    """Recall a referral, close it, or record what the person says of it."""
    opened = open_person(request, record)
    verb, reason = request.POST.get("verb", ""), request.POST.get("reason", "")
    if verb not in SENDER_VERBS:
        raise NotYours
    try:
        sender.follow_up(opened, referral, Verb(verb), by=acting(request), reason=reason)
    except Refused as refusal:
        return _sent_page(request, opened, referral, refused=refusal.because)
    return redirect("referral_sent", record, referral)


def _sent_page(request: StaffRequest, opened: OpenRecord, referral: UUID, *, refused: str = "") -> HttpResponse:
    found = next((each for each in queries.sent_for(opened) if each.id == referral), None)
    if found is None:
        raise NotYours
    given = consents.get_consent(opened, found.consent)
    context = {
        "sent": found,
        "record": opened.id,
        "verbs": [verb for verb in rules.next_acts(found.state, *SENDING) if verb in SENDER_VERBS],
        "readings": queries.readers_of(found),
        "may_renew": found.may_renew(clock.now()),
        "declined_on": declined_services.declined_on(opened).get(found.service),
        "withdrawal_reason": given.withdrawal_reason,
        "alternatives": matching.find_alternatives(opened, to=found.service) if found.state in BACK_AGAIN else (),
        "refused": messages.refused_act(refused, referral, ours=SENDING) if refused else "",
    }
    return render(request, "referrals/sent.html", context, status=409 if refused else 200)


@permission_required(Permission.SEE_RECORD)
@require_GET
def card(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show what the person may carry, or hears."""
    opened = open_person_or_case(request, record)
    context = {"card": person_card.make_card(opened), "record": opened.id}
    return render(request, "referrals/card.html", context)


# Exclusions


@permission_required(Permission.SEE_RECORD)
@require_http_methods(["GET", "POST"])
def never(request: StaffRequest, record: UUID) -> HttpResponse:
    """Ask whom the person excludes, and record it; what is still open to them closes at once."""
    opened, pressed = open_person_or_case(request, record), request.POST.get("go", "")
    unbound = request.method == "GET" or pressed in (FIND, NOBODY)
    form = _exclusion_form(request, opened, bound=not unbound)
    if pressed == NOBODY or form.is_valid():
        try:
            sender.record_exclusions(opened, _chosen(form) if form.is_bound else (), by=acting(request))
            return redirect("person", opened.id)
        except Refused as refusal:
            form.add_error(None, messages.refusal(refusal.because))
    return _exclusions_page(request, opened, form, RemoveExclusionForm())


@permission_required(Permission.SEE_RECORD)
@require_POST
def may_know(request: StaffRequest, record: UUID, line: UUID) -> HttpResponse:
    """Remove an exclusion, as the person wishes; it stays in the history."""
    opened, form = open_person_or_case(request, record), RemoveExclusionForm(request.POST)
    if form.is_valid():
        exclusion_list.remove_exclusion(opened, line, by=acting(request), reason=form.cleaned_data["reason"])
        return redirect("never", record)
    return _exclusions_page(request, opened, _exclusion_form(request, opened, bound=False), form)


def _exclusion_form(request: StaffRequest, opened: OpenRecord, *, bound: bool) -> ExclusionForm:
    """Offer the organisations that were searched or chosen, and the colleagues; without those on the list."""
    excluded = {entry.ref for entry in exclusion_list.list_exclusions(opened) if entry.active}
    chosen = []
    for ident in request.POST.getlist("bodies"):
        with suppress(ValueError):
            chosen.append(UUID(ident))
    searched = request.POST.get("find", "")
    offered = directory.provider_names(chosen) | directory.find_providers(
        searched, apart_from=request.viewer.organisation
    )
    colleagues = {worker.id: worker.shown_name for worker in accounts.colleagues(request.viewer)}
    lists = {name: request.POST.getlist(name) for name in ("bodies", "workers")}
    return ExclusionForm(
        request.POST if bound else None,
        initial={"find": searched, "words": request.POST.get("words", ""), **lists},
        organisations={ident: name for ident, name in offered.items() if ident not in excluded},
        workers={k: name for k, name in colleagues.items() if k not in {request.viewer.worker, *excluded}},
    )


def _chosen(form: ExclusionForm) -> tuple[NewExclusion, ...]:
    data = form.cleaned_data
    return new_exclusions(data.get("bodies", ()), data.get("workers", ()), data["words"])


def _exclusions_page(
    request: StaffRequest, opened: OpenRecord, form: ExclusionForm, again: RemoveExclusionForm
) -> HttpResponse:
    lines = exclusion_history.exclusion_lines(opened)
    context = {
        "record": opened.id,
        "was_asked": exclusion_list.was_asked(opened),
        "active": [line for line in lines if line.entry.active],
        "removed": [line for line in lines if not line.entry.active],
        "form": form,
        "again": again,
    }
    wrong = bool(form.errors or again.errors)
    return render(request, "referrals/exclusions.html", context, status=400 if wrong else 200)
