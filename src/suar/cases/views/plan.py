"""The plan of a case, its parts, the person's answer and ratings, and the safety plan of a person."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, form_page, post_data, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import corrections, labels, progress
from suar.cases import plan as plans
from suar.cases.codes import DOMAINS, RATINGS, SafetyCopy, StepState
from suar.cases.documents import plan as documents
from suar.cases.documents.parts import Versions
from suar.cases.fields_in_words import values_in_words
from suar.cases.forms import VersionedForm
from suar.cases.forms import plan as forms
from suar.cases.progress import KeyedReview
from suar.cases.rules import progress as rules
from suar.cases.views.case import closing_context, consent_contexts, open_case
from suar.cases.views.person import open_person
from suar.consent.documents import Profile
from suar.core import clock
from suar.core.i18n import localize
from suar.core.refusals import Conflict, NotYours, Refused, value_or_refuse
from suar.directory.labels import language_name
from suar.records.keyring import OpenRecord
from suar.records.terms import Status
from suar.referrals import queries as referrals

Line = TypeVar("Line", bound=documents.PlanLine)


@permission_required(Permission.MANAGE_CASE, method="GET")
def plan(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show the plan, what the person said about it, and the services, money and items they got."""
    opened = open_case(request, record)
    agreements = plans.list_agreements(opened)
    sources = dict(_referral_choices(opened))
    context = {
        **plan_context(opened),
        **labels.record_heading(opened),
        "may_change": opened.facts.status is not Status.CLOSED,
        "agreements": agreements,
        "is_agreed": plans.is_agreed(agreements),
        "services": [
            (key, line, sources.get(str(line.current.referral), "")) for key, line in plans.list_services(opened)
        ],
        "given": plans.list_given(opened),
        "undos": corrections.list_undos(opened, corrections.STEP, worker=request.viewer.worker),
        "languages": settings.SUAR_STAFF_LANGUAGES,
        "today": clock.today(),
    }
    return render(request, "cases/plan.html", context)


def plan_context(opened: OpenRecord, plan: documents.Plan | None = None) -> dict[str, Any]:
    """Return a plan, or the current one, as pages and paper show it: goals with their starting points, and consents."""
    plan = plan or opened.get_or_empty(documents.Plan)
    reviews, sent = progress.list_reviews(opened), referrals.sent_for(opened)
    ended = [goal for goal in plan.goals if goal not in plan.open_goals]
    names = {row["consent"].id: row["recipient"] for row in consent_contexts(opened, sent)}
    return {
        "plan": plan,
        "goals": [(goal, _baseline(goal, reviews)) for goal in (*plan.open_goals, *ended)],
        "consents_used": [names[consent] for consent in plan.consents if consent in names],
    }


def _baseline(goal: documents.Goal, reviews: Sequence[KeyedReview]) -> dict[str, str]:
    """Return how the person and the worker rated the domain of a goal when it was set."""
    before = [review for review in reviews if goal.since and review.ratings.on <= goal.since]
    rated = {rater: progress.latest_ratings(before, rater).get(goal.domain, "") for rater in documents.RATERS}
    return {rater: rating for rater, rating in rated.items() if rating}


def _referral_choices(opened: OpenRecord) -> list[tuple[str, str]]:
    """Return the referrals of a case as sources of a service."""
    return [(str(row.id), row.document.service_name) for row in referrals.sent_for(opened)]


# The parts


@permission_required(Permission.MANAGE_CASE)
def plan_part(request: StaffRequest, record: UUID, part: str, line: str = "") -> HttpResponse:
    """Add or change a part of the plan, a service, or what was given.

    If a colleague changed it meanwhile, theirs is shown beside what was typed.
    """
    opened = open_case(request, record)
    form = _part_form(opened, part, line, post_data(request))
    if form.is_valid():
        with form.saving():
            if form.cleaned_data["version"] != form.stored_version:
                raise Conflict
            _save_part(opened, form, line, by=acting(request), reopen="reopen" in request.POST)
            return redirect_with_message(request, _("Plan saved."), "plan", record, part=part)
        opened = open_case(request, record)
    if form.is_overtaken:
        form.show_again(version=_part_form(opened, part, line, None).stored_version)
    return _part_page(request, opened, form, part, line)


