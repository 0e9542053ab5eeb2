"""The end of help: closing, hand-over, contact status, erasure with its certificates, and retention."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, form_page, post_data, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import calendars, closing, labels, policy, progress, retention
from suar.cases import contact_status as statuses
from suar.cases import erasure as erasures
from suar.cases import handover as handovers
from suar.cases.codes import CLOSURE_REASONS, ERASURE_ACTS, HANDOVER_CHECKS, LIFE_ACTS, RETENTION_STOPS, ClosureReason
from suar.cases.documents import ASKED, ErasureLog, LegalHold
from suar.cases.documents.follow_ups import CalendarStart
from suar.cases.erasure import find_certificate, list_certificates, was_erased_by
from suar.cases.forms import closing as forms
from suar.cases.rows import open_people
from suar.cases.rules import retention as rules
from suar.cases.views.case import case_needs, case_page, closing_context, open_case, read_received
from suar.cases.views.person import open_person
from suar.consent import life
from suar.consent.documents import LifeStatus
from suar.core import clock
from suar.core.refusals import Conflict, NotYours, Refused, value_or_refuse
from suar.records import queries as records
from suar.records.keyring import OpenRecord
from suar.records.terms import Kind, Status


@permission_required(Permission.MANAGE_CASE)
def close(request: StaffRequest, record: UUID) -> HttpResponse:
    """Close a case with its reason, or ask a second worker where the reason needs one.

    If a colleague was first, what was typed stays on the page beside their request.
    """
    opened = open_case(request, record)
    context = closing_context(request, opened)
    if not context["closing_acts"] and (request.method == "POST" or not context["closing_request"]):
        raise NotYours
    if request.method == "GET" and opened.facts.status is Status.CLOSED:
        return redirect("person", record)
    read_received(request, opened)
    days = progress.stable_days(progress.list_reviews(opened))
    initial: dict[str, Any] = {"reason": request.GET.get("reason", "")}
    initial |= zip(("review_1", "review_2"), days, strict=False)
    ends_on = (opened.get(CalendarStart) or CalendarStart()).ends_on
    initial |= {"on": ends_on} if ends_on and ends_on > clock.today() else {}
    dues, _outcomes = calendars.read_calendar(opened)
    form = forms.ClosingForm(post_data(request), needs=case_needs(opened), dues=dues, initial=initial)
    if form.is_valid():
        by, replaces = acting(request), request.POST.get("instead", "")
        with form.saving():
            state = closing.ask_closing(opened, form.to_request(by=by.worker, at=by.at), by=by, replaces=replaces)
            return redirect_with_message(request, _closing_message(state or ""), "person", record)
    return _closing_page(request, open_case(request, record) if form.is_overtaken else opened, form)


def _closing_message(state: str) -> str:
    """Return the success message, by the state of the request."""
    if state == ASKED:
        return _("Request saved. A second person has to agree.")
    return _("Case closed.") if state == closing.CLOSED else _("Saved. The case closes on the agreed day.")


def _closing_page(request: StaffRequest, opened: OpenRecord, form: forms.ClosingForm) -> HttpResponse:
    context = closing_context(request, opened)
    context |= {"today": clock.today(), "form": form, "reasons": CLOSURE_REASONS.members, "refused": ""}
    context["transfer_checks"] = HANDOVER_CHECKS.members if form["reason"].value() == ClosureReason.TRANSFER else ()
    context["version"] = closing.version(context["closing_request"])
    if form.is_bound and context["closing_request"]:
        waiting = "own_request_waits" if context["is_own_request"] else "asked_meanwhile"
        context["refused"] = labels.refusal("closed_meanwhile" if context["is_closed"] else waiting)
    status = 409 if context["refused"] else 400 if form.errors else 200
    return render(request, "cases/close.html", context, status=status)


@permission_required(Permission.MANAGE_CASE, method="POST")
def agree(request: StaffRequest, record: UUID) -> HttpResponse:
    """Agree as the second worker: the case closes as it was asked, perhaps on a later day."""
    return _decide(request, record, closing.agree)


@permission_required(Permission.MANAGE_CASE, method="POST")
def leave_open(request: StaffRequest, record: UUID) -> HttpResponse:
    """Leave a case open that somebody asked to close."""
    return _decide(request, record, closing.leave_open, message=_("Case kept open."))


@permission_required(Permission.MANAGE_CASE, method="POST")
def reopen(request: StaffRequest, record: UUID) -> HttpResponse:
    """Open a closed case again."""
    return _decide(request, record, closing.reopen, message=_("Case reopened."))


def _decide(request: StaffRequest, record: UUID, act: Callable[..., str | None], *, message: str = "") -> HttpResponse:
    """Carry out a worker's decision about a closing, or show what a colleague did meanwhile."""
    opened = open_case(request, record)
    try:
        state = act(opened, by=acting(request))
    except Refused as refusal:
        return case_page(request, opened, refused=labels.refusal(refusal.because), status=409)
    return redirect_with_message(request, message or _closing_message(state or closing.CLOSED), "person", record)


