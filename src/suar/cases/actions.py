"""What a case worker does: open a case, plan, note, follow up; closing is a module of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from suar.accounts.acting import Acting
from suar.accounts.roles import Permission
from suar.audit import actions as audit
from suar.cases import calendars, closing, queries, rules
from suar.cases.codes import Because
from suar.cases.documents import Calendar, CaseCode, Note, Plan, ReferralThread
from suar.cases.models import Case
from suar.cases.rules import Outcome, PlanFacts
from suar.consent.documents import Contact, Family, Health, Person, Profile
from suar.core import clock
from suar.core.acts import act
from suar.core.ids import new_id, spoken_code
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records import actions as records
from suar.records import keyring
from suar.records.documents import Document
from suar.records.keyring import OpenRecord
from suar.records.terms import Kind, Status
from suar.referrals import opening_hours, packets, receiving
from suar.referrals.codes import Verb
from suar.referrals.history import NewAct
from suar.referrals.receiving import Referral, StoredThread
from suar.screening.rules.law import UNDER_18

PLAN_PARTS = ("goal", "steps", "review_on")
FACTS: Mapping[str, tuple[type[Document], str]] = {
    "legal_name": (Person, "legal_name"),
    "born": (Person, "born"),
    "place": (Contact, "place"),
    "form": (Profile, "form"),
    "formal": (Profile, "formal"),
    "health": (Health, "text"),
    "family": (Family, "text"),
}
"""The facts that are entered on the page of facts, and the document and field of each."""


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """A case that was opened for a referral, and who accepted."""

    record: UUID
    by: UUID


def case_of(referral: UUID) -> OpenedCase | None:
    """Return the case that was opened for a referral; None when there is none yet."""
    row = Case.objects.filter(referral=referral).first()
    return OpenedCase(row.record, row.by) if row else None


@act("referral_accept", needs=Permission.ANSWER_REFERRAL)
def accept_and_open(referral: Referral, *, team: UUID, by: Acting) -> OpenRecord:
    """Accept a referral and open its case with the follow-up calendar.

    Accepting twice returns the same case. The case has a code of its own; what was shared stays in
    the packet, needs too, and goes blank with the consent. Raises Refused when it cannot be
    accepted any more. Source: security.md 3.6; docs/decisions/packets.md.
    """
    existing = case_of(referral.id)
    if existing is not None:
        by.entry.skip = True
        return keyring.open_record(existing.record, keys=by.keys)
    received = receiving.receive(referral.id, viewer=by.viewer, keys=by.keys, at=by.at)
    receiving.add_answer(referral, NewAct(Verb.ACCEPT, by.worker, by.at), by=by)
    by.entry.about.append(referral.record)
    child = str(received.preview.get("age_band", "")) in UNDER_18
    record = open_case(team=team, referral=referral.id, child=child, by=by)
    stored = ReferralThread(key=received.thread.hex(), hours=opening_hours.to_stored(received.hours))
    record.put(stored, by=by.worker, at=by.at)
    packets.move_to_case(referral.id, received.thread, keys=by.keys)
    return record


def thread_of(record: OpenRecord) -> bytes:
    """Return the key of the thread of a case's referral, with which its packet opens; empty if there is none."""
    thread = record.get(ReferralThread)
    return bytes.fromhex(thread.key) if thread else b""


def open_case(*, team: UUID, by: Acting, referral: UUID | None = None, child: bool = False) -> OpenRecord:
    """Create a case record with its calendar in the caller's act; its index entry shows only a code."""
    record = records.new_record(Kind.CASE, organisation=by.viewer.organisation, team=team, by=by.worker, at=by.at)
    Case.objects.create(record=record.id, referral=referral, by=by.worker, at=by.at)
    code, dues = spoken_code(5), rules.calendar(clock.local_date(by.at), child=child)
    record.put(CaseCode(code=code), by=by.worker, at=by.at)
    calendars.store_calendar(record, dues, [], by=by.worker, at=by.at)
    due = calendars.due_in_index(rules.due_days(dues, review_on=None, open_steps=()))
    records.set_sheet(record, {"name": code, **due}, keys=by.keys, at=by.at)
    records.set_due(record.id, due=rules.next_due(dues))
    audit.record("open_case", by=by.worker, at=by.at, about=[record.id])
    return record


@act("referral", needs=Permission.MANAGE_CASE)
def report_progress(record: OpenRecord, verb: Verb, *, by: Acting, reason: str = "") -> None:
    """Report to the sender how help goes, also when the consent ended by its date: no name is needed.

    Raises Refused when it cannot be reported now. Source: docs/decisions/consent.md.
    """
    referral = queries.referral_of(record.id)
    if referral is None:
        raise NotYours
    row = receiving.get_received(referral, viewer=by.viewer)
    row.lock()
    thread = record.get(ReferralThread)
    stored = StoredThread(bytes.fromhex(thread.key), opening_hours.from_stored(thread.hours)) if thread else None
    receiving.add_answer(row.reopen(by), NewAct(verb, by.worker, by.at, reason), by=by, stored=stored)
    if stored:
        # Packets that were accepted before version 0.2 are still sealed to the inbox.
        packets.move_to_case(row.id, stored.thread, keys=by.keys)
    by.entry.verb = f"referral_{verb}"
    by.entry.about[:] = [row.id, row.record]


