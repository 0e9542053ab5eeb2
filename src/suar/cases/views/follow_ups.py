"""Contacts over years: follow-ups of a case, what the organisation plans, and offers of help."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, form_page, post_data, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import calendars, corrections, follow_ups, labels, offers, timeline
from suar.cases.codes import DECLINE_REASONS, OFFER_OUTCOMES, OFFER_SIDES, RESULTS, OfferOutcome, Result
from suar.cases.documents import Calendar
from suar.cases.documents.follow_ups import CalendarStart, FollowUpWishes, Offer, OfferWords
from suar.cases.fields_in_words import lines_of
from suar.cases.forms import SavedForm
from suar.cases.forms import follow_ups as forms
from suar.cases.offers import OfferLine
from suar.cases.queries import get_document
from suar.cases.rules import Due
from suar.cases.rules.follow_ups import is_too_early, lost_since
from suar.cases.rules.history import newest_version
from suar.cases.rules.offers import asks_reason
from suar.cases.views.case import closing_context, contact_context, open_case, read_received, shared_contact
from suar.cases.views.person import open_person
from suar.consent import life
from suar.consent.codes import ContactRule
from suar.consent.documents import SafeContact
from suar.core import clock
from suar.directory import queries as directory
from suar.directory.labels import service_type_name
from suar.records.documents import Document
from suar.records.keyring import OpenRecord
from suar.records.terms import Status
from suar.referrals import matching, needs
from suar.referrals import queries as referrals

OTHER_RESULTS = (Result.NOT_REACHED, Result.POSTPONED, Result.UNSAFE, Result.MOVED, Result.REFUSED)


@permission_required(Permission.MANAGE_CASE)
def follow_up(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show the follow-ups of a case, and record a contact or an attempt; the calendar moves as the rule says."""
    opened = open_case(request, record)
    if request.method == "GET":
        return _follow_up_page(request, opened)
    read_received(request, opened)
    form = forms.FollowUpForm(request.POST, unsafe=(opened.known(SafeContact) or SafeContact()).rules)
    if form.is_valid():
        with form.saving():
            message = _record_follow_up(request, opened, form)
            return redirect_with_message(request, message, "follow_up", record, part="follow-up")
    return _form_page(request, record, form, follow_up_form=form)


def _record_follow_up(request: StaffRequest, opened: OpenRecord, form: forms.FollowUpForm) -> str:
    """Record the outcome of a follow-up, or only an attempt or a contact; return what was saved.

    A contact before its time is one that was not planned: nothing that the person said is refused.
    """
    by, version, reopen = acting(request), opened.version_of(Calendar), "reopen" in request.POST
    attempt = form.to_attempt(by=by.worker, at=by.at)
    days = {*follow_ups.failed_days(opened), *([clock.local_date(attempt.at)] if attempt else [])}
    outcome = form.to_outcome(sorted(days))
    if outcome and attempt and is_too_early(outcome, calendars.read_calendar(opened)[0]):
        follow_ups.record_attempt(opened, attempt.model_copy(update={"code": ""}), by=by)
        return _("Contact saved. The follow-up stays planned.")
    if outcome:
        follow_ups.record_outcome(opened, outcome, attempt=attempt, by=by, expected=version, reopen=reopen)
    elif attempt:
        follow_ups.record_attempt(opened, attempt, by=by)
    return _("Follow-up saved.")


@permission_required(Permission.MANAGE_CASE, method="POST")
def choose_follow_ups(request: StaffRequest, record: UUID) -> HttpResponse:
    """Store which follow-ups the person wants, perhaps none."""
    opened = open_case(request, record)
    form = forms.WishesForm(request.POST, offered=follow_ups.offered_follow_ups(opened))
    if form.is_valid():
        version = form.cleaned_data["version"]
        with form.saving():
            follow_ups.choose_follow_ups(opened, form.to_part(FollowUpWishes), by=acting(request), expected=version)
            message = _("Saved what the person wants.")
            return redirect_with_message(request, message, "follow_up", record, part="follow-up")
    return _form_page(request, record, form, FollowUpWishes, wishes_form=form)


@permission_required(Permission.MANAGE_CASE, method="POST")
def start_calendar(request: StaffRequest, record: UUID) -> HttpResponse:
    """Store from when follow-ups count."""
    opened, form = open_case(request, record), forms.StartForm(request.POST)
    if form.is_valid():
        version = form.cleaned_data["version"]
        with form.saving():
            follow_ups.set_start(opened, form.to_part(CalendarStart), by=acting(request), expected=version)
            return redirect_with_message(request, _("Dates saved."), "follow_up", record, part="follow-up")
    return _form_page(request, record, form, CalendarStart, start_form=form)


@permission_required(Permission.MANAGE_CASE, method="POST")
def stop_follow_ups(request: StaffRequest, record: UUID) -> HttpResponse:
    """Empty the calendar after a withdrawal."""
    follow_ups.stop_after_withdrawal(open_case(request, record), by=acting(request))
    return redirect_with_message(request, _("Removed from the calendar."), "follow_up", record, part="follow-up")


