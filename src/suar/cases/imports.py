"""People from a spreadsheet: the sheet waits sealed to its worker, is checked row by row, and becomes records.

Nothing of it is stored unencrypted. Imported people have consented to nothing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.keys import Keys
from suar.accounts.roles import Permission, Viewer
from suar.cases import actions, duplicates
from suar.cases.models import SheetDraft
from suar.cases.rules import imports as rules
from suar.cases.rules.duplicates import SAME_NAME
from suar.cases.rules.imports import LIMITS
from suar.consent.facts import read_facts
from suar.core.files.sheets import Sheet, unquote_cell
from suar.core.refusals import NotYours
from suar.crypto.pairs import seal_to
from suar.records import actions as records
from suar.records import queries as lists
from suar.records.search import NameIndex, end_of_number
from suar.records.terms import Kind

OTHER_TASK = "OTHER"


@dataclass(slots=True)
class UploadedSheet:
    """A stored sheet: its rows, the chosen meaning of its columns, and the number of imported people."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    columns: list[str] = field(default_factory=list)
    with_others: bool = True
    team: str = ""
    imported: int | None = None


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person from a row of a sheet: facts by name, the first note, and the next step."""

    number: int
    facts: Mapping[str, Any]
    note: str
    next_step: str = ""


@act("upload_people", needs=Permission.MANAGE_CASE)
def store_sheet(sheet: Sheet, content: bytes, *, by: Acting) -> UUID:
    """Seal a sheet to the worker in place of an earlier one that waits, and return its id; raises Refused."""
    rules.may_be_imported(rows=len(sheet.rows), columns=len(sheet.header)).enforce()
    guesses = rules.guess_columns(sheet.header)
    rows = [(row.number, [*map(unquote_cell, row.cells)]) for row in sheet.rows]
    uploaded = UploadedSheet(sheet.header, rows, guesses)
    key, sealed = _seal(uploaded, by=by)
    SheetDraft.objects.filter(worker=by.worker, imported_at=None).delete()
    digest = by.keys.form_digest(content)
    return SheetDraft.objects.create(worker=by.worker, key=key, sealed=sealed, digest=digest, at=by.at).id


def open_sheet(sheet: UUID, *, keys: Keys, at: datetime) -> UploadedSheet:
    """Return a stored sheet; raises NotYours if it is another worker's, or was removed."""
    row = _waiting_sheets(keys.worker, at=at).filter(id=sheet).first()
    if row is None or not row.sealed:
        raise NotYours
    return UploadedSheet(**json.loads(keys.pair(row.key).open(bytes(row.sealed))))


def waiting_sheet(worker: UUID, *, at: datetime) -> UUID | None:
    """Return the sheet of a worker that waits for its import."""
    row = _waiting_sheets(worker, at=at).filter(imported_at=None).order_by("-at").first()
    return row.id if row else None


def imported_before(sheet: UUID) -> datetime | None:
    """Return when the same worker imported the same file before."""
    row = SheetDraft.objects.get(id=sheet)
    same = SheetDraft.objects.filter(digest=row.digest, imported_at__isnull=False).exclude(id=sheet)
    return same.order_by("-imported_at").values_list("imported_at", flat=True).first()


@act("upload_people", needs=Permission.MANAGE_CASE, once=False)
def change_sheet(sheet: UUID, uploaded: UploadedSheet, *, by: Acting) -> None:
    """Seal a sheet again with the choices or results. This is not an action on a person."""
    by.entry.skip = True
    key, sealed = _seal(uploaded, by=by)
    imported = {} if uploaded.imported is None else {"imported_at": by.at}
    SheetDraft.objects.filter(id=sheet, worker=by.worker).update(key=key, sealed=sealed, **imported)


def remove_sheet(sheet: UUID, *, by: Acting) -> None:
    """Remove the sealed content of a sheet now."""
    SheetDraft.objects.filter(id=sheet, worker=by.worker, imported_at=None).delete()
    SheetDraft.objects.filter(id=sheet, worker=by.worker).update(sealed=b"")


def remove_old_sheets(*, at: datetime) -> int:
    """Remove sheets that waited for a day, and digests after a year; return how many sheets went. Needs no keys."""
    old = SheetDraft.objects.filter(at__lt=at - timedelta(hours=LIMITS["stored_hours"])).exclude(sealed=b"")
    count = old.filter(imported_at=None).delete()[0] + old.update(sealed=b"")
    SheetDraft.objects.filter(at__lt=at - timedelta(days=LIMITS["remembered_days"])).delete()
    return count


