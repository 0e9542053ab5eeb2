"""The safety plan of a person: agreed anew with its review date, and every earlier version stays."""

from datetime import date

from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases import actions, calendars
from suar.cases.codes import SafetyCopy
from suar.cases.documents.plan import SafetyPlan, SafetyPlanFacts, SafetyPlanVersion
from suar.cases.rules.plan import may_carry, may_review_safety_on
from suar.consent.documents import Person, SafetyReview
from suar.core.refusals import NotYours
from suar.records.keyring import OpenRecord
from suar.records.search import split_name
from suar.records.terms import Status


def versions_of(record: OpenRecord) -> tuple[SafetyPlanVersion, ...]:
    """Return all versions of the safety plan, newest first."""
    return tuple(reversed((record.get(SafetyPlan) or SafetyPlan()).versions))


def review_day(record: OpenRecord) -> date | None:
    """Return the day on which the safety plan is to be reviewed; None without a plan and on a closed record."""
    return (record.get(SafetyReview) or SafetyReview()).on if record.facts.status is Status.OPEN else None


@act("save_safety_plan", needs=Permission.SEE_RECORD)
def save_safety_plan(record: OpenRecord, facts: SafetyPlanFacts, *, review_on: date, expected: int, by: Acting) -> None:
    """Store the safety plan as agreed with the person, and when it is due for review.

    An unchanged plan with a new date is a review, and a version of its own. Raises Refused for a date in the past or
    too far away, a name on the pocket copy and a closed record, and Conflict when somebody changed the plan.
    """
    actions.check_open(record)
    names = [split_name(name) for name in (record.known(Person) or Person()).names]
    may_review_safety_on(review_on, today=by.today).enforce()
    may_carry(split_name(facts.pocket), names).enforce()
    version = SafetyPlanVersion(facts=facts, by=by.worker, at=by.at)
    stored = record.get(SafetyPlan) or SafetyPlan()
    record.put(SafetyPlan(versions=(*stored.versions, version)), by=by.worker, at=by.at, expected=expected)
    record.put(SafetyReview(on=review_on), by=by.worker, at=by.at)
    calendars.update_due(record, by=by)


def copy_to_print(record: OpenRecord) -> SafetyPlanVersion:
    """Return the newest version for the copy that the person chose; raises NotYours if they chose none."""
    newest = next(iter(versions_of(record)), None)
    if newest is None or newest.facts.copy_for_person is SafetyCopy.NONE:
        raise NotYours
    return newest