@permission_required(Permission.SEE_RECORD, step_up=True)
def hand_over(request: StaffRequest, record: UUID) -> HttpResponse:
    """Hand the person over to a colleague, for good or as cover; only their worker and a lead of the team may."""
    opened, viewer = open_person(request, record), request.viewer
    if not policy.may_hand_over(viewer, opened.facts):
        raise NotYours
    teams, own_team = handovers.candidates(opened), opened.facts.team
    form = forms.HandoverForm(post_data(request), own_team=own_team, teams=teams, names=accounts.team_names(teams))
    if form.is_valid():
        by = acting(request)
        with form.saving():
            worker, _at, team = form.cleaned_data["worker"].partition("@")
            handover = form.to_handover(UUID(worker), team=UUID(team) if team else None, by=by.worker, at=by.at)
            handovers.hand_over(opened, handover, by=by, note=form.cleaned_data["note"])
            return redirect_with_message(request, _("Handed over to a colleague."), "day")
    context = {
        **labels.record_heading(opened),
        "colleagues": teams,
        "stays_open": own_team in viewer.teams and (own_team in viewer.leads or records.is_open_to_team(record)),
        "takes_over": handovers.TAKES_OVER if viewer.may(Permission.REFER) else "",
        "is_case": opened.facts.kind is Kind.CASE,
    }
    return form_page(request, "cases/handover.html", form, **context)


@permission_required(Permission.SEE_RECORD, step_up=True)
def cover(request: StaffRequest) -> HttpResponse:
    """Let colleagues cover for all people of a worker who is away; the page says first who gets whom."""
    people, viewer = handovers.people_to_cover(request.viewer, keys=request.keys), request.viewer
    counts = dict(people.order_by().values_list("assignee").annotate(Count("id")))
    able = notices.workers_with(Permission.SEE_RECORD, organisation=viewer.organisation, certified=True)
    names = accounts.display_names([*counts, *able])
    absence = forms.AbsenceForm(
        request.GET if "to" in request.GET else None,
        initial={"worker": request.GET.get("worker") or (min(counts) if len(counts) == 1 else None)},
        workers={worker: f"{names[worker]} ({count})" for worker, count in counts.items()},
        to={worker: names[worker] for worker in able},
    )
    if not absence.is_valid():
        if request.method == "POST":
            return redirect("caseload")
        return form_page(request, "cases/cover.html", absence, people=counts)
    worker = absence.cleaned_data["worker"]
    listed = open_people(people.filter(assignee=worker), keys=request.keys)
    form = forms.CoverForm(post_data(request), shares=handovers.share_out(listed, absence.cleaned_data["to"]))
    if form.is_valid():
        by = acting(request)
        done = handovers.cover(form.chosen, form.to_handover(worker, by=by.worker, at=by.at), by=by)
        if done == len(form.chosen):
            return redirect_with_message(request, _("Handed over as cover: %(done)s.") % {"done": done}, "caseload")
        message = _("Handed over as cover: %(done)s. Not possible with this colleague: %(left)s. Choose another one.")
        message = message % {"done": done, "left": len(form.chosen) - done}
        return redirect_with_message(request, message, request.get_full_path())
    return form_page(request, "cases/cover.html", form, name=names[worker], people=listed)