@act("name_person", needs=Permission.MANAGE_CASE)
def name_person(record: OpenRecord, name: str, *, by: Acting) -> None:
    """Store the name the person uses here, for finding and lists; empty goes back to the code.

    It is the worker's own writing: it stays when the person withdraws what others shared.
    """
    person = record.get(Person) or Person()
    by.entry.skip = person.name == name
    if not by.entry.skip:
        record.put(person.model_copy(update={"name": name}), by=by.worker, at=by.at)
        calendars.update_index_entry(record, keys=by.keys, at=by.at)


@act("change_facts", needs=Permission.SEE_RECORD)
def change_facts(record: OpenRecord, facts: Mapping[str, object], *, shown: Mapping[str, object], by: Acting) -> None:
    """Store the facts that differ from the `shown` ones, each sealed in its document; see `FACTS`.

    Raises Conflict when somebody else has changed one of these facts since it was shown.
    """
    if overtaken_facts(record, facts, shown=shown):
        raise Conflict
    changed: dict[type[Document], Document] = {}
    for fact in changed_facts(facts, shown):
        kind, name = FACTS[fact]
        document = changed.get(kind) or record.get(kind) or kind()
        changed[kind] = document.model_copy(update={name: facts[fact]})
    changed = {kind: document for kind, document in changed.items() if document != (record.get(kind) or kind())}
    by.entry.skip = not changed
    for document in changed.values():
        record.put(document, by=by.worker, at=by.at)


def changed_facts(facts: Mapping[str, object], shown: Mapping[str, object]) -> list[str]:
    """Return the facts that a worker changed compared with what the form showed."""
    return [fact for fact in FACTS if not _same_fact(facts[fact], shown[fact])]


def overtaken_facts(
    record: OpenRecord, facts: Mapping[str, object], *, shown: Mapping[str, object]
) -> dict[str, object]:
    """Return the facts that a worker changed and somebody else changed differently, with the stored values."""
    stored = known_facts(record)
    return {
        fact: stored[fact]
        for fact in changed_facts(facts, shown)
        if not _same_fact(stored[fact], shown[fact]) and not _same_fact(stored[fact], facts[fact])
    }


def known_facts(record: OpenRecord) -> dict[str, object]:
    """Return the facts about the person as the form shows them."""
    return {fact: getattr(record.get(kind) or kind(), name) for fact, (kind, name) in FACTS.items()}


@act("follow_up", needs=Permission.MANAGE_CASE)
def record_outcome(
    record: OpenRecord, outcome: Outcome, *, by: Acting, expected: int | None = None, reopen: bool = False
) -> None:
    """Record what came of a follow-up, and move the calendar as the rule says.

    With `reopen` a closed case is opened again first. Raises Refused when the result does not fit
    (too early, too few attempts, no new date) or the case is closed, and Conflict when the calendar
    is no longer the expected version.
    """
    if expected not in (None, record.version_of(Calendar)):
        raise Conflict
    record = _open_again(record, by=by) if reopen else record
    dues, outcomes = calendars.read_calendar(record)
    decision = rules.may_record_outcome(outcome, dues, outcomes, today=clock.local_date(by.at))
    if not decision:
        raise Refused(decision.because)
    remaining = rules.remaining_dues(dues, outcome)
    calendars.store_calendar(record, remaining, [*outcomes, outcome], by=by.worker, at=by.at)
    _update_due(record, by=by)


@act("keep_plan", needs=Permission.MANAGE_CASE)
def save_plan(record: OpenRecord, plan: Plan, *, expected: int, by: Acting, reopen: bool = False) -> None:
    """Store the plan as agreed with the person; Conflict when somebody else changed it.

    With `reopen` a closed case is opened again first. The same plan twice by the same worker is
    stored once. Raises Refused when it is incomplete or the case is closed.
    """
    record = _open_again(record, by=by) if reopen else record
    former = record.get(Plan) or Plan()
    if former == plan and record.author_of(Plan) == by.worker:
        by.entry.skip = True
        return
    known = {step.by for step in former.steps}
    facts = PlanFacts(
        filled=frozenset(name for name in PLAN_PARTS if getattr(plan, name)),
        review_on=plan.review_on,
        new_days=tuple(step.by for step in plan.steps if step.by and step.by not in known),
    )
    decision = rules.plan_holds(facts, today=clock.local_date(by.at))
    if not decision:
        raise Refused(decision.because)
    record.put(plan, by=by.worker, at=by.at, expected=expected)
    _update_due(record, by=by)


@act("add_note", needs=Permission.MANAGE_CASE)
def add_note(record: OpenRecord, text: str, *, by: Acting) -> None:
    """Add a note; notes are never changed afterwards."""
    record.put(Note(at=by.at, by=by.worker, text=text), key=str(new_id()), by=by.worker, at=by.at)


def _same_fact(one: object, other: object) -> bool:
    """Return True if two facts are equal; a browser changes line ends and the form strips spaces."""
    if isinstance(one, str) and isinstance(other, str):
        return one.strip().splitlines() == other.strip().splitlines()
    return one == other


def _open_again(record: OpenRecord, *, by: Acting) -> OpenRecord:
    """Open a closed case again within the caller's act."""
    closing.reopen(record, by=by)
    return record.reopen(by)


def _update_due(record: OpenRecord, *, by: Acting) -> None:
    """Store what is due next. While a colleague is asked to close the case, that is due today.

    Raises Refused for a closed case.
    """
    if record.facts.status is not Status.OPEN:
        raise Refused(Because.CLOSED_NOW)
    calendars.update_index_entry(record, keys=by.keys, at=by.at)
    if closing.waiting_request(record) is None:
        records.set_due(record.id, due=calendars.next_day(record))
