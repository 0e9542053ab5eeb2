"""The person's side: finding help, consent, sending a referral and following it up, and who is excluded."""

from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, form_page, post_data, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.consent import actions as consent_actions
from suar.consent import codes as consent_codes
from suar.consent import declined_services, wording
from suar.consent import exclusions as exclusion_list
from suar.consent import queries as consents
from suar.consent import rules as consent_rules
from suar.consent.codes import AgeStatus
from suar.consent.documents import Profile
from suar.core import clock
from suar.core.refusals import NotYours, Refused, value_or_refuse
from suar.directory import providers as directory
from suar.directory.labels import value_label
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.queries import NAMELESS
from suar.referrals import (
    disclosure,
    exclusions,
    forms,
    matching,
    messages,
    needs,
    partners,
    person_card,
    queries,
    receiving,
    rules,
    sending,
    thread_messages,
)
from suar.referrals.codes import AGE_BANDS, FIELDS, Verb
from suar.referrals.sending import SentReferral
from suar.screening import queries as talks
from suar.screening.rules import papers
from suar.screening.rules.answers import UNDER_18

FIND, NOBODY = "find", "nobody"


# Finding help


def open_person(request: StaffRequest, record: UUID) -> OpenRecord:
    """Open a record about a person; raises NotYours for a talk and for another's record."""
    return receiving.open_person(record, viewer=request.viewer, keys=request.keys)


@permission_required(Permission.REFER)
def options(request: StaffRequest, record: UUID) -> HttpResponse:
    """Choose needs with the person and see which services fit, and why."""
    opened = open_person(request, record)
    form = forms.NeedsForm(post_data(request))
    if form.is_valid():
        needs.add_needs(opened, needs.usual_urgencies(form.cleaned_data["types"]), by=acting(request))
        return redirect_with_message(request, _("Need added."), "options", record)
    return _options_page(request, opened, form=form)


