"""The pages of an ended talk without a name and of a report: what to do, who was reached, and the next step."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.consent.codes import AgeStatus
from suar.consent.documents import NeedContacts, Profile
from suar.core.refusals import NotYours
from suar.core.urgency import CANNOT_WAIT, Urgency
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.queries import NAMELESS
from suar.records.terms import Kind
from suar.screening import actions, next_steps, policy, queries, team_opinions
from suar.screening.codes import ContactResult
from suar.screening.documents import Finding, Reported, Reporter
from suar.screening.forms import CallForm, FollowingStepForm
from suar.screening.rules.answers import UNDER_18, YEARS, AgeBand, Path
from suar.screening.rules.instrument import instrument
from suar.screening.rules.next_steps import CHILD, LAWYER, OUTSIDE, REACH, STEPS
from suar.screening.rules.setting import REPORT
from suar.screening.step_context import SIGNPOST, place_context
from suar.screening.wording import code_words

STATUS_OF_PATH = {Path.ADULT: AgeStatus.ADULT, Path.CHILD: AgeStatus.CHILD}


@permission_required(Permission.RUN_TALK)
def ended(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show what to do after a talk that left coded facts only, and record who was reached since."""
    opened = keyring.open_record(record, keys=request.keys)
    findings = queries.findings(opened)
    if opened.facts.kind not in NAMELESS or not findings:
        raise NotYours
    call = None
    if queries.is_unreached(record):
        call = CallForm(request.POST or None, talk=instrument(), stores_text=False)
    if request.method == "POST" and (call is None or call.is_valid()):
        if call is not None:
            actions.record_call(opened, call.call, by=acting(request))
        return redirect_with_message(request, _("Saved."), "talk_ended", record)
    return _ended_page(request, opened, call=call)


def _ended_page(
    request: StaffRequest,
    opened: OpenRecord,
    *,
    call: CallForm | None = None,
    following: FollowingStepForm | None = None,
) -> HttpResponse:
    """Render what a talk without a name left, with what was typed wrongly."""
    finding, talk = queries.findings(opened)[0], instrument()
    next_step = next_steps.step_context(opened, worker=request.viewer.worker)
    outside = next_steps.calls_outside(next_step["code"], opened.facts)
    words, stop = talk.tables.outcomes[finding.outcome], talk.stops.get(finding.stopped_by or "")
    child, is_quiet = finding.age_band in UNDER_18, not policy.may_leave_card(finding.stopped_by)
    is_later, is_wrong = "later" in request.GET, any(form is not None and form.errors for form in (call, following))
    after_stop = policy.words_after_stop(stop, place=finding.setting or "", is_child=child) if stop else None
    context = {
        "finding": finding,
        "next": next_step,
        "may_note": (is_later or not is_quiet) and queries.late_note(opened, by=request.viewer.worker) is not None,
        "is_author": finding.by == request.viewer.worker,
        "codes": team_opinions.codes_context(finding.model_dump(mode="json", exclude_none=True)),
        "services": _services_of(finding, next_step["code"], outside=outside),
        "say": after_stop or (words.child if child else words.say),
        "general_services": SIGNPOST,
        "quiet": is_quiet,
        "near": is_quiet and not is_later and not is_wrong and finding.by == request.viewer.worker,
        "record": opened.id,
        "helped": Profile(age_status=STATUS_OF_PATH[finding.path] if finding.path and finding.age_band else None),
        "age_range": YEARS.get(finding.age_band or AgeBand.UNKNOWN),
        "second": team_opinions.read_opinion(opened.id, asked_at=finding.at, keys=request.keys),
        "call": call,
    }
    context |= {"words": words, "stop": stop, "talk": talk, "listed": set[str](), "printed": set[str]()}
    is_adult = finding.path is Path.ADULT and finding.age_band not in (None, AgeBand.UNKNOWN)
    context |= {"is_adult": is_adult, **place_context(finding.setting or "", talk=talk)}
    template = "screening/talk_ended.html"
    if opened.facts.kind is Kind.REPORT:
        template, context["report"] = "screening/report.html", report_context(opened, finding, form=following)
    return render(request, template, context, status=400 if is_wrong else 200)


@permission_required(Permission.RUN_TALK, method="POST")
def finish_next_step(request: StaffRequest, record: UUID) -> HttpResponse:
    """Mark the next step after a talk as done, or undo that for one minute."""
    opened, then = keyring.open_record(record, keys=request.keys), None
    if "undo" in request.POST:
        next_steps.reopen_step(opened, by=acting(request))
    else:
        if opened.facts.kind is Kind.REPORT:
            form = FollowingStepForm(request.POST)
            if not form.is_valid():
                return _ended_page(request, opened, following=form)
            then = form.chosen_step
        next_steps.finish_step(opened, then=then, by=acting(request))
    page = "person" if opened.facts.kind is Kind.PERSON else "talk_ended"
    return redirect_with_message(request, _("Saved."), page, record)


def _services_of(finding: Finding, step: str, *, outside: bool) -> list[dict[str, Any]]:
    """Return the services of each need of a finding, and those that the next step calls for.

    For a need that can wait a number is listed only if it is for the best type of help.
    """
    talk, path = instrument(REPORT if finding.report else "short"), finding.path or Path.ADULT
    lines: list[dict[str, Any]] = []
    for need in (need for need in finding.needs or () if need.need in talk.needs):
        row, can_wait = talk.needs[need.need], need.level > Urgency.THREE_DAYS
        services = row.services_for(path)[: 1 if can_wait else None]
        line = {"code": row.code, "label": code_words(talk, row.code), "services": services, "whom": row.whom}
        is_settled = need.known or (need.acted == ContactResult.NOT_WANTED and finding.path is Path.ADULT)
        line["acted"] = "" if need.acted == ContactResult.NOT_YET else need.acted
        lines.append({**line, "can_wait": can_wait, "is_open": need.level in CANNOT_WAIT and not is_settled})
    if step == LAWYER and all(line["code"] != "ND_HELD" for line in lines):
        lines.append({"label": STEPS.label(LAWYER), "services": next_steps.STEP_SERVICES[LAWYER], "whom": ""})
    if outside:
        lines.append({"label": STEPS.label(OUTSIDE), "services": next_steps.STEP_SERVICES[CHILD], "whom": "CHILD"})
    return lines


def report_context(record: OpenRecord, finding: Finding, *, form: FollowingStepForm | None = None) -> dict[str, Any]:
    """Return what a report says about the person and about the reporter, and the `form` of the step that follows."""
    talk, contacts = instrument(REPORT), record.get(NeedContacts)
    labels = {f"urgent-{code}": need.text for code, need in talk.needs.items()}
    return {
        "about": record.get(Reported),
        "following": form or FollowingStepForm(initial={"next_step": REACH}),
        "age_band": finding.age_band,
        "is_child": finding.age_band in UNDER_18,
        "reporter": record.get(Reporter),
        "codes": [
            (talk.questions[question].text, option.text)
            for question, code in (finding.report or {}).items()
            for option in talk.questions[question].options
            if option.code == code
        ],
        "needs": [talk.needs[need.need].text for need in finding.needs or () if need.need in talk.needs],
        "spoke_label": talk.who_answers,
        "spoke_to": [(labels.get(row.need, {}), row.whom) for row in contacts.entries] if contacts else [],
        "signs": [talk.signs[code] for codes in (finding.reported or {}).values() for code in codes],
    }