@permission_required(Permission.SET_FOLLOW_UPS)
def follow_up_settings(request: StaffRequest) -> HttpResponse:
    """Show and store which follow-ups the organisation plans, and after how many days."""
    intervals = calendars.intervals_of(request.viewer.organisation)
    form = forms.IntervalsForm(post_data(request), intervals=intervals)
    if form.is_valid():
        with form.saving():
            follow_ups.set_intervals(form.to_intervals(), by=acting(request))
            return redirect_with_message(request, _("Follow-ups saved."), "follow_up_settings", part="follow-ups")
    return form_page(request, "cases/follow_up_settings.html", form)


def _form_page(
    request: StaffRequest, record: UUID, form: SavedForm, kind: type[Document] | None = None, **extra: SavedForm
) -> HttpResponse:
    """Show the page as it is now, with what was typed still in its form, and why it was not saved.

    If a colleague was first, the form then replaces the version of the document of this `kind` that is stored now.
    """
    opened = open_case(request, record)
    if form.is_overtaken and kind:
        form.show_again(version=opened.version_of(kind))
    refused = labels.refusal("changed_meanwhile") if form.is_overtaken else form.refused
    return _follow_up_page(request, opened, refused=refused, status=form.status, **extra)


def _follow_up_page(request: StaffRequest, opened: OpenRecord, *, status: int = 200, **extra: Any) -> HttpResponse:
    """Show the page of follow-ups with its forms, one of them perhaps filled, and why something was refused."""
    received = read_received(request, opened)
    dues, outcomes = calendars.read_calendar(opened)
    contacted, undos = calendars.last_contact(opened), corrections.list_undos(opened, worker=request.viewer.worker)
    contact = contact_context(opened)
    withdrawn_on = received.closed_on if received else None
    stopped_on = calendars.stopped_on(opened, withdrawn_on)
    context = closing_context(request, opened)
    is_closed, is_reachable = context["is_closed"], contact["life"] == life.OPEN
    after_care = calendars.after_care(opened) if is_closed else []
    shut = stopped_on or not is_reachable
    planned = [] if shut else after_care if is_closed else dues
    context |= {
        **contact,
        "after_care": after_care,
        "shared_contact": shared_contact(received),
        "withdrawn_on": withdrawn_on,
        "stopped_on": stopped_on,
        "dues": planned,
        "dues_left": bool(dues),
        "last_contact": contacted,
        "lost_since": lost_since(outcomes, contacted),
        "history": timeline.newest_first(timeline.follow_up_events(outcomes, calendars.list_attempts(opened))),
        "wishes": opened.get(FollowUpWishes) or FollowUpWishes(),
        "anchor": calendars.anchor_of(opened),
        "tries_on": follow_ups.failed_days(opened),
        "undos": [undo for undo in undos if undo.what not in (corrections.NOTE, corrections.TIE)],
        "other_results": [RESULTS[result] for result in OTHER_RESULTS],
        **_follow_up_forms(opened, dues, planned, unsafe=contact["unsafe"]),
        "may_contact": "follow_up_form" in extra or not (shut or (is_closed and not after_care)),
        "may_change": not is_closed and is_reachable,
        **extra,
    }
    return render(request, "cases/follow_up.html", context, status=status)


def _follow_up_forms(
    opened: OpenRecord, dues: Sequence[Due], planned: Sequence[Due], *, unsafe: Collection[ContactRule]
) -> dict[str, Any]:
    """Return the forms of the page: the outcome of a follow-up, what the person wants, and when the calendar began."""
    wishes, start = opened.get(FollowUpWishes) or FollowUpWishes(), opened.get(CalendarStart) or CalendarStart()
    wanted = {"wanted": [due.code for due in dues], "asked_on": clock.today(), "come_back": wishes.come_back}
    offered, version = follow_ups.offered_follow_ups(opened), opened.version_of(FollowUpWishes)
    return {
        "follow_up_form": forms.FollowUpForm(initial={"code": planned[0].code if planned else ""}, unsafe=unsafe),
        "wishes_form": forms.WishesForm(offered=offered, initial=wanted, version=version),
        "start_form": forms.StartForm(initial=start.model_dump(), version=opened.version_of(CalendarStart)),
    }


HEADING_FIELDS = ("service_type", "on", "by", "at")
"""Fields of an offer that stand above the others."""


