"""What is done with records: begin, show on a sheet, move, narrow, let go."""

import json
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.terms import KeyKind
from suar.audit import actions as audit
from suar.core import clock
from suar.core.refusals import KeyNotTrusted, Refused
from suar.crypto import boxes, kdf, values
from suar.crypto.values import Place
from suar.db import kept
from suar.db.reading import new_row
from suar.db.together import together
from suar.records import queries
from suar.records.keyring import DAILY_HOLDERS, Granted, OpenRecord, facts_of
from suar.records.models import Grant, Record, Sheet, SheetWrap, Value
from suar.records.rules import holders, month_of
from suar.records.terms import (
    ALL,
    KEPT_AWAY,
    Compartment,
    Holder,
    HolderKind,
    Kind,
    RecordFacts,
    Status,
)

SHEET = "sheet"


def new_record(  # noqa: PLR0913 - what a record starts with, all named
    kind: Kind,
    *,
    organisation: UUID,
    team: UUID,
    by: UUID,
    at: datetime,
    assignee: UUID | None = None,
    restricted: bool = False,
    priority: int = 5,
    waits: bool = False,
) -> OpenRecord:
    """Make a record with five new keys and grant them as the rule says.

    One that `waits` is put together and sealed, and nothing of it is written until `begin`.
    """
    row = new_row(
        Record,
        kind=kind,
        organisation=organisation,
        team=team,
        assignee=assignee or by,
        restricted=restricted,
        priority=priority,
        opened_month=month_of(clock.local_date(at)),
    )
    keys = {each: kdf.random_key() for each in ALL}
    record = OpenRecord(facts_of(row), keys, {}, waiting=[kept.made_ready([row])])
    if waits:
        record.given_as_stood = _as_it_stands(record.facts)
    record.grant_first(_granted(record.facts), by=by, at=at)
    if not waits:
        begin(record, by=by, at=at)
    return record


@together()
def begin(record: OpenRecord, *, by: UUID, at: datetime) -> None:
    """Write a record that waits, with all that was sealed for it."""
    record.begin()
    audit.record(f"new_{record.facts.kind.value}", by=by, at=at, about=[record.id])


def still_given(record: OpenRecord) -> bool:
    """Say whether a record that waits would be given to the same holders by the same keys now."""
    return record.given_as_stood == _as_it_stands(record.facts)


@together()
def set_sheet(record: OpenRecord, summary: dict, *, keys: Keys, at: datetime) -> None:
    """Seal the summary by which the record is found, for the holders who may list it now.

    The caller holds the record (`queries.hold`) or began it, so that no two do this at once.
    """
    _sheet_wraps(record.id)
    rows = Grant.objects.filter(record=record.id, holder__in=DAILY_HOLDERS)
    granted = set(rows.values_list("key", flat=True))
    sheet, wrapped = _sealed_sheet(record, summary, granted, keys=keys, at=at)
    kept.add([sheet], unless=["record"], then_set=["sealed", "at"])
    kept.add(wrapped)


def set_first_sheet(record: OpenRecord, summary: dict, *, keys: Keys, at: datetime) -> None:
    """Seal the summary of a record that begins here, for the holders it begins with."""
    record.begins_here()
    granted = {to.key for to in record.begun_with if to.holder in DAILY_HOLDERS}
    sheet, wrapped = _sealed_sheet(record, summary, granted, keys=keys, at=at)
    record.keep([sheet])
    record.keep(wrapped)


def _sealed_sheet(
    record: OpenRecord, summary: dict, granted: Collection[UUID], *, keys: Keys, at: datetime
) -> tuple[Sheet, list[SheetWrap]]:
    """Seal a summary under a new key, and wrap that key for those who are granted.

    For a team it is wrapped by the team's search key, so that thousands open fast.
    """
    key = kdf.random_key()
    place = Place(str(record.facts.organisation), str(record.id), SHEET, SHEET, 1)
    sealed = values.seal(key, json.dumps(summary, ensure_ascii=False).encode(), place)
    searched = {each.id for each in keys.held(KeyKind.TEAM)}
    publics = _publics(record, {*granted} - searched)
    return new_row(Sheet, record_id=record.id, sealed=sealed, at=at), [
        new_row(
            SheetWrap,
            record=record.id,
            key=each,
            team_wide=each in searched,
            sealed=values.wrap(keys.search_key(each), key, label=f"sheet|{record.id}")
            if each in searched
            else boxes.seal_to(publics[each], key),
        )
        for each in granted
    ]


@transaction.atomic
def hand_to(record: OpenRecord, *, worker: UUID, kept_from: Collection[UUID], keys: Keys, at: datetime) -> None:
    """Give a worker the record: a grant of their own, its sheet, and the assignee's name.

    `kept_from` are the workers who must never know, and has no default on purpose: who hands a
    record on must have looked. Raises Refused for one of them.
    """
    if worker in kept_from:
        raise Refused(KEPT_AWAY)
    house = record.facts.organisation
    [(key, public)] = accounts.keys_to_seal_to([("worker", worker)], house=house)
    record.grant(HolderKind.WORKER, key, public, ALL, by=keys.worker, at=at)
    sheet_key = queries.sheet_key(record.id, keys=keys)
    if sheet_key is not None:
        SheetWrap.objects.update_or_create(
            record=record.id,
            key=key,
            defaults={"team_wide": False, "sealed": boxes.seal_to(public, sheet_key)},
        )
    Record.objects.filter(id=record.id).update(assignee=worker)
    audit.record("hand_to", by=keys.worker, at=at, about=[record.id, worker])


