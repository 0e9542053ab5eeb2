"""Two records of one person: find, compare, mark as different people, merge, undo the merge. Nothing is deleted."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.keys import Keys
from suar.accounts.roles import Permission, Viewer
from suar.cases import calendars, policy, retention
from suar.cases.codes import DUES, FOLLOW_UPS
from suar.cases.documents import Closing, Merge, MergedInto, MergedRecords, OtherPeople, OtherPerson
from suar.cases.documents.plan import Plan, SafetyPlan
from suar.cases.rules import duplicates as rules
from suar.consent import exclusions, life
from suar.consent import rules as consent_rules
from suar.consent.documents import Exclusions, SafetyReview, Task, Tasks
from suar.consent.exclusions import NewExclusion
from suar.consent.facts import FACTS, HISTORIES, change_facts, list_changes, read_facts, values_before
from suar.consent.rules import Exclusion
from suar.core.ids import new_id
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records import actions as records
from suar.records import keyring
from suar.records import queries as lists
from suar.records.documents import Document
from suar.records.keyring import OpenRecord
from suar.records.search import similarity
from suar.records.terms import Kind, Status
from suar.referrals import sending

MAX_LIKELY = 5
FACT_DOCUMENTS = dict.fromkeys(kind for kind, _ in FACTS.values())
COMPARED: tuple[type[Document], ...] = (*FACT_DOCUMENTS, *HISTORIES.values(), Exclusions, MergedInto)
"""Documents that a worker compares before they merge two records."""


@dataclass(slots=True)
class Pair:
    """The record that stays open and the one that is closed; both are locked, always in the same order."""

    stays: OpenRecord
    goes: OpenRecord

    @property
    def id(self) -> UUID:
        """The id of the record that stays open."""
        return self.stays.id

    def lock(self, by: Acting) -> Self:
        """Lock both records, and open them again."""
        keyring.lock_several(self.stays)
        both = sorted((self.stays, self.goes), key=lambda record: record.id)
        locked = {record.id: record.lock(by) for record in both}
        return type(self)(locked[self.stays.id], locked[self.goes.id])

    @property
    def version(self) -> str:
        """The versions of everything that is compared, to see if somebody changed it."""
        return "-".join(
            ".".join(str(record.version_of(kind)) for kind in COMPARED) for record in (self.stays, self.goes)
        )


def open_pair(record: OpenRecord, other: UUID, *, keys: Keys) -> Pair:
    """Open the other record of a pair; raises NotYours for one of another kind or organisation."""
    if other == record.id:
        raise NotYours
    opened = keyring.open_record(other, keys=keys)
    if (opened.facts.kind, opened.facts.organisation) != (record.facts.kind, record.facts.organisation):
        raise NotYours
    return Pair(record, opened)


def find_likely(record: OpenRecord, *, viewer: Viewer, keys: Keys) -> list[tuple[UUID, tuple[str, ...]]]:
    """Return the records that may be of the same person, with the reasons, the most likely first.

    Only index entries that the viewer's keys open are compared, in memory. Those that are merged with this record or
    were found to be of somebody else are left out. Only what is returned counts as listed.
    """
    listed_before = keys.listed
    entries = dict(lists.iter_index_entries(viewer, keys=keys))
    own_entry = entries.pop(record.id, None)
    decided = {entry.record for entry in record.get_or_empty(OtherPeople).entries}
    decided |= {merge.record for merge in merges_of(record)} | {merged_into(record) or record.id}
    likely = []
    for other, entry in entries.items() if own_entry else ():
        similarity_of_names, reasons = compare_entries(own_entry or {}, entry)
        if reasons and other not in decided:
            likely.append((len(reasons) + similarity_of_names, other, reasons))
    same_kind = {row.id for row in lists.visible(viewer, record.facts.kind).filter(id__in=[row[1] for row in likely])}
    most_likely = [row[1:] for row in sorted(likely, reverse=True) if row[1] in same_kind][:MAX_LIKELY]
    keys.listed = listed_before + len(most_likely)
    return most_likely


def merged_into(record: OpenRecord) -> UUID | None:
    """Return the record into which this one was merged."""
    return record.get_or_empty(MergedInto).record


def merges_of(record: OpenRecord) -> list[Merge]:
    """Return the merges into this record that were not undone, oldest first."""
    return [merge for merge in record.get_or_empty(MergedRecords).entries if not merge.undone_at]


def _merged_with(record: OpenRecord) -> list[UUID]:
    """Return the records merged into this one, and the one into which it was merged."""
    into = merged_into(record)
    return [*(merge.record for merge in merges_of(record)), *([into] if into else [])]


def merge_times(record: OpenRecord) -> list[datetime]:
    """Return when records were merged into this one and taken apart again."""
    entries = record.get_or_empty(MergedRecords).entries
    return [at for merge in entries for at in (merge.at, merge.undone_at) if at]


def iter_merged(record: OpenRecord, *, keys: Keys) -> Iterator[OpenRecord]:
    """Open all records that were merged into this one and still exist, also through another one.

    Raises Refused if one of them does not open.
    """
    for merge in merges_of(record):
        if keyring.find_record(merge.record):
            try:
                opened = keyring.open_record(merge.record, keys=keys)
            except NotYours as failure:
                raise Refused("merged_not_open") from failure
            yield opened
            yield from iter_merged(opened, keys=keys)


def may_merge(pair: Pair, *, viewer: Viewer) -> bool:
    """Return True for the worker of both records and for a lead of their teams: a merge closes one of them."""
    may_close = pair.goes.facts.kind is not Kind.CASE or viewer.may(Permission.MANAGE_CASE)
    return may_close and all(policy.may_hand_over(viewer, record.facts) for record in (pair.stays, pair.goes))


def exclude_from_merged(record: OpenRecord, *, by: Acting) -> None:
    """Apply the person's exclusions to the records merged with this one too, in the caller's act.

    A record that does not open is taken from the excluded workers; its own list is not known.
    """
    entries = [entry for entry in exclusions.list_exclusions(record) if entry.active]
    for other in _merged_with(record):
        keyring.lock_record(other)
        try:
            opened = keyring.open_record(other, keys=by.keys)
        except NotYours:
            excluded = exclusions.excluded_colleagues(record)
            if excluded and exclusions.restrict_for(other, excluded, by=by):
                sending.take_over_from(excluded, other)
            continue
        existing = [entry for entry in exclusions.list_exclusions(opened) if entry.active]
        missing = [new for new in entries if not any(consent_rules.same_exclusion(old, new) for old in existing)]
        if missing:
            added = [NewExclusion(new.kind, new.ref, new.words) for new in missing]
            exclusions.exclude(opened, added, by=by, asked=exclusions.was_asked(record))


def remove_from_merged(record: OpenRecord, removed: Exclusion, *, by: Acting, reason: str) -> None:
    """Remove an exclusion from the records merged with this one too, in the caller's act, unless one does not open."""
    for other in _merged_with(record):
        with suppress(NotYours):
            opened = keyring.open_record(other, keys=by.keys)
            for entry in exclusions.list_exclusions(opened):
                if entry.active and consent_rules.same_exclusion(entry, removed):
                    exclusions.remove_exclusion(opened, entry.id, by=by, reason=reason)