@permission_required(Permission.RUN_TALK)
def options_without_name(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show the same page after a talk that stored no name; what is entered about the person is not stored."""
    opened = keyring.open_record(record, keys=request.keys)
    findings = talks.findings(opened)
    if opened.facts.kind not in NAMELESS or not findings:
        raise NotYours
    finding = findings[0]
    band = finding.age_band if finding.age_band in AGE_BANDS else ""
    age = AGE_BANDS.label(band) if band else ""
    maybe = {"age_status": AgeStatus.MAY_BE_CHILD} if talks.may_be_child(opened) and not band else {}
    assumed = matching.assumed_place(findings, opened.facts.organisation)
    about = forms.ProfileForm(post_data(request), initial=maybe, age=age, assumed_place=assumed)
    facts = needs.stated_facts(about.cleaned_data if about.is_valid() else maybe)
    if band:
        facts = replace(facts, age_status=AgeStatus.CHILD if band in UNDER_18 else AgeStatus.ADULT)
    options = matching.find_options_without_name(findings, facts, own=opened.facts.organisation)
    excludes = any(earlier.partners_excluded for earlier in findings)
    context = {"record": opened, "options": options, "about": about, "excludes": excludes}
    return render(request, "referrals/options.html", context, status=400 if about.errors else 200)


@permission_required(Permission.REFER, method="POST")
def change_profile(request: StaffRequest, record: UUID) -> HttpResponse:
    """Store the answers that services ask for before they help."""
    opened = open_person(request, record)
    form = forms.ProfileForm(request.POST, age=_certain_age(opened))
    if not form.is_valid():
        return _options_page(request, opened, about=form)
    needs.change_profile(opened, form.cleaned_data, by=acting(request))
    return redirect_with_message(request, _("Saved. The list is updated."), "options", record)


@permission_required(Permission.REFER, method="POST")
def record_contact(request: StaffRequest, record: UUID) -> HttpResponse:
    """Record whom the worker spoke to about an urgent need."""
    opened = open_person(request, record)
    form = _contact_form(opened, request.POST)
    if not form.is_valid():
        return _options_page(request, opened, spoke=form)
    needs.record_contact(opened, form.cleaned_data["need"], form.cleaned_data["whom"], by=acting(request))
    return redirect_with_message(request, _("Recorded who is informed."), "options", record)


@permission_required(Permission.SEE_RECORD, method="GET")
def show_card(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show the card for the person, to print or to read aloud."""
    opened = open_person(request, record)
    return render(request, "referrals/card.html", {"card": person_card.make_card(opened), "record": opened.id})


def _options_page(request: StaffRequest, opened: OpenRecord, **bound: Any) -> HttpResponse:
    """Show the options page with its forms; a submitted form is passed in."""
    context = {
        "record": opened,
        "needs": matching.need_lines(opened, queries.sent_for(opened), place=needs.district_of(opened)),
        "options": matching.find_options(opened),
        "form": forms.NeedsForm(),
        "about": forms.ProfileForm(
            initial=needs.profile_answers(opened),
            age=_certain_age(opened),
            assumed_place=matching.assumed_place(talks.findings(opened), opened.facts.organisation),
        ),
        "has_name": True,
        "record_id": opened.id,
        "spoke": _contact_form(opened),
        **bound,
    }
    status = 400 if any(form.errors for form in bound.values()) else 200
    return render(request, "referrals/options.html", context, status=status)


def _certain_age(opened: OpenRecord) -> str:
    """Return the age of a person in words, or "" if it is open whether they are a child."""
    status, profile = needs.age_status(opened), opened.known(Profile)
    if status in needs.UNCERTAIN_AGES or profile is None:
        return ""
    return str(profile.age) if profile.age is not None else value_label(status)


def _contact_form(opened: OpenRecord, typed: Any = None) -> forms.NeedContactForm:
    return forms.NeedContactForm(typed, choices={"need": [(need.id, need.id) for need in needs.list_needs(opened)]})


# Consent


@permission_required(Permission.GIVE_CONSENT)
def ask_consent(request: StaffRequest, record: UUID, service: UUID) -> HttpResponse:
    """Ask for one consent: recipient, fields, purpose, end date. Declining takes as many clicks."""
    opened = open_person(request, record)
    if exclusions.must_ask_first(opened):
        return redirect_with_message(request, messages.refusal_text("ask_who_first"), "exclusions", record)
    card, sent = exclusions.get_service(opened, service), queries.sent_for(opened)
    if waiting := next((row for row in sent if row.waits_at(card.id)), None):
        return redirect("referral_sent", record, waiting.id)
    answer = request.POST.get("answer", "")
    form = forms.ConsentForm(post_data(request), record=opened, card=card)
    if answer == "no":
        _exclude_officers(request, opened, form)
        declined_services.record_decline(opened, card.id, by=acting(request))
        return redirect_with_message(request, _("Recorded that the person declined."), "options", record)
    if answer == "yes":
        form.require_all()
    if answer == "yes" and form.is_valid():
        with form.saving():
            consent = _record_consent(request, opened, form)
            return redirect_with_message(request, _("Consent recorded."), "send_referral", record, consent)
    context = {
        "form": form,
        "card": card,
        "record": record,
        "replaces": messages.replacement_text(disclosure.find_replaced(sent, form.types), service=card.id),
        "excluded": exclusions.exclusions_in_words(opened),
        "declined_on": declined_services.declined_on(opened).get(card.id),
    }
    return render(request, "referrals/consent.html", context, status=400 if form.errors else 200)


def _record_consent(request: StaffRequest, opened: OpenRecord, form: forms.ConsentForm) -> UUID:
    """Record whom the person excludes there, and the consent; return its id, also if the form was sent before."""
    by, card = acting(request), form.card
    opened = _exclude_officers(request, opened, form)
    exclusions.check_reader_left(opened, card)
    ident = form.cleaned_data["ident"]
    consent = consent_actions.record_consent(opened, form.to_proposal(by=by.worker), by=by, ident=ident)
    stored = () if consent else consents.list_consents(opened)
    return consent or next(row.id for row in stored if row.facts.recipient == card.id)


def _exclude_officers(request: StaffRequest, opened: OpenRecord, form: forms.ConsentForm) -> OpenRecord:
    """Record which workers of the other organisation must not know, and return the record as it is then."""
    form.full_clean()
    added = exclusion_list.new_exclusions((), form.cleaned_data.get("excluded_officers", ()), "")
    if not added:
        return opened
    sending.record_exclusions(opened, added, by=acting(request))
    return open_person(request, opened.id)


@permission_required(Permission.GIVE_CONSENT, step_up=True)
def narrow_consent(request: StaffRequest, record: UUID, consent: UUID) -> HttpResponse:
    """Show the shared fields, to remove some or to end the consent sooner."""
    opened = open_person(request, record)
    facts = consents.get_consent(opened, consent).facts
    if not consent_rules.is_valid(facts, at=clock.now()):
        return redirect("person", record)
    form = forms.NarrowForm(post_data(request), shared=facts.fields, ends_on=facts.ends_on)
    if form.is_valid():
        with form.saving():
            fields, ends_on = frozenset(form.cleaned_data["shared_fields"]), form.cleaned_data["ends_on"]
            sent = sending.narrow_consent(opened, consent, fields=fields, ends_on=ends_on, by=acting(request))
            if sent and sent.token:
                return _link_page(request, opened, sent, service=facts.recipient)
            return redirect_with_message(request, _("Only this is shared from now on."), "person", record)
    return form_page(request, "referrals/narrow.html", form, record=record, consent=consent)


@permission_required(Permission.SEE_RECORD, method="GET")
def consent_copy(request: StaffRequest, record: UUID, consent: UUID) -> HttpResponse:
    """Show what the person consented to, to print for them or to read aloud."""
    opened = open_person(request, record)
    copy = person_card.copy_consent(opened, consents.get_consent(opened, consent))
    return render(request, "referrals/consent_copy.html", {"copy": copy, "record": record})


@permission_required(Permission.GIVE_CONSENT, method="GET")
def consent_on_paper(request: StaffRequest) -> HttpResponse:
    """Print the consent form to read and tick away from the screen."""
    context = {
        "code": papers.code_of(papers.CONSENT),
        "version": wording.LATEST,
        "fields": FIELDS.choices,
        "how": forms.HOW_GIVEN,
        "codes": consent_codes,
    }
    return render(request, "referrals/consent_paper.html", context)


# Sending


@permission_required(Permission.REFER, step_up=True)
def send(request: StaffRequest, record: UUID, consent: UUID) -> HttpResponse:
    """Show exactly what will be shared; send it when the person agrees with what they see."""
    opened, at = open_person(request, record), clock.now()
    stored_consent = consents.get_consent(opened, consent)
    if not consent_rules.is_valid(stored_consent.facts, at=at):
        return redirect("person", record)
    sent = queries.sent_for(opened)
    offer = disclosure.offer_of(opened, stored_consent, sent=sent, at=at)
    existing = queries.get_referral(consent=consent)
    by_link = offer.receiving_organisation is None
    if existing and not (by_link and existing.state in rules.UNANSWERED_LINK):
        return redirect("referral_sent", record, existing.id)
    former = next((row for row in sent if row.id == offer.replaces), None)
    context = {
        "offer": offer,
        "by_link": by_link,
        "ends_on": stored_consent.facts.ends_on,
        "renews_link": existing is not None,
        "replaces": messages.replacement_text(former, service=offer.service),
        "excluded": exclusions.exclusions_in_words(opened),
        "record": record,
        **_keys_to_compare(request, offer),
    }
    if request.method == "GET":
        return render(request, "referrals/send.html", context)
    by = acting(request)
    try:
        if offer.receiving_organisation and context.get("groups") and request.POST.get("compared"):
            partners.pin_partner(offer.receiving_organisation, by=by, groups=request.POST.get("words", ""))
        shared = sending.send(opened, offer, by=by)
    except Refused as refusal:
        context["refused"] = messages.refusal_text(refusal.because)
        return render(request, "referrals/send.html", context, status=409)
    if shared and shared.token:
        return _link_page(request, opened, shared, service=offer.service)
    stored = value_or_refuse(queries.get_referral(consent=consent))
    return redirect_with_message(request, _("Sent."), "referral_sent", record, stored.id)


def _keys_to_compare(request: StaffRequest, offer: disclosure.Offer) -> dict[str, Any]:
    """Return the groups of a partner whose keys must be compared first, and whether they changed."""
    partner = offer.receiving_organisation
    refusal = partners.sending_refusal(request.viewer.organisation, partner) if partner else ""
    if not partner or not refusal:
        return {}
    return {"groups": partners.groups_to_compare(partner), "changed": refusal == "partner_key_changed"}


def _link_page(request: StaffRequest, opened: OpenRecord, sent: SentReferral, *, service: UUID) -> HttpResponse:
    """Show a link and its code once; neither is stored in clear."""
    context = {
        "sent": sent,
        "record": opened.id,
        "service": service,
        "name": messages.service_name(service),
        "link": messages.link_address(sent.token or ""),
    }
    return render(request, "referrals/link_made.html", context)


# After sending


@permission_required(Permission.REFER, method="GET")
def show_sent(request: StaffRequest, record: UUID, referral: UUID) -> HttpResponse:
    """Show the state of a referral, who read it, and what can be done next."""
    return _sent_page(request, open_person(request, record), referral)


@permission_required(Permission.REFER, step_up=True, method="POST")
def follow_up(request: StaffRequest, record: UUID, referral: UUID) -> HttpResponse:
    """Recall a referral, close it, or record the person's feedback."""
    opened, verb = open_person(request, record), request.POST.get("verb", "")
    if not rules.has_button(verb, *rules.SENDING):
        raise NotYours
    try:
        sending.follow_up(opened, referral, Verb(verb), by=acting(request), reason=request.POST.get("reason", ""))
    except Refused as refusal:
        return _sent_page(request, opened, referral, refused=refusal.because)
    return redirect_with_message(request, messages.act_message(verb), "referral_sent", record, referral)


@permission_required(Permission.REFER, method="POST")
def write_message(request: StaffRequest, record: UUID, referral: UUID) -> HttpResponse:
    """Ask the receiver of a referral something, or answer."""
    opened, form = open_person(request, record), forms.MessageForm(request.POST)
    if form.is_valid():
        with form.saving():
            thread_messages.write_to_receiver(opened, referral, form.cleaned_data["text"], by=acting(request))
            return redirect_with_message(request, _("Message sent."), "referral_sent", record, referral)
    return _sent_page(request, opened, referral, message_form=form)


def _sent_page(
    request: StaffRequest,
    opened: OpenRecord,
    referral: UUID,
    *,
    refused: str = "",
    message_form: forms.MessageForm | None = None,
) -> HttpResponse:
    row = value_or_refuse(next((row for row in queries.sent_for(opened) if row.id == referral), None))
    service = row.document.service
    context = {
        "sent": row,
        "record": opened.id,
        "verbs": rules.buttons(row.state, *rules.SENDING),
        "readings": queries.readers_of(row),
        "declined_on": declined_services.declined_on(opened).get(service),
        "withdrawal_reason": consents.get_consent(opened, row.consent).withdrawal_reason,
        "link_can_be_renewed": row.by_link and row.state in rules.UNANSWERED_LINK,
        "alternatives": matching.find_alternatives(opened, row),
        "refused": messages.refused_act(refused, referral, ours=rules.SENDING) if refused else "",
        "thread_messages": thread_messages.list_messages(
            row.id, row.document.open_thread().key, own=thread_messages.SENDERS
        ),
        "message_form": message_form or (forms.MessageForm() if row.is_open else None),
        "message_url": reverse("write_to_receiver", args=[opened.id, row.id]),
    }
    return render(request, "referrals/sent.html", context, status=409 if refused else 400 if message_form else 200)


# Exclusions


@permission_required(Permission.SEE_RECORD)
def exclude(request: StaffRequest, record: UUID) -> HttpResponse:
    """Record whom the person excludes; everything still open to them closes at once."""
    opened, pressed = open_person(request, record), request.POST.get("go", "")
    goes_on = exclusions.must_ask_first(opened) and request.viewer.may(Permission.REFER)
    form = _exclusion_form(request, opened, bound=request.method == "POST" and pressed not in (FIND, NOBODY))
    if pressed == NOBODY or form.is_valid():
        data = form.cleaned_data if form.is_bound else {}
        added = exclusion_list.new_exclusions(
            data.get("organisations", ()), data.get("workers", ()), data.get("words", "")
        )
        with form.saving():
            sending.record_exclusions(opened, added, by=acting(request))
            return redirect_with_message(request, _("Saved."), "options" if goes_on else "person", opened.id)
    return _exclusions_page(request, opened, form, forms.RemoveExclusionForm())


@permission_required(Permission.SEE_RECORD, method="POST")
def remove_exclusion(request: StaffRequest, record: UUID, line: UUID) -> HttpResponse:
    """Remove an exclusion, as the person wishes; it stays in the history."""
    opened, form = open_person(request, record), forms.RemoveExclusionForm(request.POST)
    if form.is_valid():
        exclusion_list.remove_exclusion(opened, line, by=acting(request), reason=form.cleaned_data["reason"])
        return redirect_with_message(request, _("Removed from the list."), "exclusions", record)
    return _exclusions_page(request, opened, _exclusion_form(request, opened, bound=False), form)


def _exclusion_form(request: StaffRequest, opened: OpenRecord, *, bound: bool) -> forms.ExclusionForm:
    """Return the form with the searched or chosen organisations and the colleagues who are not yet excluded."""
    hidden = {entry.ref for entry in exclusion_list.list_exclusions(opened) if entry.active} | {request.viewer.worker}
    chosen = []
    for ident in request.POST.getlist("organisations"):
        with suppress(ValueError):
            chosen.append(UUID(ident))
    searched = request.POST.get("find", "")
    matches = directory.find_providers(searched, apart_from=request.viewer.organisation)
    offered = directory.provider_names(chosen) | matches
    colleagues = ((worker.id, worker.display_name) for worker in accounts.colleagues(request.viewer))
    choices = {"organisations": offered.items(), "workers": colleagues}
    lists = {name: request.POST.getlist(name) for name in choices}
    return forms.ExclusionForm(
        request.POST if bound else None,
        initial={"find": searched, "words": request.POST.get("words", ""), **lists},
        choices={name: [row for row in rows if row[0] not in hidden] for name, rows in choices.items()},
    )


def _exclusions_page(
    request: StaffRequest, opened: OpenRecord, form: forms.ExclusionForm, removal: forms.RemoveExclusionForm
) -> HttpResponse:
    lines = exclusions.exclusion_lines(opened)
    context = {
        "record": opened.id,
        "was_asked": exclusion_list.was_asked(opened),
        "active": [line for line in lines if line["entry"].active],
        "removed": [line for line in lines if not line["entry"].active],
        "form": form,
        "removal": removal,
    }
    wrong = bool(form.errors or removal.errors)
    return render(request, "referrals/exclusions.html", context, status=400 if wrong else 200)