def _part_form(opened: OpenRecord, part: str, key: str, typed: Mapping[str, Any] | None) -> VersionedForm:
    """Return the form of a part; raises NotYours for an unknown one."""
    form_makers: Mapping[str, Callable[[], VersionedForm]] = {
        "goal": lambda: forms.GoalForm(typed, plan=stored, line=_get_line(stored.goals, key)),
        "relative": lambda: forms.RelativeForm(typed, plan=stored, line=_get_line(stored.relatives, key)),
        "frame": lambda: forms.FrameForm(typed, plan=stored, consents=_consent_choices(opened)),
        "service": lambda: forms.ServiceForm(
            typed, referrals=_referral_choices(opened), **_newest_version(opened, documents.ServiceReceived, key)
        ),
        "given": lambda: forms.GivenForm(typed, **_newest_version(opened, documents.GivenSupport, key)),
    }
    stored = opened.get_or_empty(documents.Plan)
    if part not in form_makers or (part == "frame" and key):
        raise NotYours
    return form_makers[part]()


def _get_line(lines: Iterable[Line], key: str) -> Line | None:
    """Return the line with a key, None for a new one; raises NotYours if there is none."""
    return value_or_refuse(next((line for line in lines if line.id == key), None)) if key else None


def _consent_choices(opened: OpenRecord) -> list[tuple[str, str]]:
    rows = consent_contexts(opened, referrals.sent_for(opened))
    return [(str(row["consent"].id), row["recipient"]) for row in rows if row["is_open"]]


def _newest_version(opened: OpenRecord, kind: type[Versions[Any]], key: str) -> dict[str, Any]:
    """Return the newest version of a line of the plan, and its number; raises NotYours if there is none."""
    stored = value_or_refuse(opened.get(kind, key)) if key else None
    return {"line": stored.current if stored else None, "version": opened.version_of(kind, key) if key else 0}


def _save_part(opened: OpenRecord, form: VersionedForm, key: str, *, by: Any, reopen: bool) -> None:
    if isinstance(form, forms.PlanPartForm):
        plans.save_plan(opened, form.to_plan(), expected=opened.version_of(documents.Plan), by=by, reopen=reopen)
    elif isinstance(form, forms.ServiceForm):
        line = form.to_line(by=by.worker, at=by.at)
        plans.store_service(opened, line, key=key, expected=form.stored_version, by=by)
    elif isinstance(form, forms.GivenForm):
        given = form.to_part(documents.GivenVersion, by=by.worker, at=by.at)
        plans.store_given(opened, given, key=key, expected=form.stored_version, by=by)


def _part_page(request: StaffRequest, opened: OpenRecord, form: VersionedForm, part: str, key: str) -> HttpResponse:
    """Show the form of a part; beside it what is stored, if a colleague changed it."""
    context = {
        **closing_context(request, opened),
        **plan_context(opened),
        "form": form,
        "part": part,
        "key": key,
        "theirs": form.is_overtaken,
        "refused": form.refused,
    }
    kinds = {"service": documents.ServiceReceived, "given": documents.GivenSupport}
    document: Any = opened.get(kinds[part], key) if key and part in kinds else None
    if document:
        context["versions"] = document.versions[::-1]
    status = max(form.status, 400 if form.is_bound else 200)
    return render(request, "cases/plan_part.html", context, status=status)


