"""Lists of records: the plain columns of those a viewer may know of, and their index entries opened."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, F, Max, OuterRef, Q, QuerySet, Subquery, When

from suar.accounts import queries as accounts
from suar.accounts.codes import KeyKind
from suar.accounts.keys import Keys
from suar.accounts.roles import Viewer
from suar.core.refusals import value_or_refuse
from suar.crypto import values
from suar.crypto.values import Place, Stored
from suar.records.keyring import DAILY_HOLDERS, facts_of, find_record
from suar.records.models import Grant, IndexEntry, IndexKey, Record, Value
from suar.records.terms import TASK_PRIORITY, HolderKind, Kind, RecordFacts, Status

INDEX = "sheet"
"""The name of an index entry in its sealed place."""
PEOPLE = (Kind.PERSON, Kind.CASE)
NAMELESS = (Kind.CODES, Kind.REPORT)
"""Records after a talk that no list shows by name."""
WRAP_COLUMNS = ("key", "sealed", "team_wide")
Entry = dict[str, Any]
ListedRecord = Record
"""A record with its opened index entry."""


def facts(record: UUID) -> RecordFacts:
    """Return the plain columns of a record as rules see them; raises NotYours when it is absent."""
    return facts_of(value_or_refuse(find_record(record)))


def visible(viewer: Viewer, *kinds: Kind) -> QuerySet[Record]:
    """Return the records of these kinds that the viewer or one of their teams holds.

    A restricted record is listed only for those who are named, so that for an excluded colleague
    no list is shorter by one.
    """
    rows = Record.objects.filter(organisation=viewer.organisation).exclude(status=Status.GONE)
    open_to_team = Q(restricted=False) | Q(id__in=_granted_by_name(viewer))
    rows = rows.filter(Q(assignee=viewer.worker) | Q(team__in=viewer.teams) & open_to_team)
    return rows.filter(kind__in=kinds) if kinds else rows


def hidden_from(viewer: Viewer) -> QuerySet[Record, Any]:
    """Return the ids of the restricted records of the viewer's organisation that they do not hold."""
    rows = Record.objects.filter(organisation=viewer.organisation, restricted=True)
    return rows.exclude(Q(assignee=viewer.worker) | Q(id__in=_granted_by_name(viewer))).values("id")


def who_may_know(record: UUID, workers: Collection[UUID]) -> list[UUID]:
    """Return those of some workers of its organisation from whom a record is not hidden."""
    hidden = Record.objects.filter(id=record, restricted=True).first()
    holders = {hidden.assignee, *named_holders(record)} if hidden else set(workers)
    return [worker for worker in workers if worker in holders]


def led_by(viewer: Viewer) -> QuerySet[Record]:
    """Return the people of the teams that a viewer leads: who has no worker, then what is due soonest, then the newest.

    `is_nobodys` is True for an open record that no active worker has.
    """
    has_worker = Q(assignee__isnull=False, assignee__in=accounts.active_of(viewer.organisation))
    rows = visible(viewer, *PEOPLE).filter(team__in=viewer.leads)
    rows = rows.annotate(is_nobodys=Case(When(~has_worker & ~Q(status=Status.CLOSED), then=True), default=False))
    return rows.order_by("-is_nobodys", F("next_due").asc(nulls_last=True), "-opened_month", "id")


def caseload(viewer: Viewer, *, keys: Keys, mine: bool = False) -> QuerySet[Record]:
    """Return the open people and cases whose index entry the viewer can open, soonest due first.

    Those of a neighbour are not counted either. `mine` are those assigned to the viewer.
    """
    rows = visible(viewer, *PEOPLE).filter(id__in=_wraps(keys).values("record")).exclude(status=Status.CLOSED)
    rows = rows.filter(assignee=viewer.worker) if mine else rows
    return rows.order_by(F("next_due").asc(nulls_last=True), "priority", "id")


def with_entries(rows: Iterable[Record], entries: Mapping[UUID, Entry]) -> list[Record]:
    """Return those of some records that have an opened index entry, with `entry` set, in their order."""
    opened = [row for row in rows if row.id in entries]
    for row in opened:
        row.entry = entries[row.id]
    return opened


def records_of(entries: Mapping[UUID, Entry]) -> list[Record]:
    """Return the records of opened index entries in their order, with `entry` set.

    The ids must come from `visible()`: this does not ask who may know of them.
    """
    rows = Record.objects.exclude(status=Status.GONE).in_bulk(list(entries))
    return with_entries([rows[record] for record in entries if record in rows], entries)


