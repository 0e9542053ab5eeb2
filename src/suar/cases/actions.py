"""What a case worker does: open, plan, note, follow up; closing has a file of its own."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from suar.accounts.acting import Acting
from suar.accounts.keys import Keys
from suar.accounts.terms import Permission, Viewer
from suar.audit import actions as audit
from suar.cases import calendars, closing, rules
from suar.cases.documents import Note
from suar.cases.models import Case
from suar.cases.terms import Because, Outcome, PlanFacts
from suar.core import clock
from suar.core.acts import act
from suar.core.ids import new_id, spoken_code
from suar.core.refusals import Refused
from suar.records import actions as vault
from suar.records import keyring
from suar.records import queries as records
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment, Kind, Status
from suar.referrals import answering, hours
from suar.referrals.answering import Kept
from suar.referrals.terms import Verb
from suar.screening.rules.law import UNDER_18

PLAN_PARTS = ("goal", "steps", "review_on")
PLAN, CODE, PERSON, THREAD = "plan", "code", "person", "thread"


@dataclass(frozen=True, slots=True)
class Begun:
    """A case that was opened for a referral, and who accepted."""

    record: UUID
    by: UUID


@transaction.atomic
def accept_and_open(referral: UUID, *, team: UUID, viewer: Viewer, keys: Keys, at: datetime) -> OpenRecord:
    """Accept a referral and open its case with the follow-up calendar.

    Accepting twice gives the same case. The case has a code of its own; whatever was told stays
    in the packet, needs too, and goes blank with the consent. Raises Refused when it cannot be
    accepted any more. Source: security.md 3.6; docs/decisions/consent.md.
    """
    there = case_of(referral)
    if there is None:
        seen = answering.receive(referral, viewer=viewer, keys=keys, at=at)
        answering.answer(referral, Verb.ACCEPT, viewer=viewer, keys=keys, at=at)
        # Pressed twice in one moment: the first press may have opened it while this one waited.
        there = case_of(referral)
    if there is not None:
        return keyring.open_record(there.record, keys=keys)
    child = str(seen.preview.get("age_band", "")) in UNDER_18
    record = open_case(team=team, viewer=viewer, keys=keys, at=at, referral=referral, child=child)
    thread = {"key": seen.thread.hex(), "hours": hours.written(seen.hours)}
    record.write(Compartment.NARRATIVE, THREAD, thread, by=viewer.worker, at=at)
    return record


def case_of(referral: UUID) -> Begun | None:
    """Say which case was opened for a referral, and by whom; None when there is none yet."""
    row = Case.objects.filter(referral=referral).first()
    return Begun(row.record, row.by) if row else None


def say_how_it_goes(  # noqa: PLR0913 - an act with its reason, all named
    record: OpenRecord,
    referral: UUID,
    verb: Verb,
    *,
    viewer: Viewer,
    keys: Keys,
    at: datetime,
    reason: str = "",
) -> None:
    """Tell whoever asked how help goes, also when the yes ended by its date: no name is needed.

    Raises Refused when it cannot be said now. Source: docs/decisions/consent.md.
    """
    kept = record.read(Compartment.NARRATIVE, THREAD)
    alone = Kept(bytes.fromhex(kept["key"]), hours.read(kept["hours"])) if kept else None
    answering.answer(referral, verb, viewer=viewer, keys=keys, at=at, reason=reason, kept=alone)


@transaction.atomic
def open_case(
    *,
    team: UUID,
    viewer: Viewer,
    keys: Keys,
    at: datetime,
    referral: UUID | None = None,
    child: bool = False,
) -> OpenRecord:
    """Make a case record with its calendar; its sheet shows only a spoken code."""
    record = vault.new_record(Kind.CASE, organisation=viewer.organisation, team=team, by=viewer.worker, at=at)
    Case.objects.create(record=record.id, referral=referral, by=viewer.worker, at=at)
    code = spoken_code(5)
    record.write(Compartment.CODED, CODE, {"code": code}, by=viewer.worker, at=at)
    dues = rules.calendar(clock.local_date(at), child=child)
    calendars.keep(record, dues, [], by=viewer.worker, at=at)
    sheet = {"name": code} | calendars.on_sheet(rules.due_days(dues, {}))
    vault.set_sheet(record, sheet, keys=keys, at=at)
    vault.set_due(record.id, due=rules.next_due(dues))
    audit.record("open_case", by=viewer.worker, at=at, about=[record.id])
    return record


@transaction.atomic
def name_person(record: OpenRecord, name: str, *, keys: Keys, by: UUID, at: datetime) -> None:
    """Keep the name the person uses here, for finding and lists; empty goes back to the code.

    It is the worker's own writing: it stays when the person takes back what was told by others.
    """
    records.hold(record.id)
    if record.was_kept(Compartment.IDENTITY, PERSON, {"name": name}, by=by):
        return
    record.write(Compartment.IDENTITY, PERSON, {"name": name}, by=by, at=at)
    calendars.show(keyring.open_record(record.id, keys=keys), keys=keys, at=at)
    audit.record("name_person", by=by, at=at, about=[record.id])


def code_of(record: OpenRecord) -> str:
    """Give the spoken code of a case."""
    return (record.read(Compartment.CODED, CODE) or {}).get("code", "")


@transaction.atomic
def follow_up(record: OpenRecord, outcome: Outcome, *, keys: Keys, at: datetime) -> None:
    """Keep what came of a follow-up and move the calendar as the rule says.

    The same sent twice by the same worker is kept once. Raises Refused when the result does not
    fit (too early, too few tries, no new date) or the case was closed, and Conflict when a
    colleague kept one in between.
    """
    by = keys.worker
    records.hold(record.id)
    if was_followed_up(record, outcome, by=by):
        return
    dues, outcomes = calendars.read(record)
    decision = rules.may_settle(outcome, dues, outcomes, today=clock.local_date(at))
    if not decision:
        raise Refused(decision.because)
    calendars.keep(record, rules.after(dues, outcome), [*outcomes, outcome], by=by, at=at)
    _show(record.id, keys=keys, at=at)
    audit.record("follow_up", by=by, at=at, about=[record.id])


def was_followed_up(record: OpenRecord, outcome: Outcome, *, by: UUID) -> bool:
    """Say whether this worker kept this very follow-up last: the same was sent twice."""
    return calendars.read(record)[1][-1:] == [outcome] and calendars.author(record) == by


@transaction.atomic
def keep_plan(record: OpenRecord, plan: dict, *, keys: Keys, at: datetime, expected: int) -> None:
    """Keep the plan as agreed with the person; Conflict when somebody else changed it.

    The same sent twice by the same worker is kept once. Raises Refused when it does not hold or
    the case was closed.
    """
    records.hold(record.id)
    by, before = keys.worker, record.read(Compartment.NARRATIVE, PLAN) or {}
    if record.was_kept(Compartment.NARRATIVE, PLAN, plan, by=by):
        return
    held = {step["by"] for step in before.get("steps", ())}
    facts = PlanFacts(
        filled=frozenset(name for name in PLAN_PARTS if plan.get(name)),
        review_on=date.fromisoformat(plan["review_on"]) if plan.get("review_on") else None,
        new_days=tuple(
            date.fromisoformat(step["by"]) for step in plan.get("steps", ()) if step["by"] and step["by"] not in held
        ),
    )
    decision = rules.plan_holds(facts, today=clock.local_date(at))
    if not decision:
        raise Refused(decision.because)
    record.write(Compartment.NARRATIVE, PLAN, plan, by=by, at=at, expected=expected)
    _show(record.id, keys=keys, at=at)
    audit.record("keep_plan", by=by, at=at, about=[record.id])


def _show(record: UUID, *, keys: Keys, at: datetime) -> None:
    """Keep what is due next, by what stands now: a colleague may have written meanwhile.

    While a colleague is asked to close the case, that is due today. The caller holds the record.
    Raises NotYours where it was taken from the worker, and Refused where it was closed, meanwhile.
    """
    now = keyring.open_record(record, keys=keys)
    if now.facts.status is not Status.OPEN:
        raise Refused(Because.CLOSED_NOW)
    calendars.show(now, keys=keys, at=at)
    if closing.waiting(now) is None:
        vault.set_due(record, due=calendars.next_day(now))


@act("add_note", needs=Permission.MANAGE_CASE)
def add_note(record: OpenRecord, text: str, *, by: Acting) -> None:
    """Add a note; notes are never changed afterwards."""
    note = Note(at=by.at, by=by.worker, text=text)
    record.put(note, key=str(new_id()), by=by.worker, at=by.at)
