"""The plan of a case with the person's answer, services, money and items they got, and the safety plan."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases import actions, calendars, rules
from suar.cases.codes import PLAN_ANSWERS, SafetyCopy, StepState
from suar.cases.documents import plan as documents
from suar.cases.documents.follow_ups import CalendarStart
from suar.cases.documents.parts import Recorded, Versions
from suar.cases.rules import plan as plan_rules
from suar.consent.codes import AgeStatus
from suar.consent.documents import Person, SafetyReview
from suar.core.decisions import Decision
from suar.core.ids import new_id
from suar.core.refusals import Conflict, NotYours, value_or_refuse
from suar.records.keyring import OpenRecord
from suar.records.search import split_name
from suar.records.terms import Status
from suar.referrals import needs

AS_CHILD = frozenset({AgeStatus.CHILD, AgeStatus.MAY_BE_CHILD})


class KeyedAgreement(NamedTuple):
    """An answer to the plan with its key, and whether the plan is unchanged since."""

    key: str
    document: documents.PlanAgreement
    is_current: bool

    @property
    def agrees(self) -> bool:
        """Return True if the person agreed."""
        return bool(PLAN_ANSWERS[self.document.answer]["agrees"])


@act("keep_plan", needs=Permission.MANAGE_CASE)
def save_plan(record: OpenRecord, plan: documents.Plan, *, expected: int, by: Acting, reopen: bool = False) -> None:
    """Store the plan; raises Conflict when somebody else changed it.

    With `reopen` a closed case is opened again first. Raises Refused when a goal is incomplete, a day does not fit or
    the case is closed. A review that is overdue stays due until it gets another day.
    """
    record = actions.ensure_open(record, by=by, reopen=reopen)
    former, today = record.get_or_empty(documents.Plan), by.today
    known_days = {step.by for step in former.steps}
    new_days = [step.by for step in plan.steps if step.by and step.by not in known_days]
    review_on = today if plan.review_on == former.review_on and former != documents.Plan() else plan.review_on
    if plan.goals:
        decision = rules.may_save_plan(plan.filled, review_on=review_on, new_days=new_days, today=today)
    else:
        is_planned = rules.may_review_on(review_on, today=today) if review_on else Decision.allow()
        decision = Decision.first_refusal(is_planned, rules.may_plan_steps(new_days, today=today))
    decision.enforce()
    record.put(plan, by=by.worker, at=by.at, expected=expected)
    calendars.update_due(record, by=by)


@act("change_step", needs=Permission.MANAGE_CASE)
def change_step(record: OpenRecord, step_id: str, state: StepState, *, by: Acting) -> None:
    """Record the state of a step; repeating it changes nothing. Raises NotYours if there is no such step."""
    actions.check_open(record)
    step = _get_step(record, step_id)
    by.entry.skip = step.state is state
    if not by.entry.skip:
        changes = {"state": state, "former": step.state, "changed_by": by.worker, "changed_at": by.at}
        _store_step(record, step.model_copy(update=changes), by=by)


def undo_step(record: OpenRecord, step_id: str, *, by: Acting) -> None:
    """Give a step the state it had before, in the caller's act."""
    step = _get_step(record, step_id)
    before = {"state": step.former or StepState.PLANNED, "former": None, "changed_by": None, "changed_at": None}
    _store_step(record, step.model_copy(update=before), by=by)


def _get_step(record: OpenRecord, step_id: str) -> documents.PlanStep:
    steps = record.get_or_empty(documents.Plan).steps
    return value_or_refuse(next((step for step in steps if step.id == step_id), None))


def _store_step(record: OpenRecord, step: documents.PlanStep, *, by: Acting) -> None:
    record.put(record.get_or_empty(documents.Plan).with_step(step), by=by.worker, at=by.at)
    calendars.update_due(record, by=by)


# The person's answer to the plan


@act("agree_plan", needs=Permission.MANAGE_CASE)
def record_answer(record: OpenRecord, answer: documents.PlanAgreement, *, seen: int, by: Acting) -> None:
    """Store the person's answer to the plan as it is now; earlier answers stay with their plans.

    `seen` is the version of the plan that was read out. Raises Conflict when it is another one now, and Refused when
    the answer does not fit. From the day of the first agreement follow-ups count, until the person is home.
    """
    if record.version_of(documents.Plan) != seen:
        raise Conflict
    actions.check_open(record)
    plan = record.get_or_empty(documents.Plan)
    plan_rules.may_record_answer(plan.filled, answer, child=is_child(record), today=by.today).enforce()
    record.add(answer.model_copy(update={"plan": plan}), by=by.worker, at=by.at)
    start = record.get_or_empty(CalendarStart)
    if PLAN_ANSWERS[answer.answer]["agrees"] and start.plan_on is None:
        calendars.store_start(record, start.model_copy(update={"plan_on": answer.on}), by=by)
        calendars.update_due(record, by=by)