# Likely duplicates


def find_likely(
    people: Iterable[NewPerson], *, viewer: Viewer, keys: Keys
) -> tuple[dict[int, dict[str, tuple[str, ...]]], set[UUID]]:
    """Return likely duplicates of the people of a sheet, by row: the names with the reasons; and their records.

    Compared with index entries that the worker's keys open, and with earlier rows of the sheet. Only what is returned
    counts as listed.
    """
    listed_before, names, entries = keys.listed, NameIndex(), list[Mapping[str, Any]]()
    numbers: dict[str, set[int]] = {}
    records_of: dict[int, UUID] = {}

    def remember(entry: Mapping[str, Any]) -> None:
        names.add(len(entries), duplicates.names_of(entry))
        numbers.setdefault(entry.get("number", ""), set()).add(len(entries))
        entries.append(entry)

    for record, entry in lists.iter_index_entries(viewer, keys=keys):
        records_of[len(entries)] = record
        remember(entry)
    likely: dict[int, dict[str, tuple[str, ...]]] = {}
    named: set[UUID] = set()
    for person in people:
        own = _entry_of(person)
        candidates = names.find(duplicates.names_of(own), least=SAME_NAME)
        candidates |= numbers.get(own["number"], set()) if own["number"] else set()
        compared = ((index, duplicates.compare_entries(own, entries[index])[1]) for index in sorted(candidates))
        if similar := [(index, reasons) for index, reasons in compared if reasons][: duplicates.MAX_LIKELY]:
            likely[person.number] = {entries[index]["name"]: reasons for index, reasons in similar}
            named |= {records_of[index] for index, _ in similar if index in records_of}
        remember(own)
    keys.listed = listed_before + sum(map(len, likely.values()))
    return likely, named


def _entry_of(person: NewPerson) -> dict[str, Any]:
    """Return the index entry that a person will have; the names as lists show them."""
    facts = person.facts
    place, aliases = str(facts.get("place", "")).casefold(), str(facts.get("aliases", "")).split(",")
    names = [name for name in map(str.strip, (str(facts.get("name", "")), *aliases)) if name]
    entry = {"name": next(iter(names), ""), "aliases": names[1:], "age": facts.get("age"), "place": place}
    return entry | {"number": end_of_number(str(facts.get("phone", "")))}


# Import


def import_people(sheet: UUID, people: Iterable[NewPerson], *, team: UUID, by: Acting) -> list[int]:
    """Import people, each whole or not at all, and return the numbers of the rows that are imported now.

    A row that was imported before is not imported again. Raises NotYours for a team that is not the worker's.
    """
    if team not in by.viewer.teams:
        raise NotYours
    imported = []
    for person in people:
        own_act = replace(by, form_id=uuid5(sheet, str(person.number)), running=[], locked=set())
        import_person(team, person, by=own_act)
        imported.append(person.number)
    return imported


@act("import_person", needs=Permission.MANAGE_CASE)
def import_person(team: UUID, person: NewPerson, *, by: Acting) -> None:
    """Make a record of a person with facts, a first note and perhaps a next step."""
    organisation = by.viewer.organisation
    record = records.new_record(Kind.PERSON, organisation=organisation, team=team, by=by.worker, at=by.at)
    by.entry.about.append(record.id)
    # Nobody else knows this new record yet, so the acts below need not lock it and open it again.
    by.locked.add(record.id)
    actions.change_details(record, person.facts, seen=read_facts(record), by=by)
    actions.add_note(record, person.note, by=by)
    if person.next_step:
        due = by.today + timedelta(days=LIMITS["next_step_days"])
        actions.plan_task(record, OTHER_TASK, due, text=person.next_step, by=by)


def _seal(uploaded: UploadedSheet, *, by: Acting) -> tuple[UUID, bytes]:
    [(key, public)] = accounts.keys_to_seal_to([("worker", by.worker)], organisation=by.viewer.organisation)
    return key, seal_to(public, json.dumps(asdict(uploaded)).encode())


def _waiting_sheets(worker: UUID, *, at: datetime) -> Any:
    return SheetDraft.objects.filter(worker=worker, at__gte=at - timedelta(hours=LIMITS["stored_hours"]))