def index_entries(records: Iterable[UUID], *, keys: Keys) -> dict[UUID, Entry]:
    """Open the index entries of records; counted as shown, for the one 'list' entry of the audit log."""
    entry, opened = IndexEntry.objects.filter(record=OuterRef("record")), dict[UUID, Entry]()
    entries = {
        "entry": Subquery(entry.values("sealed")),
        "organisation": Subquery(entry.values("record__organisation")),
    }
    rows = _wraps(keys).filter(record__in=list(records)).annotate(**entries)
    for record, organisation, sealed, *wrap in rows.values_list("record", "organisation", "entry", *WRAP_COLUMNS):
        if sealed and record not in opened:
            opened[record] = _open(keys, str(record), str(organisation), sealed, wrap)
    return opened


def iter_index_entries(viewer: Viewer, *, keys: Keys, kinds: Collection[Kind] = PEOPLE) -> Iterator[tuple[UUID, Entry]]:
    """Open the index entries of all records of some kinds that a viewer may find, one after the other.

    For a search in memory among many thousands: the caller stores only what matches. Wraps are looked up
    by key alone; by record as well it takes four times as long. A cursor of the server reads the whole index instead.
    """
    rows = IndexEntry.objects.filter(record__in=visible(viewer, *kinds).values("id"))
    wraps = {wrap[-1]: wrap[:-1] for wrap in _wraps(keys).values_list(*WRAP_COLUMNS, "record")}
    organisation = str(viewer.organisation)
    for record, sealed in rows.values_list("record_id", "sealed"):
        if record in wraps:
            yield record, _open(keys, str(record), organisation, sealed, wraps[record])


def index_key(record: UUID, *, keys: Keys) -> bytes | None:
    """Return the key of a record's index entry, or None if there is none that the worker can open."""
    return index_keys([record], keys=keys).get(record)


def index_keys(records: Iterable[UUID], *, keys: Keys) -> dict[UUID, bytes]:
    """Return the keys of the index entries of records that the worker can open."""
    rows = _wraps(keys).filter(record__in=list(records))
    return {row.record: _unwrap(keys, str(row.record), row.key, row.sealed, row.team_wide) for row in rows}


def emergency_records(viewer: Viewer, *, keys: Keys) -> list[UUID]:
    """Return the people and cases that a duty officer of the organisation opens in an emergency, no restricted ones."""
    duty = [key.id for key in keys.list_keys(KeyKind.BREAK_GLASS)]
    granted = Grant.objects.filter(holder=HolderKind.BREAK_GLASS, key__in=duty).values("record")
    rows = Record.objects.filter(organisation=viewer.organisation, kind__in=PEOPLE, restricted=False, id__in=granted)
    return list(rows.exclude(status=Status.GONE).values_list("id", flat=True))


def due_by(
    viewer: Viewer, day: date, *, also: QuerySet[Any, Any] | None = None, nameless: date | None = None
) -> QuerySet[Record]:
    """Return the records on which something is due on or before a day, soonest first, and `also` those with these ids.

    They are records of people and cases, those of unnamed persons of whom nobody was reached yet, and reports; the
    latter until the day `nameless`.
    """
    is_due = Q(next_due__lte=day)
    if nameless is not None:
        is_due |= Q(next_due__lte=nameless, kind__in=NAMELESS)
    if also is not None:
        is_due |= Q(id__in=also)
    return visible(viewer, *PEOPLE, *NAMELESS).filter(is_due).order_by("next_due", "priority", "id")


def due_on(record: UUID) -> date | None:
    """Return the day on which something about a record is due."""
    return Record.objects.filter(id=record).values_list("next_due", flat=True).first()


def is_task(record: UUID) -> bool:
    """Return True if a task is due on a record, and nothing more urgent."""
    return Record.objects.filter(id=record, next_due__isnull=False, priority=TASK_PRIORITY).exists()


def assignees_due_by(day: date) -> list[UUID]:
    """Return the workers whose records have something due on a day or before, from plain columns only.

    Talks that left only codes count as well, where nobody was reached yet or a next step is due.
    """
    rows = Record.objects.filter(next_due__lte=day, kind__in=(*PEOPLE, *NAMELESS))
    assigned = rows.exclude(assignee=None).values_list("assignee", flat=True).distinct()
    return [worker for worker in assigned if worker]


def covers_ended_before(day: date) -> list[UUID]:
    """Return the records with a cover or a grant whose last day was before a day."""
    ended = Grant.objects.filter(until__lt=day).values("record")
    rows = Record.objects.filter(Q(cover_until__lt=day) | Q(id__in=ended)).exclude(status=Status.GONE)
    return list(rows.values_list("id", flat=True))