@permission_required(Permission.MANAGE_CASE, method="POST")
def plan_step(request: StaffRequest, record: UUID) -> HttpResponse:
    """Record what became of a step, on the plan or on the page of the case."""
    opened, state = open_case(request, record), request.POST.get("state", "")
    page, part = ("person", "next") if request.POST.get("here") == "person" else ("plan", "steps")
    if state not in {*StepState}:
        raise NotYours
    try:
        plans.change_step(opened, request.POST.get("step", ""), StepState(state), by=acting(request))
    except Refused as refusal:
        return redirect_with_message(request, labels.refusal(refusal.because), page, record, part=part)
    return redirect_with_message(request, _("Step changed."), page, record, part=part)


# The person's answer, and the copy on paper


@permission_required(Permission.MANAGE_CASE)
def agree_plan(request: StaffRequest, record: UUID) -> HttpResponse:
    """Read the plan out, and record what the person says about it; refusing to sign is recorded as well."""
    opened = open_case(request, record, with_shared=True)
    child = plans.is_child(opened)
    form = forms.AnswerForm(post_data(request), version=opened.version_of(documents.Plan), child=child)
    if form.is_valid():
        by = acting(request)
        answer = form.to_part(documents.PlanAgreement, plan=opened.get_or_empty(documents.Plan), by=by.worker, at=by.at)
        with form.saving():
            plans.record_answer(opened, answer, seen=form.cleaned_data["version"], by=by)
            return redirect_with_message(request, _("Answer saved."), "plan", record, part="agreement")
    if form.is_overtaken:
        opened = open_case(request, record)
        form.show_again(version=opened.version_of(documents.Plan))
    context = {
        **plan_context(opened),
        **labels.record_heading(opened),
        "theirs": form.is_overtaken,
        "languages": settings.SUAR_STAFF_LANGUAGES,
    }
    return form_page(request, "cases/plan_answer.html", form, **context)


@permission_required(Permission.MANAGE_CASE, method="GET")
def plan_paper(request: StaffRequest, record: UUID, language: str, agreement: UUID | None = None) -> HttpResponse:
    """Show the plan, or one to which the person agreed before, in a language and large type, to print and to sign."""
    opened = open_case(request, record, with_shared=True)
    if language not in settings.SUAR_STAFF_LANGUAGES:
        raise NotYours
    document = next((row.document for row in plans.list_agreements(opened) if row.key == str(agreement)), None)
    if agreement and document is None:
        raise NotYours
    context = {
        **plan_context(opened, document.plan if document else None),
        **paper_context(opened, language),
        "record": record,
        "answer": document,
        "is_child": plans.is_child(opened),
    }
    return render(request, "cases/plan_paper.html", context)


def paper_context(opened: OpenRecord, language: str) -> dict[str, Any]:
    """Return the context of a paper: its language, the person's language, and whether they may safely keep paper."""
    profile = opened.known(Profile) or Profile()
    return {
        "paper_language": language,
        "spoken_language": language_name(profile.language) if profile.language not in ("", language) else "",
        "on_paper": not any(row.document.copy_left == "UNSAFE" for row in plans.list_agreements(opened)[:1]),
    }


USUAL, ALL = "usual", "all"


