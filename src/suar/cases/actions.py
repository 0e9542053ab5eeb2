"""What a case worker does: open, plan, note, follow up, close."""

from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction

from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.audit import actions as audit
from suar.cases import calendars, rules
from suar.cases.models import Case
from suar.cases.terms import ClosingFacts, Outcome, PlanFacts, PlanField
from suar.kernel import clock
from suar.kernel.ids import spoken_code
from suar.kernel.refusals import Refused
from suar.referral import answering
from suar.referral.terms import Verb
from suar.vault import actions as vault
from suar.vault.keyring import OpenRecord
from suar.vault.terms import Compartment, Kind

PLAN_PARTS = {PlanField.GOAL: "goal", PlanField.STEP: "steps", PlanField.REVIEW: "review_on"}
CHILD_BANDS = frozenset({"UNDER_12", "FROM_12_TO_14", "FROM_15_TO_17"})
NEEDS, PLAN, NOTES = "needs", "plan", "notes"


@transaction.atomic
def accept_and_open(
    referral: UUID, *, team: UUID, viewer: Viewer, keys: Keys, at: datetime
) -> OpenRecord:
    """Accept a referral and open its case: needs as told, a first plan, the follow-up calendar.

    The case has a code of its own; names stay in the packet and go blank with the consent.
    """
    seen = answering.receive(referral, viewer=viewer, keys=keys, at=at)
    answering.answer(referral, Verb.ACCEPT, viewer=viewer, keys=keys, at=at)
    child = str(seen.preview.get("age_band", "")) in CHILD_BANDS
    record = open_case(team=team, viewer=viewer, keys=keys, at=at, referral=referral, child=child)
    needs = [_need(each, at=at) for each in seen.preview.get("needs", [])]
    record.write(Compartment.CODED, NEEDS, {"list": needs}, by=viewer.worker, at=at)
    first = {"goal": "", "steps": [_first_step(each) for each in needs], "review_on": ""}
    record.write(Compartment.NARRATIVE, PLAN, first, by=viewer.worker, at=at)
    return record


@transaction.atomic
def open_case(
    *, team: UUID, viewer: Viewer, keys: Keys, at: datetime, referral: UUID | None = None,
    child: bool = False,
) -> OpenRecord:  # fmt: skip
    """Make a case record with its calendar; its sheet shows only a spoken code."""
    record = vault.new_record(
        Kind.CASE, organisation=viewer.organisation, team=team, by=viewer.worker, at=at
    )
    Case.objects.create(record=record.id, referral=referral, by=viewer.worker, at=at)
    vault.set_sheet(record, {"name": spoken_code(5), "code": True}, keys=keys, at=at)
    dues = rules.calendar(clock.local_date(at), child=child)
    calendars.keep(record, dues, [], by=viewer.worker, at=at)
    audit.record("open_case", by=viewer.worker, at=at, about=[record.id])
    return record


@transaction.atomic
def follow_up(record: OpenRecord, outcome: Outcome, *, by: UUID, at: datetime) -> None:
    """Keep what came of a follow-up and move the calendar as the rule says.

    Raises Refused when the result does not fit (too early, too few tries, no new date).
    """
    dues, outcomes = calendars.read(record)
    decision = rules.may_settle(outcome, dues, outcomes, today=clock.local_date(at))
    if not decision:
        raise Refused(decision.because)
    calendars.keep(record, rules.after(dues, outcome), [*outcomes, outcome], by=by, at=at)
    audit.record("follow_up", by=by, at=at, about=[record.id])


@transaction.atomic
def keep_plan(record: OpenRecord, plan: dict, *, by: UUID, at: datetime, expected: int) -> None:
    """Keep the plan as agreed with the person; Conflict when somebody else changed it."""
    facts = PlanFacts(
        filled=frozenset(part for part, name in PLAN_PARTS.items() if plan.get(name)),
        review_on=date.fromisoformat(plan["review_on"]) if plan.get("review_on") else None,
    )
    decision = rules.plan_holds(facts, today=clock.local_date(at))
    if not decision:
        raise Refused(decision.because)
    record.write(Compartment.NARRATIVE, PLAN, plan, by=by, at=at, expected=expected)
    audit.record("keep_plan", by=by, at=at, about=[record.id])


@transaction.atomic
def add_note(record: OpenRecord, text: str, *, by: UUID, at: datetime) -> None:
    """Add a note; notes are never changed afterwards."""
    kept = record.read(Compartment.NARRATIVE, NOTES) or {"list": []}
    note = {"id": str(uuid4()), "at": at.isoformat(), "by": str(by), "text": text}
    record.write(Compartment.NARRATIVE, NOTES, {"list": [note, *kept["list"]]}, by=by, at=at)
    audit.record("add_note", by=by, at=at, about=[record.id])


@transaction.atomic
def close(record: OpenRecord, facts: ClosingFacts, *, at: datetime) -> None:
    """Close a case when the rule allows it; the door stays open."""
    decision = rules.may_close(facts)
    if not decision:
        raise Refused(decision.because)
    said = {key: str(value) for key, value in asdict(facts).items()}
    record.write(Compartment.NARRATIVE, "closing", said, by=facts.asked_by, at=at)
    vault.close(record.id)
    audit.record("close_case", by=facts.asked_by, at=at, about=[record.id], because=facts.reason)


def _need(told: dict, *, at: datetime) -> dict:
    return {
        "id": str(uuid4()),
        "service_type": told["service_type"],
        "urgency": told["urgency"],
        "at": at.isoformat(),
        "state": "open",
    }


def _first_step(need: dict) -> dict:
    return {"need": need["id"], "what": "", "who": "", "by": ""}