@act("tell_apart", needs=Permission.SEE_RECORD)
def mark_as_different(pair: Pair, *, by: Acting) -> None:
    """Record on both records that they are of different people."""
    by.entry.about.append(pair.goes.id)
    for record, other in ((pair.stays, pair.goes), (pair.goes, pair.stays)):
        stored = record.get_or_empty(OtherPeople)
        if other.id not in {entry.record for entry in stored.entries}:
            entry = OtherPerson(record=other.id, by=by.worker, at=by.at)
            record.put(OtherPeople(entries=(*stored.entries, entry)), by=by.worker, at=by.at)


@act("merge_records", needs=Permission.SEE_RECORD)
def merge(pair: Pair, *, chosen: Collection[str], seen: str, by: Acting) -> None:
    """Merge two records: one stays open, with the facts of both; the other one is closed and keeps all it contains.

    Its consents and referrals stay its own and work as before. Both get the exclusions of both, and are restricted if
    one of them is. `chosen` are the facts taken from the other record. Its due tasks become tasks of the remaining
    record. The workers of both and the leads are notified. Raises Conflict if a record was changed since `seen`. Raises
    Refused for a closed or merged record, while closing one is asked for, while one is to be erased or is on legal
    hold, while nobody was reached about an urgent need of the other record, and unless the worker is responsible for
    both.
    """
    stays, goes = pair.stays, pair.goes
    if pair.version != seen:
        raise Conflict
    _check_mergeable(pair, by=by)
    by.entry.about.append(goes.id)
    change_facts(stays, rules.united_facts(read_facts(stays), read_facts(goes), chosen=chosen), by=by)
    tasks = [*goes.get_or_empty(Tasks).open, *_tasks_of_dues(pair, by=by)]
    if tasks:
        stored_tasks = stays.get_or_empty(Tasks).entries
        stays.put(Tasks(entries=(*stored_tasks, *tasks)), by=by.worker, at=by.at)
    review = goes.get(SafetyReview)
    if review and not stays.get(SafetyReview):
        stays.put(review, by=by.worker, at=by.at)
    entry = Merge(record=goes.id, by=by.worker, at=by.at, tasks=tuple(task.id for task in tasks))
    stored = stays.get_or_empty(MergedRecords).entries
    stays.put(MergedRecords(entries=(*stored, entry)), by=by.worker, at=by.at)
    goes.put(MergedInto(record=stays.id), by=by.worker, at=by.at)
    records.close(goes.id)
    calendars.update_index_entry(goes, by=by)
    calendars.update_due(stays, by=by)
    _unite_exclusions(pair, by=by)
    _notify_responsible(pair, by=by)