def list_agreements(record: OpenRecord) -> list[KeyedAgreement]:
    """Return the person's answers to the plan, newest first."""
    content = record.get_or_empty(documents.Plan).content
    agreements = [
        KeyedAgreement(key, document, document.plan.content == content)
        for key, document in record.get_all(documents.PlanAgreement).items()
    ]
    return sorted(agreements, key=lambda agreement: agreement.document.at, reverse=True)


def is_agreed(agreements: Sequence[KeyedAgreement]) -> bool:
    """Return True if the person agreed to the plan as it is now, by their newest answer to it."""
    current = [agreement for agreement in agreements if agreement.is_current]
    return bool(current) and current[0].agrees


def is_child(record: OpenRecord) -> bool:
    """Return True for a person who is or may be under 18."""
    return needs.age_status(record) in AS_CHILD


# Services, money and items


@act("store_service", needs=Permission.MANAGE_CASE)
def store_service(
    record: OpenRecord, line: documents.ServiceVersion, *, by: Acting, key: str = "", expected: int | None = None
) -> None:
    """Store a service that the person received, or a corrected version of it.

    Raises Conflict when another version is stored now, and Refused for dates that do not fit.
    """
    plan_rules.may_record_service(line, today=by.today).enforce()
    store_version(record, documents.ServiceReceived, line, key=key, expected=expected, by=by)


@act("store_given", needs=Permission.MANAGE_CASE)
def store_given(
    record: OpenRecord, line: documents.GivenVersion, *, by: Acting, key: str = "", expected: int | None = None
) -> None:
    """Store money or an item that was given, or a corrected version of it; raises as `store_service` does."""
    plan_rules.may_record_given(line, today=by.today).enforce()
    store_version(record, documents.GivenSupport, line, key=key, expected=expected, by=by)


def store_version(
    record: OpenRecord, kind: type[Versions[Any]], version: Recorded, *, key: str, expected: int | None, by: Acting
) -> None:
    """Store a version of a document in the caller's act; without a key, a new document."""
    former = record.get(kind, key) if key else None
    document = kind(versions=(*(former.versions if former else ()), version))
    record.put(document, key=key or str(new_id()), by=by.worker, at=by.at, expected=expected)


def list_services(record: OpenRecord) -> list[tuple[str, documents.ServiceReceived]]:
    """Return the services that the person received with their keys, the newest first."""
    services = record.get_all(documents.ServiceReceived).items()
    return sorted(services, key=lambda item: item[1].current.began_on, reverse=True)


def list_given(record: OpenRecord) -> list[tuple[str, documents.GivenSupport]]:
    """Return money and items that were given with their keys, the newest first."""
    return sorted(
        record.get_all(documents.GivenSupport).items(), key=lambda item: item[1].current.given_on, reverse=True
    )


# The safety plan


@act("save_safety_plan", needs=Permission.SEE_RECORD)
def save_safety_plan(
    record: OpenRecord, facts: documents.SafetyPlanFacts, *, review_on: date, expected: int, by: Acting
) -> None:
    """Store the safety plan as agreed with the person, and when it is due for review.

    An unchanged plan with a new date is a review, and a version of its own. Raises Refused for a date in the past or
    too far away, a name on the pocket copy and a closed record, and Conflict when somebody changed the plan.
    """
    actions.check_open(record)
    names = [split_name(name) for name in record.known_or_empty(Person).names]
    rules.may_review_on(review_on, today=by.today, from_tomorrow=True).enforce()
    plan_rules.may_carry(split_name(facts.pocket), names).enforce()
    version = documents.SafetyPlanVersion(facts=facts, by=by.worker, at=by.at)
    versions = (*list_safety_plans(record)[::-1], version)
    record.put(documents.SafetyPlan(versions=versions), by=by.worker, at=by.at, expected=expected)
    record.put(SafetyReview(on=review_on), by=by.worker, at=by.at)
    calendars.update_due(record, by=by)


def list_safety_plans(record: OpenRecord) -> tuple[documents.SafetyPlanVersion, ...]:
    """Return all versions of the safety plan, newest first."""
    return record.get_or_empty(documents.SafetyPlan).versions[::-1]


def safety_review_day(record: OpenRecord) -> date | None:
    """Return the day on which the safety plan is to be reviewed; None without a plan and on a closed record."""
    return record.get_or_empty(SafetyReview).on if record.facts.status is Status.OPEN else None


def get_safety_plan_to_print(record: OpenRecord) -> documents.SafetyPlanVersion:
    """Return the newest version for the copy that the person chose; raises NotYours if they chose none."""
    newest = next(iter(list_safety_plans(record)), None)
    if newest is None or newest.facts.copy_for_person is SafetyCopy.NONE:
        raise NotYours
    return newest
