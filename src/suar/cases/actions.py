"""Actions of case workers: open a case, change facts, add notes and tasks. Other acts have their own modules."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.audit import actions as audit
from suar.cases import calendars, closing, queries, rules
from suar.cases.codes import TASK_KINDS
from suar.cases.documents import CaseCode, Note
from suar.cases.models import Case
from suar.consent import exclusions as exclusion_list
from suar.consent import life
from suar.consent.documents import Profile, SafeContact, Task, Tasks
from suar.consent.facts import change_facts, read_facts
from suar.core.ids import new_id, spoken_code
from suar.core.refusals import Conflict, NotYours, Refused, value_or_refuse
from suar.crypto import kdf
from suar.crypto.pairs import BoxPair
from suar.records import actions as records
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.terms import Kind, Status
from suar.referrals import packets, receiving
from suar.referrals import queries as referrals
from suar.referrals.codes import Verb
from suar.referrals.documents import ReferralThread, Thread
from suar.referrals.receiving import Referral
from suar.screening.rules.answers import UNDER_18

REOPENED: Mapping[str, Any] = {"done_at": None, "done_by": None}
"""Fields of a task that is opened again."""
INDEXED = frozenset({"name", "aliases", "phone", "place", "district", "age"})
"""Facts by which lists find a record, and recognise another one of the same person."""


@act("referral_accept", needs=Permission.ANSWER_REFERRAL)
def accept_and_open(referral: Referral, *, team: UUID, by: Acting, excluded: Collection[UUID] = ()) -> OpenRecord:
    """Accept a referral and open its case with the follow-up calendar; `excluded` colleagues get no access.

    Accepting twice returns the same case. The case has a code of its own. The shared facts and needs stay in the
    packet, which cannot be read after the consent ends. Raises Refused when it cannot be accepted any more.
    Source: security.md 3.6; docs/decisions/packets.md.
    """
    existing = queries.case_of(referral.id)
    if existing:
        by.entry.skip = True
        return keyring.open_record(existing.record, keys=by.keys)
    received = receiving.receive(referral.id, viewer=by.viewer, keys=by.keys, at=by.at)
    key = kdf.random_key()
    pair = BoxPair.from_private(key)
    thread = replace(received.thread, case=pair) if received.thread else None
    receiving.add_answer(referral, Verb.ACCEPT, by=by, thread=thread)
    by.entry.about.append(referral.record)
    child = str(received.preview.get("age_band", "")) in UNDER_18
    record = open_case(team=team, referral=referral.id, child=child, by=by)
    if excluded:
        # A worker still has to ask the person, also about others.
        added = exclusion_list.new_exclusions((), excluded, "")
        exclusion_list.record_exclusions(record, added, keys=by.keys, at=by.at, asked=False)
    if referral.restricted:
        # The sender excluded somebody here: only those to whom it was sealed may get access.
        others = accounts.members_of(team) - set(referrals.receivers_of(referral))
        records.restrict(record, excluded=others, keys=by.keys, at=by.at)
    if thread:
        _store_thread(record, thread, key, by=by)
        packets.move_to_case(referral.id, pair, record=record.id, keys=by.keys)
    return record


def _store_thread(record: OpenRecord, thread: Thread, case_key: bytes, *, by: Acting) -> None:
    document = ReferralThread(key=thread.key.hex(), hours=thread.hours.stored, case=case_key.hex())
    record.put(document, by=by.worker, at=by.at)


def open_case(*, team: UUID, by: Acting, referral: UUID | None = None, child: bool = False) -> OpenRecord:
    """Create a case record with its calendar in the caller's act; its index entry shows only a code."""
    record = new_case(team=team, referral=referral, by=by)
    intervals = calendars.intervals_of(record.facts.organisation)
    dues = rules.calendar(by.today, child=child, intervals=intervals)
    calendars.store_calendar(record, dues, [], by=by)
    calendars.update_due(record, by=by)
    audit.record("open_case", by=by.worker, at=by.at, about=[record.id])
    return record


def new_case(*, team: UUID, by: Acting, referral: UUID | None = None) -> OpenRecord:
    """Create the record of a case with its code, without a calendar, within the caller's act."""
    record = records.new_record(Kind.CASE, organisation=by.viewer.organisation, team=team, by=by.worker, at=by.at)
    Case.objects.create(record=record.id, referral=referral, by=by.worker, at=by.at)
    record.add(CaseCode(code=spoken_code(5)), by=by.worker, at=by.at)
    return record


@act("referral", needs=Permission.MANAGE_CASE)
def report_progress(record: OpenRecord, verb: Verb, *, by: Acting, reason: str = "") -> None:
    """Report the progress of help to the sender, also after the consent has expired: the report names nobody.

    Raises Refused when it cannot be reported now. Source: docs/decisions/consent.md.
    """
    referral = value_or_refuse(queries.referral_of(record.id))
    row = receiving.get_received(referral, viewer=by.viewer).lock(by)
    thread = receiving.thread_of(record)
    if thread and thread.case is None:
        # Version 0.1 left accepted packets sealed to the inbox.
        key = kdf.random_key()
        thread = replace(thread, case=BoxPair.from_private(key))
        _store_thread(record, thread, key, by=by)
    receiving.add_answer(row, verb, by=by, reason=reason, thread=thread)
    if thread and thread.case:
        packets.move_to_case(row.id, thread.case, record=record.id, keys=by.keys)
    by.entry.verb = f"referral_{verb}"
    by.entry.about[:] = [row.id, row.record]


@act("name_person", needs=Permission.MANAGE_CASE)
def name_person(record: OpenRecord, name: str, *, by: Acting) -> None:
    """Store the name the person uses here, for search and lists; with an empty name they are listed by code.

    The worker wrote it, so it stays when the person withdraws what others shared.
    """
    by.entry.skip = not change_facts(record, {"name": name}, by=by)
    if not by.entry.skip:
        calendars.update_index_entry(record, by=by)


