"""Offers of help to a person: record one in one touch, complete or correct it, and repeat it when agreed."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import corrections, labels, offers
from suar.cases.codes import DECLINE_REASONS, OFFER_OUTCOMES, OFFER_SIDES, OfferOutcome
from suar.cases.documents.follow_ups import Offer, OfferWords
from suar.cases.fields_in_words import lines_of
from suar.cases.forms.offers import OfferForm, QuickOfferForm, initial_of
from suar.cases.offers import OfferLine
from suar.cases.rules.history import newest_version
from suar.cases.rules.offers import asks_reason
from suar.cases.views.case import read_received
from suar.cases.views.person import open_person
from suar.consent.documents import SafeContact
from suar.core import clock
from suar.directory import queries as directory
from suar.directory.labels import service_type_name
from suar.records.keyring import OpenRecord
from suar.records.terms import Status
from suar.referrals import matching, needs
from suar.referrals import queries as referrals

HEADING = ("service_type", "on", "by", "at")
"""Fields of an offer that stand above the others."""


@permission_required(Permission.SEE_RECORD)
def list_offers(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show every offer to a person, and record another one."""
    opened = open_person(request, record)
    read_received(request, opened)
    kinds: dict[str, str] = {}
    for wanted in needs.wanted_by(opened):
        for service in wanted.services[:1]:
            kinds[service] = " · ".join(filter(None, [kinds.get(service), wanted.label]))
    asked = request.GET.get("kind", "")
    initial = {"kind": asked or (next(iter(kinds), "") if len(kinds) == 1 else "")}
    initial["other"] = "" if initial["kind"] in kinds else asked
    form = QuickOfferForm(request.POST if request.method == "POST" else None, kinds=kinds.items(), initial=initial)
    if form.is_valid():
        with form.saving():
            _record(request, opened, form.cleaned_data)
            words = _("Recorded: %(what)s.") % {"what": OFFER_OUTCOMES.label(form.cleaned_data["outcome"])}
            return redirect_with_message(request, words, "offers", record, part="offers")
    lines = offers.list_offers(opened, referrals.sent_for(opened))
    counts = Counter(str(line.outcome) for line in lines if line.outcome)
    context = {
        **labels.record_heading(opened),
        "is_closed": opened.facts.status is Status.CLOSED,
        "form": form,
        "sides": _sides(),
        "counts": [(code.label, counts[code.code]) for code in OFFER_OUTCOMES.members if code.code in counts],
        "again": [_line_context(line) for line in offers.due_again(opened, lines, today=clock.today())],
        "reviews": offers.reviews_open(opened),
        "lines": [_line_context(line) for line in lines],
        "names": _names(lines),
        "workers": accounts.display_names(line.by for line in lines if line.by),
        "may_refer": request.viewer.may(Permission.REFER),
        "undos": corrections.list_undos(opened, corrections.OFFER, worker=request.viewer.worker, at=clock.now()),
    }
    return render(request, "cases/offers.html", context, status=400 if form.errors else 200)


@permission_required(Permission.SEE_RECORD)
def correct_offer(request: StaffRequest, record: UUID, offer: UUID) -> HttpResponse:
    """Complete or correct an offer; if a colleague did so meanwhile, theirs is shown beside what was typed."""
    opened, key = open_person(request, record), str(offer)
    read_received(request, opened)
    stored, words = offers.get_offer(opened, key), opened.get(OfferWords, key) or OfferWords()
    newest = newest_version(opened.get_all(Offer), key)
    if newest != key and request.method == "GET":
        return redirect("offer", record, newest)
    form, theirs = _form(request, opened, stored, words), None
    if form.is_valid():
        by = acting(request)
        with form.saving():
            version = form.to_part(Offer, by=by.worker, at=by.at)
            offers.correct_offer(opened, key, version, form.to_part(OfferWords), by=by)
            return redirect_with_message(request, _("Offer saved."), "offers", record, part="offers")
    if form.is_overtaken:
        theirs = next(line for line in offers.list_offers(opened, ()) if line.key == newest)
    context = {
        "form": form,
        **labels.record_heading(opened),
        "offer": newest,
        "theirs": _line_context(theirs) if theirs else None,
        "names": _names([theirs] if theirs else []),
        "asked_before": bool(stored.reasons),
        "asks_reason": asks_reason(stored.outcome),
        "title": service_type_name(stored.service_type),
    }
    return render(request, "cases/offer.html", context, status=form.status)


def _record(request: StaffRequest, opened: OpenRecord, data: dict[str, Any]) -> None:
    """Record an offer of today, perhaps one that repeats an earlier one with its service."""
    by, follows, words = acting(request), data["follows"], None
    offer = Offer(
        service_type=data["service_type"],
        outcome=OfferOutcome(data["outcome"]),
        on=clock.local_date(by.at),
        by=by.worker,
        at=by.at,
        follows=follows,
    )
    if follows:
        earlier, earlier_words = offers.get_offer(opened, str(follows)), opened.get(OfferWords, str(follows))
        offer = offer.model_copy(update={"service_type": earlier.service_type, "language": earlier.language})
        words = OfferWords(service=earlier_words.service) if earlier_words else None
    offers.record_offer(opened, offer, words, by=by)


def _form(request: StaffRequest, opened: OpenRecord, stored: Offer, words: OfferWords) -> OfferForm:
    """Return the form of an offer with the services of its kind that the person does not exclude."""
    chosen = request.POST.get("service_type", stored.service_type)
    cards = {card.id: card for card in matching.services_of_type(opened, chosen)}
    cards |= directory.cards_by_id([words.service]) if words.service else {}
    return OfferForm(
        request.POST if request.method == "POST" else None,
        services=cards.values(),
        unsafe=(opened.known(SafeContact) or SafeContact()).rules,
        initial=initial_of(stored, words),
    )


def _sides() -> list[tuple[str, list[Any]]]:
    """Return the outcomes by who decided, for the buttons."""
    return [
        (side.label, [code for code in OFFER_OUTCOMES.members if code["side"] == side.code])
        for side in OFFER_SIDES.members
    ]


def _line_context(line: OfferLine) -> dict[str, Any]:
    """Return an offer with its codes in words."""
    offer = line.offer
    return {
        "line": line,
        "what": ", ".join(map(service_type_name, line.types)),
        "outcome": OFFER_OUTCOMES.label(line.outcome) if line.outcome else _("Waiting for an answer"),
        "taken": line.outcome in (None, OfferOutcome.ACCEPTED, OfferOutcome.ACCEPTED_PARTLY),
        "facts": [*lines_of(offer, without=(*HEADING, "outcome")), *lines_of(line.words or OfferWords())]
        if offer
        else [],
        "reasons": "; ".join(map(DECLINE_REASONS.label, offer.reasons)) if offer else "",
        "responses": labels.responses_to(offer.reasons) if offer else "",
        "former": [lines_of(former, without=HEADING) for former in line.former],
    }


def _names(lines: list[OfferLine]) -> dict[UUID, str]:
    cards = directory.cards_by_id({line.service for line in lines if line.service})
    return {ident: card.name for ident, card in cards.items()}
