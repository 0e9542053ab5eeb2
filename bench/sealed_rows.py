"""Writes many synthetic people as sealed rows, by the same rules and seals as one is written."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction

from bench.acting import Acting
from bench.people import full_name
from suar.accounts import queries as accounts
from suar.accounts.terms import KeyKind
from suar.core.ids import new_id
from suar.crypto import boxes, kdf, values
from suar.crypto.values import Place
from suar.records.actions import SHEET
from suar.records.models import Grant, Record, Sheet, SheetWrap, Value
from suar.records.rules import holders, mask_of, month_of
from suar.records.terms import ALL, Compartment, HolderKind, Kind, RecordFacts, Status

BATCH = 500
Holding = tuple[HolderKind, UUID, bytes, list[Compartment]]


def write_people(found: Iterable[dict[str, Any]], who: Acting, *, at: datetime) -> list[UUID]:
    """Write people of the worker's team, a few at a time, so that nobody waits long for a turn."""
    granted = list(_granted(who))
    [team] = [key for key in who.keys.held(KeyKind.TEAM) if key.owner == who.team]
    search, made = who.keys.search_key(team.id), []
    every = iter(found)
    while part := list(islice(every, BATCH)):
        rows = [_rows(each, who, granted, at=at) for each in part]
        wrapped = [_sheet(each, row[0], team.id, search, at=at) for each, row in zip(part, rows, strict=True)]
        with transaction.atomic():
            Record.objects.bulk_create(row[0] for row in rows)
            Grant.objects.bulk_create(grant for row in rows for grant in row[1])
            Value.objects.bulk_create(value for row in rows for value in row[2])
            Sheet.objects.bulk_create(sheet for sheet, _ in wrapped)
            SheetWrap.objects.bulk_create(wrap for _, wrap in wrapped)
        made += [row[0].id for row in rows]
    return made


def _rows(
    person: dict[str, Any], who: Acting, granted: list[Holding], *, at: datetime
) -> tuple[Record, list[Grant], list[Value]]:
    record = Record(
        id=new_id(),
        kind=Kind.PERSON,
        organisation=who.viewer.organisation,
        team=who.team,
        assignee=who.worker.id,
        opened_month=month_of(date.fromisoformat(person["opened"])),
    )
    keys = {each: kdf.random_key() for each in ALL}
    grants = [
        Grant(
            record=record.id,
            holder=holder,
            key=key,
            compartments=mask_of(only),
            sealed=boxes.seal_to(public, b"".join(keys[each] for each in only)),
            by=who.worker.id,
            at=at,
        )
        for holder, key, public, only in granted
    ]
    return record, grants, list(_values(person, record, keys, at=at))


def _values(person: dict[str, Any], record: Record, keys: dict[Compartment, bytes], *, at: datetime) -> Iterator[Value]:
    told = {
        (Compartment.IDENTITY, "person"): {"name": full_name(person), "born": person["born"]},
        (Compartment.WHEREABOUTS, "contact"): {"number": person["number"]},
        (Compartment.CODED, "profile"): {"sex": person["sex"], "synthetic": True},
    }
    for (compartment, name), value in told.items():
        place = Place(str(record.organisation), str(record.id), compartment.value, name, 1)
        sealed = values.seal(keys[compartment], json.dumps(value).encode(), place)
        yield Value(
            record_id=record.id,
            compartment=compartment,
            field=name,
            sealed=sealed,
            by=record.assignee,
            at=at,
        )


def _sheet(
    person: dict[str, Any], record: Record, team: UUID, search: bytes, *, at: datetime
) -> tuple[Sheet, SheetWrap]:
    key = kdf.random_key()
    place = Place(str(record.organisation), str(record.id), SHEET, SHEET, 1)
    summary = json.dumps({"name": full_name(person)}).encode()
    sheet = Sheet(record_id=record.id, sealed=values.seal(key, summary, place), at=at)
    label = f"sheet|{record.id}"
    sealed = values.wrap(search, key, label=label)
    return sheet, SheetWrap(record=record.id, key=team, team_wide=True, sealed=sealed)


def _granted(who: Acting) -> Iterator[Holding]:
    facts = RecordFacts(
        new_id(),
        Kind.PERSON,
        who.viewer.organisation,
        who.team,
        who.worker.id,
        restricted=False,
        status=Status.OPEN,
    )
    leads = accounts.team_facts(who.team).leads
    given = holders(facts, author=who.worker.id, leads=leads)
    wanted = [(holder.kind.value, holder.owner) for holder in given]
    keys = accounts.keys_to_seal_to(wanted, house=facts.organisation)
    for holder, key in zip(given, keys, strict=True):
        yield holder.kind, *key, [each for each in ALL if each in holder.compartments]