@act("change_facts", needs=Permission.SEE_RECORD)
def change_details(
    record: OpenRecord, changes: Mapping[str, object], *, seen: Mapping[str, object], by: Acting
) -> None:
    """Store changed facts of a person, each sealed in its document, and what they were before.

    `seen` are the facts as the worker saw them. Raises Conflict when somebody else has changed
    one of the same facts since.
    """
    if conflicting_details(record, changes, seen=seen):
        raise Conflict
    if isinstance(years := changes.get("age"), int):
        changes = {**changes, **rules.age_facts(years, record.get_or_empty(Profile).age_status)}
    by.entry.skip = not change_facts(record, changes, by=by)
    if INDEXED & changes.keys() and not by.entry.skip:
        calendars.update_index_entry(record, by=by)


def conflicting_details(
    record: OpenRecord, changes: Mapping[str, object], *, seen: Mapping[str, object]
) -> dict[str, object]:
    """Return the stored values of facts that somebody else changed differently since they were shown."""
    stored = read_facts(record)
    return {
        name: stored[name]
        for name, value in changes.items()
        if _without_line_ends(stored[name]) not in (_without_line_ends(seen[name]), _without_line_ends(value))
    }


@act("add_note", needs=Permission.SEE_RECORD)
def add_note(record: OpenRecord, text: str, *, by: Acting, way: str = "") -> None:
    """Add a note. With `way` it is the last contact in lists; raises Refused when the person is not to be contacted."""
    if way:
        life.check_contact(record)
    record.add(Note(at=by.at, by=by.worker, text=text, way=way), by=by.worker, at=by.at)
    if way:
        calendars.update_index_entry(record, by=by)


# The next step


@act("plan_task", needs=Permission.SEE_RECORD)
def plan_task(
    record: OpenRecord, kind: str, due: date, *, by: Acting, text: str = "", owner: UUID | None = None
) -> UUID:
    """Plan what is done next for the person, by its `owner` or else by their worker; return its id.

    Raises Refused for a past day, an unsafe way, a closed record, and a person who is not to be contacted.
    """
    check_open(record)
    if TASK_KINDS[kind].get("contact") or life.life_state(record) == life.DIED:
        life.check_contact(record)
    _check_safe(record, kind, due, by=by)
    stored = record.get_or_empty(Tasks)
    task = Task(id=new_id(), kind=kind, text=text, due=due, by=by.worker, at=by.at, owner=owner)
    record.put(Tasks(entries=(*stored.entries, task)), by=by.worker, at=by.at)
    calendars.update_due(record, by=by)
    return task.id


@act("finish_task", needs=Permission.SEE_RECORD)
def finish_task(record: OpenRecord, task_id: UUID, *, by: Acting) -> None:
    """Mark a task as done; a second time changes nothing. Raises NotYours if there is none."""
    if task_id not in {task.id for task in record.get_or_empty(Tasks).entries}:
        raise NotYours
    by.entry.skip = not finish_tasks(record, [task_id], by=by)


@act("postpone_task", needs=Permission.SEE_RECORD)
def postpone_task(record: OpenRecord, task_id: UUID, *, by: Acting) -> None:
    """Move an open task to tomorrow, for instance after an unanswered call; raises NotYours if there is none.

    Raises Refused when its way has become unsafe.
    """
    stored, tomorrow = record.get_or_empty(Tasks), by.today + timedelta(days=1)
    kind = value_or_refuse(next((task.kind for task in stored.open if task.id == task_id), None))
    _check_safe(record, kind, tomorrow, by=by)
    by.entry.skip = not change_tasks(record, [task_id], {"due": tomorrow}, by=by)


def finish_tasks(record: OpenRecord, task_ids: Collection[UUID], *, by: Acting) -> bool:
    """Mark open tasks as done within the caller's act; return True if one was open."""
    open_tasks = [task.id for task in record.get_or_empty(Tasks).open if task.id in task_ids]
    return change_tasks(record, open_tasks, {"done_at": by.at, "done_by": by.worker}, by=by)


def change_tasks(
    record: OpenRecord, task_ids: Collection[UUID], update: Mapping[str, Any] | None, *, by: Acting
) -> bool:
    """Update tasks, or remove them without an `update`, and what is due; return True if one changed."""
    stored = record.get_or_empty(Tasks).entries
    changed = (task.model_copy(update=update) if task.id in task_ids else task for task in stored)
    entries = tuple(task for task in changed if update or task.id not in task_ids)
    if entries != stored:
        record.put(Tasks(entries=entries), by=by.worker, at=by.at)
        calendars.update_due(record, by=by)
    return entries != stored


def _check_safe(record: OpenRecord, kind: str, due: date, *, by: Acting) -> None:
    unsafe = record.known_or_empty(SafeContact).rules
    rules.may_plan_task(kind, due, unsafe=unsafe, today=by.today).enforce()


def _without_line_ends(value: object) -> object:
    """Return a text as stripped lines: a browser changes line ends, and a form strips spaces."""
    return value.strip().splitlines() if isinstance(value, str) else value


def check_open(record: OpenRecord) -> None:
    """Raise Refused for a record that is not open."""
    if record.facts.status is not Status.OPEN:
        raise Refused("closed_now")


def ensure_open(record: OpenRecord, *, by: Acting, reopen: bool) -> OpenRecord:
    """Open a closed case again within the caller's act if `reopen`; raises Refused for a closed one."""
    if reopen:
        closing.reopen(record, by=by)
        record = record.reopen(by)
    check_open(record)
    return record
