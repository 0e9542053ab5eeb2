"""Case work on invented people after the talk and the referral."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from suar.accounts.acting import Acting
from suar.cases import actions as cases
from suar.cases import (
    closing,
    contact_status,
    ecomap,
    encounters,
    episodes,
    erasure,
    follow_ups,
    messenger,
    offers,
    progress,
    safety_plans,
)
from suar.cases import plan as plans
from suar.cases.codes import DOMAINS, Answered, ClosureReason, OfferOutcome, Result, StepState
from suar.cases.documents import ClosingRequest
from suar.cases.documents.follow_ups import Attempt, FollowUpWishes, Offer, OfferWords
from suar.cases.documents.history import Encounter, EncounterWords, EpisodeFacts, TieState
from suar.cases.documents.plan import (
    RATERS,
    GivenVersion,
    Goal,
    Plan,
    PlanAgreement,
    PlanStep,
    Ratings,
    Relative,
    Risk,
    SafetyPlan,
    SafetyPlanFacts,
    ServiceVersion,
)
from suar.cases.rules import Outcome as FollowUp
from suar.cases.rules.dates import PartialDate
from suar.core import clock
from suar.demo.life import Life, made
from suar.demo.records import add_slip, correct
from suar.referrals.codes import Verb


def _progress(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    cases.report_progress(life.open(by, case=True), Verb(step["verb"]), by=by, reason=step.get("reason", ""))


def _note(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    cases.add_note(life.open(by, case=True), step["text"], by=by)


def _plan(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Store a plan; days count from now, and a step without a day is done."""
    record, today = life.open(by, case=True), clock.local_date(by.at)
    steps = tuple(
        PlanStep(
            id=f"{number}",
            what=what,
            who=who,
            by=today + timedelta(days=days) if days else None,
            state=StepState.PLANNED if days else StepState.DONE,
        )
        for number, (what, who, days) in enumerate(step["steps"])
    )
    stored = record.get(Plan) or Plan()
    goal = next(iter(stored.goals), Goal(id="1", text="", since=today))
    goal = goal.model_copy(update={"text": step["goal"], "steps": steps, **step.get("facts", {})})
    frame = {"review_on": today + timedelta(days=step["review"]), **step.get("frame", {})}
    if "relatives" in step:
        frame["relatives"] = tuple(Relative(id=f"{number}", **row) for number, row in enumerate(step["relatives"]))
        frame["risks"] = tuple(Risk(**risk) for risk in step["risks"])
    plan = stored.model_copy(update={"goals": (goal,), **frame})
    plans.save_plan(record, plan, expected=record.version_of(Plan), by=by)