@permission_required(Permission.SEE_RECORD)
def contact_status(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show what is known of a death or a disappearance, and record it."""
    opened = open_person(request, record)
    workers, typed = statuses.list_searchers(opened, by=request.viewer.worker), request.POST.get("verb", "")
    form = forms.ContactStatusForm(request.POST if typed else None, verb=typed, workers=workers)
    if form.is_valid():
        data, by = form.cleaned_data, acting(request)
        with form.saving():
            statuses.change_status(opened, typed, on=data["on"], words=data["words"], owner=data.get("owner"), by=by)
            return redirect_with_message(request, _("Saved."), "person", record)
        opened = open_person(request, record)
    entries = (opened.get(LifeStatus) or LifeStatus()).entries
    verbs = life.TABLE.next_acts(life.life_state(opened), policy.actor_of(request.viewer, opened.facts))
    offered = {verb: forms.ContactStatusForm(verb=verb, workers=workers) for verb in verbs}
    offered |= {typed: form} if form.is_bound else {}
    context = {
        "forms": [(LIFE_ACTS[verb], offered[verb]) for verb in LIFE_ACTS if verb in offered],
        **labels.record_heading(opened),
        "entries": entries[::-1],
    }
    return render(request, "cases/contact_status.html", context, status=400 if form.is_bound else 200)


AGREE_TO_ERASE, DECLINE_TO_ERASE = "agree_to_erase", "decline_to_erase"


@permission_required(Permission.SEE_RECORD, method="GET")
def erasure(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show for how long a record is stored, what stops its erasure, and what can be done about it."""
    return _erasure_page(request, open_person(request, record))


@permission_required(Permission.SEE_RECORD, step_up=True, method="POST")
def change_erasure(request: StaffRequest, record: UUID) -> HttpResponse:
    """Carry out one act on the request of the person, the retention, or a legal hold."""
    verb = request.POST.get("verb", "")
    if verb not in ERASURE_ACTS or verb in (AGREE_TO_ERASE, DECLINE_TO_ERASE):
        raise NotYours
    try:
        opened = open_person(request, record)
    except NotYours:
        if verb == erasures.TAKE_BACK and was_erased_by(record, request.viewer):
            return redirect_with_message(request, _("Too late: the record is erased. Nobody can open it."), "erasures")
        raise
    form = forms.ErasureForm(request.POST, verb=verb)
    if form.is_valid():
        try:
            erasures.change(opened, verb, form.facts, by=acting(request))
        except (Refused, Conflict) as refusal:
            form.add_error(None, labels.refusal(getattr(refusal, "because", "transition_not_possible")))
            opened = open_person(request, record)
        else:
            return redirect_with_message(request, _("Saved."), "erasure", record)
    return _erasure_page(request, opened, form=form)


@permission_required(Permission.MANAGE_CASE, step_up=True, method="POST")
def answer_erasure_ask(request: StaffRequest, record: UUID, referral: UUID) -> HttpResponse:
    """Answer another organisation that asks to erase this case: yes, or no with a reason."""
    opened, verb = open_person(request, record), request.POST.get("verb", "")
    if verb not in (AGREE_TO_ERASE, DECLINE_TO_ERASE):
        raise NotYours
    form = forms.ErasureForm(request.POST, verb=verb)
    if form.is_valid():
        with form.saving():
            erasures.answer_ask(opened, referral, form.facts.get("reason", erasures.AGREED), by=acting(request))
            return redirect_with_message(request, _("Answer saved."), "erasure", record)
    return _erasure_page(request, opened, form=form)


@permission_required(Permission.SEE_OWN_DAY)
def certificates(request: StaffRequest) -> HttpResponse:
    """List the certificates that a worker may read, and find one by its number."""
    form = forms.NumberForm(post_data(request))
    if form.is_valid():
        certificate = find_certificate(form.cleaned_data["number"], viewer=request.viewer)
        if certificate:
            return redirect("erasure_certificate", certificate.number, request.LANGUAGE_CODE)
        form.add_error("number", _("No certificate that you may read has this number. It may be wrong or forged."))
    return form_page(request, "cases/erasures.html", form, certificates=list_certificates(request.viewer))


@permission_required(Permission.SEE_OWN_DAY, method="GET")
def certificate(request: StaffRequest, number: str, language: str) -> HttpResponse:
    """Show one certificate in a language, to print; it has no name and no content."""
    certificate = find_certificate(number, viewer=request.viewer)
    if certificate is None or language not in settings.SUAR_STAFF_LANGUAGES:
        raise NotYours
    papers = {"languages": settings.SUAR_STAFF_LANGUAGES, "paper_language": language, "on_paper": True}
    return render(request, "cases/erasure_certificate.html", {"certificate": certificate, **papers})


@permission_required(Permission.SET_RETENTION)
def retention_settings(request: StaffRequest) -> HttpResponse:
    """Show and store for how many months the organisation stores records."""
    form = forms.RetentionForm(post_data(request), months=retention.months_of(request.viewer.organisation))
    if form.is_valid():
        retention.set_months(form.to_months(), by=acting(request))
        return redirect_with_message(request, _("Retention saved."), "retention_settings", part="retention")
    return form_page(request, "cases/retention_settings.html", form)


def _erasure_page(request: StaffRequest, opened: OpenRecord, *, form: forms.ErasureForm | None = None) -> HttpResponse:
    """Show the retention and erasure of a record with its forms, one of them perhaps filled."""
    facts, plan = value_or_refuse(retention.facts_of(opened.id)), erasures.plan_of(opened.id)
    offered = {verb: forms.ErasureForm(verb=verb) for verb in erasures.next_verbs(opened, request.viewer)}
    replies = [AGREE_TO_ERASE, DECLINE_TO_ERASE]
    asks = erasures.list_asks(opened.id) if request.viewer.may(Permission.MANAGE_CASE) else []
    typed = form.data.get("verb", "") if form else ""
    reply_forms = {verb: form if form and typed == verb else forms.ErasureForm(verb=verb) for verb in replies}
    if form and typed not in replies:
        offered[typed] = form
    entries = [*erasures.list_acts(opened, ErasureLog), *erasures.list_acts(opened, LegalHold)]
    context: dict[str, Any] = {
        **labels.record_heading(opened),
        "last_entry": facts.last_entry,
        "ends_on": rules.ends_on(facts, retention.months_of(opened.facts.organisation)[facts.kind]),
        "stops": [RETENTION_STOPS.label(code) for code in rules.stops(facts)],
        "plan": plan,
        "request_state": erasures.state_of(opened, ErasureLog),
        "elsewhere": erasures.holders_elsewhere(opened),
        "merged": len(retention.merged_group(opened.id)) - 1,
        "forms": [(ERASURE_ACTS[verb], offered[verb]) for verb in ERASURE_ACTS if verb in offered],
        "asks": [(ask, [(ERASURE_ACTS[verb], reply_forms[verb]) for verb in replies]) for ask in asks],
        "askers": accounts.organisation_names(ask.sender for ask in asks),
        "entries": sorted(entries, key=lambda entry: entry.at, reverse=True),
        "failed": form,
    }
    return render(request, "cases/erasure.html", context, status=400 if form else 200)