@transaction.atomic
def hold_by_name(record: OpenRecord, *, without: Collection[UUID], keys: Keys, at: datetime) -> None:
    """Take a record from its team: who held it holds it by name, without those kept away.

    It is restricted from then on: who joins the team later, who is on duty and who counts get
    nothing; escrow keeps it. A colleague whose key is not trusted is left out rather than
    stopping this. Source: security.md 3.2; docs/decisions/0018.
    """
    grants, sheet_key = (
        Grant.objects.filter(record=record.id),
        queries.sheet_key(record.id, keys=keys),
    )
    named = dict(_to_name(record, without=without, keys=keys))
    grants.exclude(holder=HolderKind.ESCROW).exclude(key__in=named).delete()
    SheetWrap.objects.filter(record=record.id).delete()
    for key, public in named.items():
        record.grant(HolderKind.WORKER, key, public, ALL, by=keys.worker, at=at)
    SheetWrap.objects.bulk_create(
        SheetWrap(record=record.id, key=key, team_wide=False, sealed=boxes.seal_to(public, sheet_key))
        for key, public in (named.items() if sheet_key is not None else ())
    )
    rows = Record.objects.filter(id=record.id)
    rows.filter(assignee__in=without).update(assignee=keys.worker)
    rows.update(restricted=True)
    audit.record("hold_by_name", by=keys.worker, at=at, about=[record.id])


@together()
def keep_only_coded(record: OpenRecord, *, by: UUID, at: datetime) -> None:
    """Destroy all but the coded facts: values, and the keys of the other compartments."""
    for each in set(ALL) - {Compartment.CODED}:
        Value.objects.filter(record=record.id, compartment=each).delete()
    granted = dict(Grant.objects.filter(record=record.id).values_list("key", "holder"))
    for key, public in accounts.publics_of(granted, house=record.facts.organisation).items():
        record.grant(HolderKind(granted[key]), key, public, [Compartment.CODED], by=by, at=at)
    Sheet.objects.filter(record_id=record.id).delete()
    SheetWrap.objects.filter(record=record.id).delete()
    Record.objects.filter(id=record.id).update(status=Status.CLOSED)
    audit.record("keep_only_coded", by=by, at=at, about=[record.id])


@together()
def forget(record: UUID, *, by: UUID | None, at: datetime, because: str) -> None:
    """Destroy a record: its grants first, then what they opened; the empty row stays."""
    for destroyed in (_all_grants, _sheet_wraps, _all_values, _sheet):
        destroyed(record)
    _gone(record)
    audit.record("forget", by=by, at=at, about=[record], because=because)


@kept.removal
def _all_grants(record: UUID) -> QuerySet:
    return Grant.objects.filter(record=record)


@kept.removal
def _sheet_wraps(record: UUID) -> QuerySet:
    return SheetWrap.objects.filter(record=record)


@kept.removal
def _all_values(record: UUID) -> QuerySet:
    return Value.objects.filter(record=record)


@kept.removal
def _sheet(record: UUID) -> QuerySet:
    return Sheet.objects.filter(record=record)


@kept.change
def _gone(record: UUID) -> kept.Change:
    return Record.objects.filter(id=record), {"status": Status.GONE, "next_due": None}


def set_due(record: UUID, *, due: date | None) -> None:
    """Keep the plain date on which something about the record is next due."""
    Record.objects.filter(id=record).update(next_due=due)


def close(record: UUID) -> None:
    """Mark a record as closed; its audit entry is the caller's act."""
    Record.objects.filter(id=record).update(status=Status.CLOSED, next_due=None)


def _publics(record: OpenRecord, keys: Collection[UUID]) -> dict[UUID, bytes]:
    """Give public halves to seal to; those it began with were looked at then."""
    publics = {to.key: to.public for to in record.begun_with}
    others = {*keys}.difference(publics)
    if others:
        publics |= accounts.publics_of(others, house=record.facts.organisation)
    return publics


def _to_name(record: OpenRecord, *, without: Collection[UUID], keys: Keys) -> Iterator[tuple[UUID, bytes]]:
    """Give the keys of those who hold a record, by name or through its team; the worker's first."""
    house, others = record.facts.organisation, set(queries.named_holders(record.id))
    if Grant.objects.filter(record=record.id, holder=HolderKind.TEAM).exists():
        others |= accounts.members_of(record.facts.team)
    yield from accounts.keys_to_seal_to([("worker", keys.worker)], house=house)
    for each in sorted(others - {keys.worker, *without}):
        with suppress(KeyNotTrusted):
            yield from accounts.keys_to_seal_to([("worker", each)], house=house)


def _granted(facts: RecordFacts) -> Iterator[Granted]:
    """Turn the rule's holders into keys."""
    given = _holders(facts)
    wanted = [(holder.kind.value, holder.owner) for holder in given]
    found = accounts.keys_to_seal_to(wanted, house=facts.organisation)
    for holder, (key, public) in zip(given, found, strict=True):
        yield Granted(holder.kind, key, public, holder.compartments)


def _as_it_stands(facts: RecordFacts) -> list[Any]:
    """Give the rows that say who is given a record and by which keys, to be compared later."""
    return accounts.givers_as_stored(facts.team, facts.organisation, facts.assignee)


def _holders(facts: RecordFacts) -> tuple[Holder, ...]:
    """Ask the rule who is given a record that begins; it is assigned to its author."""
    team = accounts.team_facts(facts.team)
    ruled = replace(facts, team_sees_own_only=team.own_cases_only)
    return holders(ruled, author=facts.assignee, leads=team.leads)