@act("undo_merge", needs=Permission.SEE_RECORD)
def undo_merge(pair: Pair, *, by: Acting) -> None:
    """Take two merged records apart: the facts go back unless somebody changed them since, and the other opens again.

    Exclusions stay on both: an undo reveals nothing to an excluded person. Raises Refused after 30 days, for
    records that are not merged, while one is to be erased or held, and unless the worker merged them or is responsible
    for both.
    """
    stays, goes = pair.stays, pair.goes
    entries = stays.get_or_empty(MergedRecords).entries
    merged = next((entry for entry in entries if entry.record == goes.id and not entry.undone_at), None)
    if merged is None:
        raise Refused("not_merged")
    if by.worker != merged.by and not may_merge(pair, viewer=by.viewer):
        raise Refused("merge_not_responsible")
    rules.may_undo_merge(merged.at, now=by.at).enforce()
    _check_ends_apart(pair)
    by.entry.about.append(goes.id)
    changes = list_changes(stays)
    by_merge = [change for change in changes if (change.at, change.by) == (merged.at, merged.by)]
    later = {change.fact for change in changes if change.at > merged.at}
    change_facts(stays, values_before(change for change in by_merge if change.fact not in later), by=by)
    tasks = stays.get_or_empty(Tasks).entries
    stays.put(Tasks(entries=tuple(task for task in tasks if task.id not in merged.tasks)), by=by.worker, at=by.at)
    if not stays.get(SafetyPlan) and stays.get(SafetyReview):
        stays.put(SafetyReview(), by=by.worker, at=by.at)
    undone = merged.model_copy(update={"undone_by": by.worker, "undone_at": by.at})
    entries = tuple(undone if entry is merged else entry for entry in entries)
    stays.put(MergedRecords(entries=entries), by=by.worker, at=by.at)
    goes.put(MergedInto(), by=by.worker, at=by.at)
    records.reopen(goes.id)
    for record in (stays, goes):
        calendars.update_due(record.reopen(by), by=by)


