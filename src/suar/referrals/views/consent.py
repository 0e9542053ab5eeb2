"""Asking for consent, sending what it covers, and what becomes of a referral."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.consent import actions as consent_actions
from suar.consent import codes as consent_codes
from suar.consent import declined_services, wording
from suar.consent import queries as consents
from suar.consent import rules as consent_rules
from suar.consent.codes import Field
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.records.keyring import OpenRecord
from suar.referrals import exclusions, matching, messages, partners, proposals, queries, rules, sending
from suar.referrals.codes import FIELDS, State, Verb
from suar.referrals.forms import HOW_GIVEN, ConsentForm, NarrowForm
from suar.referrals.proposals import Offer
from suar.referrals.sending import Sent
from suar.referrals.views.options import open_person
from suar.screening.rules import papers

BACK_AGAIN = frozenset({State.REFUSED, State.RECALLED, State.NO_CONTACT})


@permission_required(Permission.GIVE_CONSENT)
@require_http_methods(["GET", "POST"])
def ask_consent(request: StaffRequest, record: UUID, service: UUID) -> HttpResponse:
    """Ask for one consent: who, what, for what, until when. A No takes no more clicks."""
    opened = open_person(request, record)
    card, sent = exclusions.get_service(opened, service), queries.sent_for(opened)
    for row in sent:
        if row.document.service == card.id and row.is_open and not row.can_be_renewed:
            return redirect("referral_sent", record, row.id)
    answer = request.POST.get("answer", "")
    if answer == "no":
        declined_services.record_decline(opened, card.id, by=acting(request))
        return redirect_with_message(request, _("No recorded."), "options", record)
    form = ConsentForm(request.POST if request.method == "POST" else None, record=opened, card=card)
    if answer == "yes":
        form.require_all()
    if answer == "yes" and form.is_valid():
        by, ident = acting(request), form.cleaned_data["ident"]
        try:
            consent = consent_actions.record_consent(opened, form.to_proposal(by=by.worker), by=by, ident=ident)
            if consent is None:
                # The same form was sent before: it leads to the consent that it recorded.
                given = consents.list_consents(opened)
                consent = next(row.id for row in given if row.facts.recipient == card.id)
            return redirect_with_message(request, _("Consent recorded."), "send_referral", record, consent)
        except Refused as refusal:
            form.add_error(None, messages.refusal(refusal.because))
    context = {
        "form": form,
        "card": card,
        "record": record,
        "replaces": messages.replacement(proposals.find_replaced(sent, form.types), service=card.id),
        "excluded": exclusions.described_in_words(opened),
        "declined_on": declined_services.declined_on(opened).get(card.id),
    }
    return render(request, "referrals/consent.html", context, status=400 if form.errors else 200)


@permission_required(Permission.GIVE_CONSENT, step_up=True)
@require_http_methods(["GET", "POST"])
def narrow_consent(request: StaffRequest, record: UUID, consent: UUID) -> HttpResponse:
    """Show what is shared, to take something away from it or to end it sooner."""
    opened = open_person(request, record)
    facts = consents.get_consent(opened, consent).facts
    if not consent_rules.is_open(facts, at=clock.now()):
        return redirect("person", record)
    form = NarrowForm(request.POST if request.method == "POST" else None, shared=facts.fields, ends_on=facts.ends_on)
    if form.is_valid():
        fields, ends_on = frozenset(map(Field, form.cleaned_data["shared_fields"])), form.cleaned_data["ends_on"]
        try:
            sent = sending.narrow_consent(opened, consent, fields=fields, ends_on=ends_on, by=acting(request))
            if sent and sent.token:
                return _link_page(request, opened, sent, service=facts.recipient)
            return redirect_with_message(request, _("Only this is shared from now on."), "person", record)
        except Refused as refusal:
            form.add_error(None, messages.refusal(refusal.because))
    context = {"form": form, "record": record, "consent": consent}
    return render(request, "referrals/narrow.html", context, status=400 if form.errors else 200)


@permission_required(Permission.GIVE_CONSENT)
@require_GET
def consent_on_paper(request: StaffRequest) -> HttpResponse:
    """Print what is read and ticked when consent is given away from the screen."""
    context = {
        "code": papers.code_of(papers.CONSENT),
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
    existing = queries.get_referral(consent=consent)
    by_link = offer.receiving_organisation is None
    if existing and not (by_link and existing.state in rules.UNANSWERED_LINK):
        return redirect("referral_sent", record, existing.id)
    former = next((row for row in sent if row.id == offer.replaces), None)
    context = {
        "offer": offer,
        "by_link": by_link,
        "ends_on": given.facts.ends_on,
        "renews_link": existing is not None,
        "replaces": messages.replacement(former, service=offer.service),
        "excluded": exclusions.described_in_words(opened),
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
        context["refused"] = messages.refusal(refusal.because)
        return render(request, "referrals/send.html", context, status=409)
    if shared and shared.token:
        return _link_page(request, opened, shared, service=offer.service)
    stored = queries.get_referral(consent=consent)
    if stored is None:
        raise NotYours
    return redirect_with_message(request, _("Sent."), "referral_sent", record, stored.id)


def _keys_to_compare(request: StaffRequest, offer: Offer) -> dict[str, Any]:
    """Return the groups of a partner whose keys must be compared first, and whether they changed."""
    partner = offer.receiving_organisation
    refusal = partners.sending_refusal(request.viewer.organisation, partner) if partner else ""
    if not partner or not refusal:
        return {}
    return {"groups": partners.groups_to_compare(partner), "changed": refusal == "partner_key_changed"}


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


# After sending


@permission_required(Permission.REFER)
@require_GET
def show_sent(request: StaffRequest, record: UUID, referral: UUID) -> HttpResponse:
    """Show the state of a referral, who read it, and what can be done next."""
    return _sent_page(request, open_person(request, record), referral)


@permission_required(Permission.REFER, step_up=True)
@require_POST
def follow_up(request: StaffRequest, record: UUID, referral: UUID) -> HttpResponse:
    """Recall a referral, close it, or record what the person says of it."""
    opened, verb = open_person(request, record), request.POST.get("verb", "")
    if not rules.has_button(verb, *rules.SENDING):
        raise NotYours
    try:
        sending.follow_up(opened, referral, Verb(verb), by=acting(request), reason=request.POST.get("reason", ""))
    except Refused as refusal:
        return _sent_page(request, opened, referral, refused=refusal.because)
    return redirect_with_message(request, messages.done(verb), "referral_sent", record, referral)


def _sent_page(request: StaffRequest, opened: OpenRecord, referral: UUID, *, refused: str = "") -> HttpResponse:
    row = next((row for row in queries.sent_for(opened) if row.id == referral), None)
    if row is None:
        raise NotYours
    service = row.document.service
    context = {
        "sent": row,
        "record": opened.id,
        "verbs": rules.buttons(row.state, *rules.SENDING),
        "readings": queries.readers_of(row),
        "declined_on": declined_services.declined_on(opened).get(service),
        "withdrawal_reason": consents.get_consent(opened, row.consent).withdrawal_reason,
        "link_can_be_renewed": row.by_link and row.state in rules.UNANSWERED_LINK,
        "alternatives": matching.find_alternatives(opened, to=service) if row.state in BACK_AGAIN else (),
        "refused": messages.refused_act(refused, referral, ours=rules.SENDING) if refused else "",
    }
    return render(request, "referrals/sent.html", context, status=409 if refused else 200)