@permission_required(Permission.SEE_RECORD)
def list_offers(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show every offer to a person, and record another one."""
    opened = open_person(request, record, with_shared=True)
    kinds: dict[str, str] = {}
    for wanted in needs.wanted_help(opened):
        for service in wanted.services[:1]:
            kinds[service] = " · ".join(filter(None, [kinds.get(service), wanted.label]))
    asked = request.GET.get("kind", "")
    initial = {"kind": asked or (next(iter(kinds), "") if len(kinds) == 1 else "")}
    initial["other"] = "" if initial["kind"] in kinds else asked
    form = forms.QuickOfferForm(post_data(request), kinds=kinds, initial=initial)
    if form.is_valid():
        with form.saving():
            _record_offer(request, opened, form)
            message = _("Recorded: %(what)s.") % {"what": OFFER_OUTCOMES.label(form.cleaned_data["outcome"])}
            return redirect_with_message(request, message, "offers", record, part="offers")
    lines = offers.list_offers(opened, referrals.sent_for(opened))
    counts = Counter(str(line.outcome) for line in lines if line.outcome)
    cards = directory.cards_by_id({line.service for line in lines if line.service})
    context = {
        **labels.record_heading(opened),
        "is_closed": opened.facts.status is Status.CLOSED,
        "sides": _outcomes_by_side(),
        "counts": [(code.label, counts[code.code]) for code in OFFER_OUTCOMES.members if code.code in counts],
        "again": [_line_context(line) for line in offers.offers_to_repeat(opened, lines, today=clock.today())],
        "reviews": offers.open_safety_reviews(opened),
        "lines": [_line_context(line) for line in lines],
        "names": {ident: card.name for ident, card in cards.items()},
        "may_refer": request.viewer.may(Permission.REFER),
        "undos": corrections.list_undos(opened, corrections.OFFER, worker=request.viewer.worker),
    }
    return form_page(request, "cases/offers.html", form, **context)


@permission_required(Permission.SEE_RECORD)
def correct_offer(request: StaffRequest, record: UUID, offer: UUID) -> HttpResponse:
    """Complete or correct an offer; if a colleague did so meanwhile, theirs is shown beside what was typed."""
    opened, key = open_person(request, record, with_shared=True), str(offer)
    stored, words = get_document(opened, Offer, key), opened.get(OfferWords, key) or OfferWords()
    newest = newest_version(opened.get_all(Offer), key)
    if newest != key and request.method == "GET":
        return redirect("offer", record, newest)
    form = _offer_form(request, opened, stored, words)
    theirs: list[tuple[str, str]] = []
    if form.is_valid():
        by = acting(request)
        with form.saving():
            version = form.to_part(Offer, by=by.worker, at=by.at)
            offers.correct_offer(opened, key, version, form.to_part(OfferWords), by=by)
            return redirect_with_message(request, _("Offer saved."), "offers", record, part="offers")
    if form.is_overtaken:
        newer, newer_words = get_document(opened, Offer, newest), opened.get(OfferWords, newest) or OfferWords()
        theirs = [*lines_of(newer, without=HEADING_FIELDS), *lines_of(newer_words)]
    context = {
        **labels.record_heading(opened),
        "offer": newest,
        "theirs": theirs,
        "asked_before": bool(stored.reasons),
        "asks_reason": asks_reason(stored.outcome),
        "title": service_type_name(stored.service_type),
    }
    return form_page(request, "cases/offer.html", form, **context)


def _record_offer(request: StaffRequest, opened: OpenRecord, form: forms.QuickOfferForm) -> None:
    """Record an offer of today, perhaps one that repeats an earlier one with its service."""
    by, as_before, words = acting(request), dict[str, Any](), None
    if follows := form.cleaned_data["follows"]:
        earlier, earlier_words = get_document(opened, Offer, str(follows)), opened.get(OfferWords, str(follows))
        as_before = {"service_type": earlier.service_type, "language": earlier.language}
        words = OfferWords(service=earlier_words.service) if earlier_words else None
    offer = form.to_part(Offer, on=by.today, by=by.worker, at=by.at, **as_before)
    offers.record_offer(opened, offer, words, by=by)


def _offer_form(request: StaffRequest, opened: OpenRecord, stored: Offer, words: OfferWords) -> forms.OfferForm:
    """Return the form of an offer with the services of its kind that the person does not exclude."""
    chosen = request.POST.get("service_type", stored.service_type)
    cards = {card.id: card for card in matching.services_of_type(opened, chosen)}
    cards |= directory.cards_by_id([words.service]) if words.service else {}
    return forms.OfferForm(
        post_data(request),
        services=cards.values(),
        unsafe=(opened.known(SafeContact) or SafeContact()).rules,
        initial=forms.initial_of(stored, words),
    )


def _outcomes_by_side() -> list[tuple[str, list[Any]]]:
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
        "mark": "done" if line.outcome in (None, OfferOutcome.ACCEPTED, OfferOutcome.ACCEPTED_PARTLY) else "declined",
        "facts": [*lines_of(offer, without=(*HEADING_FIELDS, "outcome")), *lines_of(line.words or OfferWords())]
        if offer
        else [],
        "reasons": "; ".join(map(DECLINE_REASONS.label, offer.reasons)) if offer else "",
        "responses": labels.responses_to(offer.reasons) if offer else "",
        "former": [lines_of(former, without=HEADING_FIELDS) for former in line.former],
    }