def _check_mergeable(pair: Pair, *, by: Acting) -> None:
    if not may_merge(pair, viewer=by.viewer):
        raise Refused("merge_not_responsible")
    for record in (pair.stays, pair.goes):
        if merged_into(record):
            raise Refused("merged_already")
        if record.get_or_empty(Closing).is_asked:
            raise Refused("merge_while_closing")
        if record.facts.status is not Status.OPEN:
            raise Refused("merge_closed")
    _check_ends_apart(pair)
    state = life.life_state(pair.goes)
    if state not in (life.OPEN, life.life_state(pair.stays)):
        raise Refused("merge_life")
    is_person = pair.goes.facts.kind is Kind.PERSON
    if is_person and lists.due_on(pair.goes.id) and not lists.is_task(pair.goes.id):
        raise Refused("merge_urgent")


def _check_ends_apart(pair: Pair) -> None:
    """Raise Refused while one of the records is to be erased or is on legal hold: a merge must not evade either."""
    if not retention.may_end_apart([pair.stays.id, pair.goes.id]):
        raise Refused("merge_while_erasing")


def _tasks_of_dues(pair: Pair, *, by: Acting) -> Iterator[Task]:
    """Yield a task for each follow-up, step and review of the plan that is due of the record that is closed.

    A follow-up or review that is due of the other one too is the same for the person, and stays there.
    """
    stays, goes = pair.stays, pair.goes
    plan, stays_due = goes.get_or_empty(Plan), calendars.due_days(stays)
    planned = {due.code for due in calendars.read_calendar(stays)[0]} if "follow_up" in stays_due else set()
    days: list[tuple[str, date, str]] = [
        *(
            ("follow_up", due.due_on, FOLLOW_UPS.label(due.code))
            for due in calendars.read_calendar(goes)[0]
            if due.code not in planned
        ),
        *(("step", step.by, step.what) for step in plan.steps if step.by and step.is_open),
        *([("review", plan.review_on, DUES.label("review"))] if plan.review_on and "review" not in stays_due else []),
    ]
    due = calendars.due_days(goes)
    for kind, day, text in days:
        if kind in due:
            yield Task(id=new_id(), kind="OTHER", text=text, due=day, by=by.worker, at=by.at)


def _notify_responsible(pair: Pair, *, by: Acting) -> None:
    """Notify the workers of both records and the leads of their teams who may know of the person."""
    notified: set[UUID] = set()
    for record in (pair.stays, pair.goes):
        facts = lists.facts(record.id)
        notified |= lists.leads_who_know(facts) | ({facts.assignee} if facts.assignee else set())
    notices.notify(notified - {by.worker}, at=by.at)


def _unite_exclusions(pair: Pair, *, by: Acting) -> None:
    """Exclude on both records whom the person excluded on either, and restrict both if one is restricted."""
    exclusions_of = {record.id: exclusions.list_exclusions(record) for record in (pair.stays, pair.goes)}
    for record, other in ((pair.stays, pair.goes), (pair.goes, pair.stays)):
        if other.facts.restricted:
            _restrict_like(record, other, by=by)
        added = [NewExclusion(entry.kind, entry.ref, entry.words) for entry in exclusions_of[other.id] if entry.active]
        if added:
            exclusions.exclude(record.reopen(by), added, by=by, asked=exclusions.was_asked(other))


def _restrict_like(record: OpenRecord, other: OpenRecord, *, by: Acting) -> None:
    """Restrict a record to workers with access to the other one, which is restricted."""
    holders = lists.named_holders(record.id) | accounts.members_of(record.facts.team)
    records.restrict(record, excluded=holders - lists.named_holders(other.id) - {by.worker}, keys=by.keys, at=by.at)


def names_of(entry: Mapping[str, Any]) -> list[str]:
    """Return the names of an index entry."""
    return [entry.get("name", ""), *entry.get("aliases", [])]


def compare_entries(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[float, tuple[str, ...]]:
    """Return how similar the names of two index entries are, and the reasons why they may be of one person."""
    names = (names_of(one), names_of(other))
    whole, part = similarity(*names), similarity(*names, part=True)
    return whole, rules.reasons(one, other, whole=whole, part=part)
