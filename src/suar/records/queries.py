"""Lists of records a viewer may see, and the sheets that name them."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.core.refusals import NotYours
from suar.crypto import values
from suar.crypto.secret import Stored
from suar.crypto.values import Place
from suar.db import kept
from suar.records.keyring import facts_of, there
from suar.records.models import Grant, Record, Sheet, SheetWrap
from suar.records.terms import HolderKind, Kind, RecordFacts, Status

SHEET = "sheet"
WRAP = ("key", "team_wide", "sealed")
LISTED = (
    "id",
    "kind",
    "team",
    "assignee",
    "status",
    "priority",
    "opened_month",
    "next_due",
    "organisation",
    "sheet__sealed",
)
MOST = 50
Id = TypeVar("Id", UUID, str)
PEOPLE = (Kind.PERSON, Kind.CASE)


@dataclass(frozen=True, slots=True)
class Listed:
    """A record in a list: plain columns and what its sheet says."""

    id: UUID
    kind: Kind
    team: UUID
    assignee: UUID | None
    status: Status
    priority: int
    opened_month: date
    next_due: date | None
    sheet: dict


def facts(record: UUID) -> RecordFacts:
    """Give the plain columns of a record as rules see them; raises NotYours when it is absent."""
    row = there(record)
    if row is None:
        raise NotYours
    return facts_of(row)


def visible(viewer: Viewer, *kinds: Kind) -> QuerySet[Record]:
    """Give the records that the viewer's teams or the viewer hold, of these kinds.

    One that is held by name is there for those who are named, so that for a colleague who must
    never know of it no list is shorter by one.
    """
    rows = _visible(viewer.organisation, viewer.worker, viewer.teams)
    return rows.filter(kind__in=kinds) if kinds else rows


def hidden_from(worker: UUID, house: UUID) -> QuerySet:
    """Give the ids of the house's records that are held by name, and not by this worker."""
    rows = Record.objects.filter(organisation=house, restricted=True)
    return rows.exclude(Q(assignee=worker) | Q(id__in=_named(worker))).values("id")


def page(
    rows: QuerySet[Record], *, keys: Keys, after: UUID | None = None, most: int = MOST
) -> tuple[list[Listed], UUID | None]:
    """Give one page by id with the sheets opened, and the id after which the next one starts.

    Records whose sheet the worker cannot open (a neighbour's case) are left out.
    """
    return _opened_page(list(_page(rows, after)[: most + 1]), keys=keys, most=most)


def page_of_led(viewer: Viewer, *, keys: Keys, after: UUID | None = None) -> tuple[list[Listed], UUID | None]:
    """Give a page, as `page` does, of the people of the teams that a viewer leads."""
    found = _led(viewer.organisation, viewer.worker, viewer.teams, viewer.leads, after)
    return _opened_page(found, keys=keys, most=MOST)


@kept.rows
def _led(house: UUID, worker: UUID, teams: Collection[UUID], leads: Collection[UUID], after: UUID | None) -> QuerySet:
    rows = _visible(house, worker, teams).filter(kind__in=PEOPLE, team__in=leads)
    return _page(rows, after)[: MOST + 1]


def listed(rows: Sequence[Record], *, keys: Keys) -> list[Listed]:
    """Open the sheets of some records and give those that could be opened, in their order."""
    names = sheets([row.id for row in rows], keys=keys)
    return [_listed(row, names[row.id]) for row in rows if row.id in names]


def of_sheets(opened: Mapping[UUID, dict]) -> list[Listed]:
    """Give the records of sheets that were opened, in the order of the sheets.

    The rows must come from `visible()`: nobody is asked here who may know of them.
    """
    rows = Record.objects.exclude(status=Status.GONE).in_bulk(list(opened))
    return [_listed(rows[each], sheet) for each, sheet in opened.items() if each in rows]


def sheets(records: Iterable[UUID], *, keys: Keys) -> dict[UUID, dict]:
    """Open the sheets of records; counted as shown, for the one 'list' entry of the audit."""
    wanted = list(records)
    if not wanted:
        return {}
    rows = Sheet.objects.filter(record__in=wanted)
    owned = rows.values_list("record_id", "record__organisation", "sealed")
    sealed = {record: (f"{owner}", content) for record, owner, content in owned}
    wrapped = _wraps(keys).filter(record__in=wanted).values_list("record", *WRAP)
    return dict(_opened(sealed, wrapped, keys=keys))


def sheet_key(record: UUID, *, keys: Keys) -> bytes | None:
    """Give the key of a record's sheet, or None when there is none that the worker can open."""
    held = {key.id for key in keys.held()}
    wrap = SheetWrap.objects.filter(record=record, key__in=held).first()
    if wrap is None:
        return None
    wrapped = bytes(wrap.sealed)
    return _sheet_key(keys, record, wrap.key, wrapped=wrapped, team_wide=wrap.team_wide)


def each_sheet(viewer: Viewer, *, keys: Keys) -> Iterator[tuple[str, dict]]:
    """Open one sheet after the other of the persons and cases a viewer may find, with their ids.

    For a search in memory among many thousands: ids stay in the database or remain text, and
    whoever looks keeps only what is found. The wraps are asked for by key alone; by record as
    well it takes four times as long. Counted as shown like those of a list.
    """
    mine, owner = visible(viewer, Kind.PERSON, Kind.CASE).values("id"), f"{viewer.organisation}"
    rows = Sheet.objects.filter(record__in=mine).values_list(_text("record"), "sealed")
    sealed = {_dashed(record): (owner, content) for record, content in rows}
    wrapped = _wraps(keys).values_list(_text("record"), *WRAP)
    yield from _opened(sealed, ((_dashed(row[0]), *row[1:]) for row in wrapped), keys=keys)