@permission_required(Permission.MANAGE_CASE, method="GET")
def progress_page(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show each domain with both ratings side by side and its trend, and offer the review that is due."""
    opened = open_case(request, record)
    reviews = progress.list_reviews(opened)
    full_days = [review.ratings.on for review in reviews if review.ratings.full]
    goals = {goal.domain for goal in opened.get_or_empty(documents.Plan).open_goals}
    is_full_due = rules.is_full_review_due(full_days, today=clock.today())
    following = rules.next_full_review(full_days)
    fallen = progress.find_falls([row.ratings for row in reviews[:-1]], reviews[-1].ratings) if reviews else []
    domains = [_domain_context(code, reviews, goals=goals, fallen=fallen) for code in DOMAINS]
    context = {
        **labels.record_heading(opened),
        "is_closed": opened.facts.status is Status.CLOSED,
        "domains": domains,
        "fallen": fallen,
        "attention": [row for row in domains if row["is_urgent"] or row["differs"] or row["has_fallen"]],
        "usual": progress.domains_to_rate(opened, full=False),
        "is_full_due": is_full_due,
        "next_full_on": following[1] if following else None,
        "reviews": reviews[::-1],
        "scale": progress.scale(),
        "languages": settings.SUAR_STAFF_LANGUAGES,
    }
    return render(request, "cases/progress.html", context)


def _domain_context(
    code: str, reviews: Sequence[KeyedReview], *, goals: Collection[str], fallen: Collection[str]
) -> dict[str, Any]:
    """Return the context of a domain: the newest ratings, the trend of both sides, and all ratings."""
    rated = [review.ratings for review in reviews if code in review.ratings.domains]
    sides: dict[documents.Rater, dict[str, Any]] = {
        rater: _side_context(code, rated, rater) for rater in documents.RATERS
    }
    person, worker = sides["person"]["rating"], sides["worker"]["rating"]
    return {
        "domain": DOMAINS[code],
        "sides": sides,
        "has_goal": code in goals,
        "has_fallen": code in fallen,
        "is_urgent": bool(rules.urgent_needs([{code: person}, {code: worker}])),
        "differs": bool(rules.differences({code: person}, {code: worker})),
        "table": [(row.on, row.person.get(code, ""), row.worker.get(code, "")) for row in reversed(rated)],
    }


def _side_context(code: str, rated: Sequence[documents.Ratings], rater: documents.Rater) -> dict[str, Any]:
    """Return the newest rating of one side with its anchor, and its trend."""
    ratings = [(row.on, row.of(rater)[code]) for row in rated if code in row.of(rater)]
    points = [(day, rules.number(rating)) for day, rating in ratings]
    newest = ratings[-1][1] if ratings else ""
    number = rules.number(newest)
    words = localize(DOMAINS[code]["anchors"][number - 1]) if number else RATINGS.label(newest)
    trend = progress.draw_trend(points, first=rated[0].on, last=rated[-1].on) if ratings else progress.Trend()
    return {"rating": newest, "number": number, "words": words, "trend": trend}


@permission_required(Permission.MANAGE_CASE)
def rate_domains(request: StaffRequest, record: UUID, which: str = "", review: UUID | None = None) -> HttpResponse:
    """Rate domains with the person, or correct a review; if a colleague corrected it first, both are shown."""
    opened, key = open_case(request, record), str(review or "")
    if which not in (("",) if key else (USUAL, ALL)):
        raise NotYours
    domains = list(DOMAINS) if key else progress.domains_to_rate(opened, full=which == ALL)
    stored = _newest_version(opened, documents.DomainReview, key)
    form = forms.RatingsForm(post_data(request), domains=domains, **stored)
    if form.is_valid():
        by = acting(request)
        ratings, note = form.to_ratings(by=by.worker, at=by.at), form.cleaned_data["note"]
        expected = form.cleaned_data["version"] if key else None
        with form.saving():
            progress.rate_domains(opened, ratings, note=note, key=key, expected=expected, by=by)
            return redirect_with_message(request, _("Review saved."), "progress", record, part="progress")
    if form.is_overtaken:
        opened = open_case(request, record)
        stored = _newest_version(opened, documents.DomainReview, key)
        form.show_again(version=stored["version"])
    context = {
        **labels.record_heading(opened),
        "is_correction": bool(key),
        "theirs": labels.rating_lines(stored["line"]) if form.is_overtaken else [],
    }
    return form_page(request, "cases/rate.html", form, **context)


@permission_required(Permission.MANAGE_CASE, method="GET")
def rating_paper(request: StaffRequest, record: UUID, which: str, language: str) -> HttpResponse:
    """Show the questions and anchors of a review in a language, to print and rate with the person on paper."""
    opened = open_case(request, record)
    if language not in settings.SUAR_STAFF_LANGUAGES or which not in (USUAL, ALL):
        raise NotYours
    codes = progress.domains_to_rate(opened, full=which == ALL)
    context = {
        **paper_context(opened, language),
        "record": record,
        "domains": [DOMAINS[code] for code in codes],
        "rest": [rating for rating in RATINGS.members if not rating.get("number")],
        "which": which,
        "languages": settings.SUAR_STAFF_LANGUAGES,
    }
    return render(request, "cases/rating_paper.html", context)


Lines = list[tuple[str, str]]


USUAL_REVIEW = timedelta(days=30)
"""The next review that a new plan, or one whose review is due, proposes; at most 90 days are allowed."""


@permission_required(Permission.SEE_RECORD, method="GET")
def safety_plan(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show the safety plan with its review date and its earlier versions."""
    opened = open_person(request, record)
    versions = plans.list_safety_plans(opened)
    newest = versions[0] if versions else None
    copy = newest.facts.copy_for_person if newest else SafetyCopy.NONE
    context = {
        **labels.record_heading(opened),
        "newest": newest,
        "lines": _lines_of_safety_plan(newest.facts) if newest else [],
        "former": [{"version": version, "lines": _lines_of_safety_plan(version.facts)} for version in versions[1:]],
        "review_on": plans.safety_review_day(opened),
        "today": clock.today(),
        "is_closed": opened.facts.status is not Status.OPEN,
        "prints": copy is not SafetyCopy.NONE,
    }
    return render(request, "cases/safety_plan.html", context)


@permission_required(Permission.SEE_RECORD)
def change_safety_plan(request: StaffRequest, record: UUID) -> HttpResponse:
    """Agree on a safety plan or review it; if a colleague was first, theirs is shown."""
    opened = open_person(request, record, with_shared=True)
    facts, day = _newest_safety_plan(opened), plans.safety_review_day(opened)
    review_on = day if day and day > clock.today() else clock.today() + USUAL_REVIEW
    initial = {**dict(facts), "review_on": review_on}
    form = forms.SafetyPlanForm(post_data(request), initial=initial, version=opened.version_of(documents.SafetyPlan))
    theirs: Lines = []
    if form.is_valid():
        data, plan, by = form.cleaned_data, form.to_part(documents.SafetyPlanFacts), acting(request)
        with form.saving():
            plans.save_safety_plan(opened, plan, review_on=data["review_on"], expected=data["version"], by=by)
            return redirect_with_message(request, _("Safety plan saved."), "safety_plan", record)
    if form.is_overtaken:
        fresh = open_person(request, record)
        theirs = _lines_of_safety_plan(_newest_safety_plan(fresh))
        form.show_again(version=fresh.version_of(documents.SafetyPlan))
    return form_page(request, "cases/change_safety_plan.html", form, record=record, theirs=theirs)


@permission_required(Permission.SEE_RECORD, method="GET")
def print_safety_plan(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show the copy that the person chose, to be printed; a pocket copy names nothing."""
    version = plans.get_safety_plan_to_print(open_person(request, record))
    context: dict[str, Any] = {"record": record, "facts": version.facts, "on": clock.local_date(version.at)}
    if version.facts.copy_for_person is SafetyCopy.FULL:
        context["lines"] = _lines_of_safety_plan(version.facts, printed=True)
    return render(request, "cases/safety_copy.html", context)


def _newest_safety_plan(record: OpenRecord) -> documents.SafetyPlanFacts:
    return next((version.facts for version in plans.list_safety_plans(record)), documents.SafetyPlanFacts())


def _lines_of_safety_plan(facts: documents.SafetyPlanFacts, *, printed: bool = False) -> Lines:
    """Return the filled parts of a plan in words, with their labels; `printed` without what is about the copy."""
    fields, left_out = forms.SafetyPlanForm.base_fields, {"copy_for_person", "pocket"} if printed else set()
    return [(str(fields[name].label), text) for name, text in values_in_words(facts) if name not in left_out]