def _answer_plan(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Record what the person said about the plan."""
    record = life.open(by, case=True)
    facts = {"on": clock.local_date(by.at), "by": by.worker, "at": by.at, "plan": Plan(), **step["facts"]}
    plans.record_answer(record, PlanAgreement.model_validate(facts), seen=record.version_of(Plan), by=by)


def _rate(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Rate the domains in their order; a dash is one that was not asked."""
    rated: dict[str, Any] = {
        rater: {code: rating for code, rating in zip(DOMAINS, step[rater].split(), strict=False) if rating != "-"}
        for rater in RATERS
    }
    full = {*rated["person"], *rated["worker"]} >= set(DOMAINS)
    ratings = Ratings(**rated, on=clock.local_date(by.at), full=full, by=by.worker, at=by.at)
    progress.rate_domains(life.open(by, case=True), ratings, by=by)


def _service(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Record a service that began today, or some days ago."""
    began_on = clock.local_date(by.at) - timedelta(days=step.get("ago", 0))
    line = ServiceVersion(began_on=began_on, by=by.worker, at=by.at, **step["facts"])
    plans.store_service(life.open(by, case=True), line, by=by)


def _give(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    line = GivenVersion(given_on=clock.local_date(by.at), by=by.worker, at=by.at, **step["facts"])
    plans.store_given(life.open(by, case=True), line, by=by)


def _follow_up(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    today = clock.local_date(by.at)
    again, result = step.get("again"), Result(step.get("result", Result.REACHED))
    tries = tuple(today - timedelta(days=days) for days in step.get("tries", ()))
    again_on = today + timedelta(days=again) if again else None
    outcome = FollowUp(code=step["code"], result=result, on=today, tries_on=tries, again_on=again_on)
    cases.record_outcome(life.open(by, case=True), outcome, attempt=_attempt(outcome, step, by), by=by)


def _attempt(outcome: FollowUp, step: Mapping[str, Any], by: Acting) -> Attempt | None:
    """Return the contact that led to an outcome; None if nobody was reached."""
    if outcome.result not in (Result.REACHED, Result.REACHED_BRIEF):
        return None
    facts: dict[str, Any] = {"way": "MET", "safe": "SAFE", **step.get("facts", {})}
    codes: dict[str, Any] = {"code": outcome.code, "result": outcome.result, "answered": Answered.PERSON}
    return Attempt(at=by.at, by=by.worker, written_at=by.at, **codes, **facts)


def _choose_follow_ups(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Store which follow-ups the person wants."""
    wishes = FollowUpWishes(asked_on=clock.local_date(by.at), **step["facts"])
    follow_ups.choose_follow_ups(life.open(by, case=True), wishes, by=by, expected=0)


def _change_contact_status(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Record that the person is missing, was found or died."""
    contact_status.change_status(life.open(by, case="as" in step), step["verb"], words=step["words"], by=by)


def _change_erasure(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Record one act of an erasure, such as the request of the person."""
    facts = {"on": clock.local_date(by.at), **step["facts"]}
    erasure.change(life.open(by), step["verb"], facts, by=by)


def _save_tie(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Add somebody to the ecomap, or a new stance of somebody who is already on it."""
    record = life.open(by, case="as" in step)
    facts = {"on": str(clock.local_date(by.at)), **step["tie"]}
    key = next((key for key, tie in ecomap.list_ties(record).items() if tie.states[-1].who == facts["who"]), "")
    ecomap.save_state(record, TieState(**facts, by=by.worker, at=by.at), key=key, by=by)


def _ask_closing(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    today = clock.local_date(by.at)
    request = ClosingRequest(
        reason=ClosureReason(step["reason"]),
        on=today,
        agreed=step.get("agreed", ""),
        call="Kartika, 000-0000-4401",
        confirmed=tuple(step["confirmed"]),
        reviews=tuple(today - timedelta(days=days) for days in step.get("reviews", ())),
        asked_by=by.worker,
        asked_at=by.at,
    )
    closing.ask_closing(life.open(by, case=True), request, by=by)


def _agree(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    closing.agree(life.open(by, case=True), by=by)


def _reopen(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    closing.reopen(life.open(by, case=True), by=by)


def _plan_safety(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Make or review the safety plan on the person's record."""
    record, facts = life.open(by), SafetyPlanFacts(**step["plan"])
    review_on = clock.local_date(by.at) + timedelta(days=step["review"])
    expected = record.version_of(SafetyPlan)
    safety_plans.save_safety_plan(record, facts, review_on=review_on, expected=expected, by=by)


def _offer(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Offer help of one or more kinds with the same outcome."""
    today, again = clock.local_date(by.at), step.get("again")
    for service_type in step["types"]:
        offer = Offer(
            service_type=service_type,
            outcome=OfferOutcome(step["outcome"]),
            on=today,
            by=made(by.worker),
            at=by.at,
            reasons=tuple(step.get("reasons", ())),
            language=life.facts.get("language", ""),
            information=step.get("information", ""),
            recontact=step.get("recontact", ""),
            again_on=today + timedelta(days=again) if again else None,
        )
        words = {name: step[name] for name in ("words", "consequences", "would_change", "safe_way") if name in step}
        offers.record_offer(life.open(by), offer, OfferWords(**words), by=by)


def _add_encounter(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Record an earlier encounter at which nobody recognised the exploitation."""
    when = PartialDate(clock.local_date(by.at).year - step["years_ago"], step.get("month"))
    encounter = Encounter(when=when, by=made(by.worker), at=by.at, **step["facts"])
    encounters.record_encounter(life.open(by), encounter, EncounterWords(**step.get("words", {})), by=by)


def _add_episodes(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    """Record times of exploitation and stages of life, on the case or on the person's record."""
    is_case = life.case is not None and by.worker != life.player().id
    for facts in step["episodes"]:
        episodes.save_episode(life.open(by, case=is_case), EpisodeFacts(**facts), by=by)
    for expected, (stage, factors) in enumerate(step["stages"].items()):
        record = life.open(by, case=is_case)
        episodes.save_stage(record, stage, factors=tuple(factors), words="", expected=expected, by=by)


def _safe_text(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    messenger.agree_safe_text(life.open(by, case=True), step["code"], life.facts["language"], by=by)


def _correct(life: Life, step: Mapping[str, Any], by: Acting) -> None:
    correct(life.open(by, case=True), step["text"], step["answer"], by=by)


ACTS = {
    "offer": _offer,
    "met": _add_encounter,
    "progress": _progress,
    "note": _note,
    "happened": _add_episodes,
    "document": lambda life, step, by: add_slip(life.open(by, case=True), step, by=by),
    "safe_text": _safe_text,
    "correct": _correct,
    "safety": _plan_safety,
    "plan": _plan,
    "tie": _save_tie,
    "answer_plan": _answer_plan,
    "rate": _rate,
    "service": _service,
    "give": _give,
    "follow_up": _follow_up,
    "wish": _choose_follow_ups,
    "contact_status": _change_contact_status,
    "erasure": _change_erasure,
    "ask_closing": _ask_closing,
    "agree": _agree,
    "reopen": _reopen,
}