def due_by(viewer: Viewer, day: date) -> QuerySet[Record]:
    """Give the open records on which something is due on or before a day, soonest first."""
    rows = visible(viewer, Kind.PERSON, Kind.CASE).filter(next_due__lte=day)
    return rows.exclude(status=Status.CLOSED).order_by("next_due", "priority", "id")


def due_on(record: UUID) -> date | None:
    """Give the day on which something about a record is due, for who can open it."""
    return Record.objects.filter(id=record).values_list("next_due", flat=True).first()


def assignees_due_by(day: date) -> list[UUID]:
    """List whose records have something due on a day or before; plain columns only.

    So too of what a talk left without a name, where nobody was reached yet.
    """
    kinds = (*PEOPLE, Kind.CODES)
    rows = Record.objects.filter(next_due__lte=day, status=Status.OPEN, kind__in=kinds)
    return list(rows.exclude(assignee=None).values_list("assignee", flat=True).distinct())


def hold(record: UUID) -> None:
    """Keep others from acting on a record under this lock until the transaction ends.

    Taken before any other lock. What was read before may have changed: read it again.
    """
    Record.objects.select_for_update(no_key=True).filter(id=record).first()


def named_holders(record: UUID) -> frozenset[UUID]:
    """Give the workers who hold a record by name, and not through a team."""
    rows = Grant.objects.filter(record=record, holder=HolderKind.WORKER)
    return accounts.owners_of(rows.values_list("key", flat=True))


def restricted(records: Iterable[UUID]) -> frozenset[UUID]:
    """Give those of some records that only named workers hold."""
    rows = Record.objects.filter(id__in=list(records), restricted=True)
    return frozenset(rows.values_list("id", flat=True))


def _visible(house: UUID, worker: UUID, teams: Collection[UUID]) -> QuerySet[Record]:
    rows = Record.objects.filter(organisation=house).exclude(status=Status.GONE)
    open_to_team = Q(restricted=False) | Q(id__in=_named(worker))
    return rows.filter(Q(assignee=worker) | Q(team__in=teams) & open_to_team)


def _page(rows: QuerySet[Record], after: UUID | None) -> QuerySet:
    rows = rows.filter(id__gt=after) if after else rows
    return rows.order_by("id").values_list(*LISTED, named=True)


def _opened_page(found: Sequence[Any], *, keys: Keys, most: int) -> tuple[list[Listed], UUID | None]:
    """Open the sheets of a page, which came with its rows; one row more says that more follow."""
    rows = {row.id: row for row in found[:most] if row.sheet__sealed is not None}
    sealed = {key: (f"{row.organisation}", row.sheet__sealed) for key, row in rows.items()}
    wrapped = _wraps_of({key.id for key in keys.held()}, [*rows]) if rows else []
    further = found[most - 1].id if len(found) > most else None
    opened = _opened(sealed, wrapped, keys=keys)
    return [_listed(rows[each], sheet) for each, sheet in opened], further


@kept.rows
def _wraps_of(held: Collection[UUID], records: Collection[UUID]) -> QuerySet:
    return SheetWrap.objects.filter(key__in=held, record__in=records).values_list("record", *WRAP)


def _listed(row: Any, sheet: dict) -> Listed:
    return Listed(
        row.id,
        Kind(row.kind),
        row.team,
        row.assignee,
        Status(row.status),
        row.priority,
        row.opened_month,
        row.next_due,
        sheet,
    )


def _named(worker: UUID) -> QuerySet:
    own = accounts.own_keys(worker)
    return Grant.objects.filter(holder=HolderKind.WORKER, key__in=own).values("record")


def may_open(record: UUID, *, keys: Keys) -> bool:
    """Say whether one of the worker's daily keys has a grant of the record."""
    held = [key.id for key in keys.held()]
    daily = (HolderKind.TEAM, HolderKind.WORKER)
    return Grant.objects.filter(record=record, key__in=held, holder__in=daily).exists()


def _wraps(keys: Keys) -> QuerySet[SheetWrap]:
    return SheetWrap.objects.filter(key__in=[key.id for key in keys.held()])


def _opened(
    sealed: Mapping[Id, tuple[str, bytes]], wrapped: Iterable[tuple], *, keys: Keys
) -> Iterator[tuple[Id, dict]]:
    """Open sheets given as (organisation, content), each with the first key that fits."""
    first: dict[Id, tuple] = {}
    for row in wrapped:
        first.setdefault(row[0], row)
    for record, (organisation, content) in sealed.items():
        if record in first:
            _, key, team_wide, wrap = first[record]
            ident = f"{record}"
            opened = _sheet_key(keys, ident, key, wrapped=wrap, team_wide=team_wide)
            place = Place(organisation, ident, SHEET, SHEET, 1)
            keys.looked, keys.shown = True, keys.shown + 1
            yield record, json.loads(values.unseal(opened, content, place).decode())


def _sheet_key(keys: Keys, record: UUID | str, key: UUID, *, wrapped: Stored, team_wide: bool) -> bytes:
    if team_wide:
        return values.unwrap(keys.search_key(key), wrapped, label=f"sheet|{record}")
    return keys.pair(key).open(wrapped)


def _text(column: str) -> Cast:
    """Ask for ids as text: making an object of each takes as long as opening what it names."""
    return Cast(column, CharField())


def _dashed(ident: str) -> str:
    """Write an id as `str` of it does; SQLite keeps it without dashes."""
    plain = ident.replace("-", "")
    return f"{plain[:8]}-{plain[8:12]}-{plain[12:16]}-{plain[16:20]}-{plain[20:]}"