def is_open_to_team(record: UUID) -> bool:
    """Return True if every member of the team holds a record."""
    return Grant.objects.filter(record=record, holder=HolderKind.TEAM).exists()


def named_holders(record: UUID) -> frozenset[UUID]:
    """Return the workers who hold a record by name, and not through a team."""
    rows = Grant.objects.filter(record=record, holder=HolderKind.WORKER)
    return accounts.owners_of(rows.values_list("key", flat=True))


def restricted(records: Iterable[UUID]) -> frozenset[UUID]:
    """Return those of some records that only named workers hold."""
    rows = Record.objects.filter(id__in=list(records), restricted=True)
    return frozenset(rows.values_list("id", flat=True))


def leads_who_know(record: Record | RecordFacts) -> frozenset[UUID]:
    """Return the leads of a record's team; of a restricted one only those who hold it by name.

    The person may have excluded the others, and a notice would tell them that something happened.
    """
    leads = accounts.team_facts(record.team).leads
    return leads & named_holders(record.id) if record.restricted else leads


def granted_kinds(records: Iterable[UUID], *, keys: Keys) -> dict[UUID, Kind]:
    """Return those of some records of which one of the worker's daily keys has a grant, with their kinds."""
    wanted, daily = list(records), [key.id for key in keys.list_keys()]
    if not wanted:
        return {}
    granted = Grant.objects.filter(record__in=wanted, key__in=daily, holder__in=DAILY_HOLDERS).values("record")
    rows = Record.objects.filter(id__in=granted).exclude(status=Status.GONE)
    return {record: Kind(kind) for record, kind in rows.values_list("id", "kind")}


# Retention, without keys


def stored_rows(records: Collection[UUID]) -> list[Record]:
    """Return the rows of those of some records that were not destroyed."""
    return list(Record.objects.filter(id__in=records).exclude(status=Status.GONE))


def last_written_at(records: Collection[UUID], *, apart_from: Collection[str]) -> datetime | None:
    """Return when one of these records was last written to, not counting values with these names."""
    rows = Value.objects.filter(record__in=records).exclude(field__in=apart_from)
    latest: datetime | None = rows.aggregate(last=Max("at"))["last"]
    return latest


def not_written_since(moments: Mapping[Kind, datetime], *, apart_from: Collection[str]) -> list[UUID]:
    """Return the records of each kind in which nothing was written since its moment, and nothing is due.

    Open cases are left out.
    """
    last = Value.objects.filter(record=OuterRef("id")).exclude(field__in=apart_from).order_by("-at").values("at")[:1]
    old = Q(kind__in=list(moments), last=None)
    for kind, moment in moments.items():
        old |= Q(kind=kind, last__lt=moment)
    rows = Record.objects.exclude(status=Status.GONE).filter(next_due=None).annotate(last=Subquery(last)).filter(old)
    return list(rows.exclude(kind=Kind.CASE, status=Status.OPEN).values_list("id", flat=True))


def restricted_ids() -> "QuerySet[Record, Any]":
    """Return the ids of the restricted records, also of erased ones."""
    return Record.objects.filter(restricted=True).values("id")


def erased_of_teams(teams: Collection[UUID]) -> "QuerySet[Record, Any]":
    """Return the ids of the erased records of some teams; restricted ones are left out, for their lead may not know."""
    return Record.objects.filter(team__in=list(teams), restricted=False, status=Status.GONE).values("id")


def _granted_by_name(viewer: Viewer) -> QuerySet[Grant, Any]:
    return Grant.objects.filter(holder=HolderKind.WORKER, key__in=viewer.own_keys).values("record")


def _wraps(keys: Keys) -> QuerySet[IndexKey]:
    return IndexKey.objects.filter(key__in=[key.id for key in keys.list_keys()])


def _open(keys: Keys, record: str, organisation: str, sealed: Stored, wrap: Sequence[Any]) -> Entry:
    """Open the index entry of a record; counted as shown. `wrap` are the `WRAP_COLUMNS` columns of its key."""
    key = _unwrap(keys, record, *wrap)
    keys.has_listed, keys.listed = True, keys.listed + 1
    entry: Entry = json.loads(values.unseal(key, sealed, Place(organisation, record, INDEX, INDEX, 1)).decode())
    return entry


def _unwrap(keys: Keys, record: str, key: UUID, wrapped: Stored, team_wide: bool) -> bytes:  # noqa: FBT001 - a column
    if team_wide:
        return values.unwrap(keys.search_key(key), wrapped, label=f"sheet|{record}")
    return keys.pair(key).open(wrapped)
