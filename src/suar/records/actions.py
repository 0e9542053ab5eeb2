"""Create, share, restrict and destroy records, and store their index entries."""

import json
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import Signal

from suar.accounts import access_reviews
from suar.accounts import queries as accounts
from suar.accounts.codes import KeyKind
from suar.accounts.keys import Keys
from suar.audit import actions as audit
from suar.core import clock
from suar.core.ids import new_id, short_code
from suar.core.refusals import KeyNotTrusted, Refused
from suar.crypto import kdf, values
from suar.crypto.pairs import seal_to
from suar.crypto.values import Place
from suar.records import files, queries, terms
from suar.records.documents import Document
from suar.records.keyring import DAILY_HOLDERS, OpenRecord, facts_of, lock_record
from suar.records.models import Grant, IndexEntry, IndexKey, Record, Value
from suar.records.queries import INDEX
from suar.records.rules import holders

contact_ended = Signal()
"""Nobody may reach the person by a record any more; sent with `record`, `by` and `at`, in the transaction."""


def new_record(  # noqa: PLR0913 - what a record starts with, all named
    kind: terms.Kind,
    *,
    organisation: UUID,
    team: UUID,
    by: UUID,
    at: datetime,
    assignee: UUID | None = None,
    restricted: bool = False,
    ident: UUID | None = None,
) -> OpenRecord:
    """Create a record with five new keys and grant them as the rule says, perhaps with a given random id.

    Others review that a person's restricted record is held by no lead. Raises KeyNotTrusted, and creates nothing, if a
    holder has no key that the organisation signed.
    """
    row = Record(
        id=ident or new_id(),
        kind=kind,
        organisation=organisation,
        team=team,
        assignee=assignee or by,
        restricted=restricted,
        opened_month=clock.local_date(at).replace(day=1),
    )
    record = OpenRecord(facts_of(row), {compartment: kdf.random_key() for compartment in terms.ALL}, {})
    team_facts = accounts.team_facts(team)
    facts = replace(record.facts, team_sees_own_only=team_facts.own_cases_only)
    new_holders = holders(facts, author=assignee or by, leads=team_facts.leads)
    owners = [(holder.kind.value, holder.owner) for holder in new_holders]
    keys = accounts.keys_to_seal_to(owners, organisation=organisation)
    grants = [
        record.seal_grant(holder.kind, key, holder.compartments, by=by, at=at)
        for holder, key in zip(new_holders, keys, strict=True)
    ]
    with transaction.atomic(savepoint=False):
        row.save(force_insert=True)
        Grant.objects.bulk_create(grants)
        audit.record(f"new_{kind.value}", by=by, at=at, about=[record.id])
        if restricted:
            leads = team_facts.leads
            _review_if_taken(record.facts, leads, (), excluded=leads - {by}, worker=by, at=at)
    return record


@transaction.atomic(savepoint=False)
def set_index_entry(record: OpenRecord, summary: dict[str, Any], *, keys: Keys, at: datetime) -> None:
    """Seal the entry by which the record is found in lists, for those who may list it now.

    For a team its key is wrapped by the team's search key, so that thousands open fast. The caller
    has locked the record or created it.
    """
    key = kdf.random_key()
    place = Place(str(record.facts.organisation), str(record.id), INDEX, INDEX, 1)
    sealed = values.seal(key, json.dumps(summary, ensure_ascii=False).encode(), place)
    IndexEntry.objects.bulk_create(
        [IndexEntry(record_id=record.id, sealed=sealed, at=at)],
        update_conflicts=True,
        unique_fields=["record"],
        update_fields=["sealed", "at"],
    )
    rows = Grant.objects.filter(record=record.id, holder__in=DAILY_HOLDERS)
    granted = set(rows.values_list("key", flat=True))
    by_team = granted & {public.id for public in keys.list_keys(KeyKind.TEAM)}
    publics = accounts.publics_of(granted - by_team, organisation=record.facts.organisation)
    wraps = {ident: values.wrap(keys.search_key(ident), key, label=f"sheet|{record.id}") for ident in by_team}
    wraps |= {ident: seal_to(public, key) for ident, public in publics.items()}
    IndexKey.objects.filter(record=record.id).delete()
    IndexKey.objects.bulk_create(
        IndexKey(record=record.id, key=ident, team_wide=ident in by_team, sealed=wrap) for ident, wrap in wraps.items()
    )


@transaction.atomic
def assign_to(
    record: OpenRecord, *, worker: UUID, excluded: Collection[UUID], keys: Keys, at: datetime, until: date | None = None
) -> None:
    """Assign the locked record to a worker: a grant of their own, and its index entry; for good, or until a day.

    `excluded` are the workers who must never know of the person, and has no default on purpose:
    the caller must have looked. Raises Refused for one of them.
    """
    if worker in excluded:
        raise Refused(terms.EXCLUDED)
    facts = record.facts
    until = None if worker == facts.covered_for else until
    covered_for = (facts.covered_for or facts.assignee) if until else None
    [key] = accounts.keys_to_seal_to([("worker", worker)], organisation=facts.organisation)
    if not (until and Grant.objects.filter(record=record.id, key=key[0], until=None).exists()):
        record.grant(terms.HolderKind.WORKER, key, terms.ALL, by=keys.worker, at=at, until=until)
        _wrap_index_key(record.id, key, queries.index_key(record.id, keys=keys))
    Record.objects.filter(id=record.id).update(assignee=worker, covered_for=covered_for, cover_until=until)
    audit.record("hand_to", by=keys.worker, at=at, about=[record.id, worker])


@transaction.atomic
def take_from_former(before: terms.RecordFacts, *, worker: UUID, until: date | None) -> None:
    """Delete the personal grants of the former workers, now that `worker` has the record; a lead keeps theirs.

    A worker who is away `until` a day keeps theirs too. Then, and when that worker comes back, only grants for cover
    are deleted.
    """
    is_cover = until is not None or worker == before.covered_for
    away = (before.covered_for or before.assignee) if is_cover else None
    leads = frozenset() if before.restricted else accounts.team_facts(before.team).leads
    former = {before.assignee, before.covered_for} - {worker, away, None} - leads
    _take_own_grants(before.id, former, only_cover=is_cover)


@transaction.atomic
def move_to(
    record: OpenRecord, *, team: UUID, worker: UUID, excluded: Collection[UUID], keys: Keys, at: datetime
) -> None:
    """Assign the locked record to a worker of another team, whose grants take the place of those of the team before.

    Raises as `assign_to` does.
    """
    if worker in excluded:
        raise Refused(terms.EXCLUDED)
    team_facts = accounts.team_facts(team)
    facts = replace(record.facts, team=team, team_sees_own_only=team_facts.own_cases_only)
    new_holders = holders(facts, author=worker, leads=team_facts.leads - set(excluded))
    daily = {(holder.kind, holder.owner) for holder in new_holders if holder.kind in DAILY_HOLDERS}
    owners = sorted(daily | {(terms.HolderKind.WORKER, worker)})
    new_keys = accounts.keys_to_seal_to(
        [(kind.value, owner) for kind, owner in owners], organisation=record.facts.organisation
    )
    index_key = queries.index_key(record.id, keys=keys)
    for (kind, _), key in zip(owners, new_keys, strict=True):
        record.grant(kind, key, terms.ALL, by=keys.worker, at=at)
        _wrap_index_key(record.id, key, index_key)
    new_ids = [ident for ident, _ in new_keys]
    Grant.objects.filter(record=record.id, holder__in=DAILY_HOLDERS).exclude(key__in=new_ids).delete()
    IndexKey.objects.filter(record=record.id).exclude(key__in=new_ids).delete()
    Record.objects.filter(id=record.id).update(team=team, assignee=worker, covered_for=None, cover_until=None)
    audit.record("hand_to", by=keys.worker, at=at, about=[record.id, team, worker])


@transaction.atomic
def end_cover(record: UUID, *, at: datetime) -> terms.RecordFacts | None:
    """End a cover whose last day is over, and return what the record was before; needs no keys.

    The worker who was away is assigned again if they still hold the record, else nobody is. Returns None, and the cover
    goes on, while no active worker would hold the record without it.
    """
    lock_record(record)
    row, today = Record.objects.get(id=record), clock.local_date(at)
    before, holders_left = facts_of(row), _lasting_holders(row)
    if (row.cover_until and row.cover_until >= today) or not holders_left:
        return None
    ended = Grant.objects.filter(record=record, until__lt=today)
    IndexKey.objects.filter(record=record, key__in=list(ended.values_list("key", flat=True))).delete()
    ended.delete()
    if row.cover_until:
        row.assignee = row.covered_for if row.covered_for in holders_left else None
    row.covered_for = row.cover_until = None
    row.save(update_fields=["assignee", "covered_for", "cover_until"])
    audit.record("end_cover", by=None, at=at, about=[record, *filter(None, (before.assignee,))])
    return before


@transaction.atomic(savepoint=False)
def restrict(record: OpenRecord, *, excluded: Collection[UUID], keys: Keys, at: datetime) -> None:
    """Restrict a record to the workers who hold it now, by name, without those excluded.

    Workers who join the team later, duty officers and statistics get nothing; the escrow key keeps its
    grant. A colleague whose key is not trusted is left out rather than stopping this. If the record is taken from its
    worker or from all leads, others review that; if only colleagues who stand in are left, it becomes the worker's own.
    Source: security.md 3.2; docs/decisions/exclusions.md.
    """
    leads, workers = queries.leads_who_know(record.facts), _workers_who_hold(record.facts)
    index_key = queries.index_key(record.id, keys=keys)
    holder_keys = list(_keys_of_holders(record, excluded=excluded, keys=keys))
    grants = Grant.objects.filter(record=record.id)
    grants.exclude(holder=terms.HolderKind.ESCROW).exclude(key__in=[key for key, _ in holder_keys]).delete()
    IndexKey.objects.filter(record=record.id).delete()
    ends = dict(grants.exclude(until=None).values_list("key", "until"))
    for key in holder_keys:
        record.grant(terms.HolderKind.WORKER, key, terms.ALL, by=keys.worker, at=at, until=ends.get(key[0]))
        _wrap_index_key(record.id, key, index_key)
    access_reviews.withhold_texts(record.id, excluded)
    rows = Record.objects.filter(id=record.id)
    rows.filter(assignee__in=excluded).update(assignee=keys.worker)
    rows.update(restricted=True)
    audit.record("hold_by_name", by=keys.worker, at=at, about=[record.id])
    _settle_cover(record.id, keys.worker)
    _review_if_taken(record.facts, leads, workers, excluded=excluded, worker=keys.worker, at=at)


@transaction.atomic
def restrict_to_named(record: UUID, *, excluded: Collection[UUID], by: UUID, at: datetime) -> bool:
    """Restrict a record to those who hold it by name, without those excluded; needs no keys.

    Returns False, and changes nothing, for a record of a whole team and if nobody would hold it.
    """
    lock_record(record)
    grants = Grant.objects.filter(record=record).exclude(holder=terms.HolderKind.ESCROW)
    named = sorted(queries.named_holders(record) - set(excluded))
    if grants.filter(holder=terms.HolderKind.TEAM).exists() or not named:
        return False
    row = Record.objects.get(id=record)
    if row.restricted and row.assignee not in excluded and queries.named_holders(record).isdisjoint(excluded):
        return True
    access_reviews.withhold_texts(record, excluded)
    before, leads = facts_of(row), queries.leads_who_know(row)
    workers = _workers_who_hold(before)
    keys = [key for worker in named for key in accounts.own_keys(worker).values_list("id", flat=True)]
    grants.exclude(key__in=keys).delete()
    IndexKey.objects.filter(record=record).exclude(key__in=keys).delete()
    row.assignee, row.restricted = named[0] if row.assignee in excluded else row.assignee, True
    row.save(update_fields=["assignee", "restricted"])
    _settle_cover(record, row.assignee if row.assignee in named else named[0])
    audit.record("hold_by_name", by=by, at=at, about=[record])
    _review_if_taken(before, leads, workers, excluded=excluded, worker=by, at=at)
    return True


@transaction.atomic(savepoint=False)
def delete_all_but_coded(record: OpenRecord, *, by: UUID, at: datetime) -> None:
    """Delete all but the coded values: values, index entry, and the keys of other compartments."""
    contact_ended.send(sender=OpenRecord, record=record, by=by, at=at)
    Value.objects.filter(record=record.id).exclude(compartment=terms.Compartment.CODED).delete()
    files.remove_files_of(record.id)
    granted = dict(Grant.objects.filter(record=record.id).values_list("key", "holder"))
    for key in accounts.publics_of(granted, organisation=record.facts.organisation).items():
        record.grant(terms.HolderKind(granted[key[0]]), key, [terms.Compartment.CODED], by=by, at=at)
    _delete_index_entry(record.id)
    close(record.id)
    audit.record("keep_only_coded", by=by, at=at, about=[record.id])


@transaction.atomic(savepoint=False)
def destroy(record: UUID, *, by: UUID | None, at: datetime, because: str, agreed_by: Collection[UUID] = ()) -> None:
    """Destroy a record: its grants first, then what they opened; the empty row stays.

    The audit entry names the workers who agreed to it, and may know of it.
    """
    Grant.objects.filter(record=record).delete()
    files.remove_files_of(record)
    Value.objects.filter(record=record).delete()
    _delete_index_entry(record)
    Record.objects.filter(id=record).update(status=terms.Status.GONE, next_due=None)
    audit.record("forget", by=by, at=at, about=[record, *sorted(agreed_by)], because=because)


def set_due(record: UUID, *, due: date | None, is_task: bool = False) -> None:
    """Store the plain date on which something about the record is due next, and whether it is only a task."""
    Record.objects.filter(id=record).update(next_due=due, priority=terms.TASK_PRIORITY if is_task else terms.PRIORITY)


def set_retention(record: UUID, day: date) -> None:
    """Store the day on which a record's retention ends; its audit entry is the caller's act."""
    Record.objects.filter(id=record).update(retention=day)


def close(record: UUID) -> None:
    """Mark a record as closed; nothing is due then, and its audit entry is the caller's act."""
    Record.objects.filter(id=record).update(status=terms.Status.CLOSED, next_due=None)


def reopen(record: UUID) -> None:
    """Mark a closed record as open, with nothing due; its audit entry is the caller's act."""
    Record.objects.filter(id=record).update(status=terms.Status.OPEN, next_due=None)


def delete_document(record: UUID, kind: type[Document], key: str) -> None:
    """Delete one document of a record; without it nothing happens."""
    name = kind.storage.field_name(key)
    Value.objects.filter(record=record, compartment=kind.storage.compartment, field=name).delete()


def delete_older(kind: type[Document], *, than: datetime) -> int:
    """Delete the documents of a kind that nobody wrote since then, in all records; return how many."""
    place = {"compartment": kind.storage.compartment, "field__startswith": f"{kind.storage.name}-"}
    return Value.objects.filter(**place, at__lt=than).delete()[0]


def _take_own_grants(record: UUID, workers: Collection[UUID | None], *, only_cover: bool) -> None:
    """Delete what workers hold of a record by name: all of it, or only what they hold as cover."""
    keys = [key for worker in workers if worker for key in accounts.own_keys(worker).values_list("id", flat=True)]
    grants = Grant.objects.filter(record=record, holder=terms.HolderKind.WORKER, key__in=keys)
    ended = list((grants.exclude(until=None) if only_cover else grants).values_list("key", flat=True))
    grants.filter(key__in=ended).delete()
    IndexKey.objects.filter(record=record, key__in=ended).delete()


def _workers_who_hold(record: terms.RecordFacts) -> frozenset[UUID]:
    """Return a record's worker and the one they stand in for, unless an exclusion took it from that one before."""
    away = record.covered_for
    if away and record.restricted and away not in queries.named_holders(record.id):
        away = None
    return frozenset(filter(None, (record.assignee, away)))


def _review_if_taken(
    before: terms.RecordFacts,
    leads: Collection[UUID],
    workers: Collection[UUID],
    *,
    excluded: Collection[UUID],
    worker: UUID,
    at: datetime,
) -> None:
    """Let others review that a colleague took a record from one of its `workers`, or from all `leads` who held it."""
    if before.kind not in (*queries.PEOPLE, terms.Kind.CODES) or worker not in accounts.workers_of(before.organisation):
        return
    holders = queries.named_holders(before.id)
    if not set(workers).isdisjoint(excluded) or (leads and holders.isdisjoint(leads)):
        number = short_code(before.id)
        access_reviews.raise_taken_alarm(before.id, number, excluded=excluded, holders=holders, worker=worker, at=at)


def _settle_cover(record: UUID, worker: UUID) -> None:
    """Let a worker hold a record for good if nobody else does, so that it never stays with a stand-in alone."""
    row = Record.objects.get(id=record)
    if not _lasting_holders(row):
        Grant.objects.filter(record=record, key__in=accounts.own_keys(worker)).update(until=None)
        row.assignee, row.covered_for, row.cover_until = worker, None, None
        row.save(update_fields=["assignee", "covered_for", "cover_until"])


def _lasting_holders(row: Record) -> frozenset[UUID]:
    """Return the active workers who hold a record by name or through its team, without those who stand in."""
    lasting = Grant.objects.filter(record=row.id, until=None)
    by_name = accounts.owners_of(lasting.filter(holder=terms.HolderKind.WORKER).values_list("key", flat=True))
    of_team = accounts.members_of(row.team) if lasting.filter(holder=terms.HolderKind.TEAM).exists() else frozenset()
    return accounts.active(by_name) | of_team


def _delete_index_entry(record: UUID) -> None:
    IndexKey.objects.filter(record=record).delete()
    IndexEntry.objects.filter(record_id=record).delete()


def _wrap_index_key(record: UUID, key: tuple[UUID, bytes], index_key: bytes | None) -> None:
    """Seal the key of an index entry to a worker's key, if there is an entry that the caller can open."""
    if index_key is not None:
        wrap = {"team_wide": False, "sealed": seal_to(key[1], index_key)}
        IndexKey.objects.update_or_create(record=record, key=key[0], defaults=wrap)


def _keys_of_holders(record: OpenRecord, *, excluded: Collection[UUID], keys: Keys) -> Iterator[tuple[UUID, bytes]]:
    """Yield the keys of those who hold a record by name or through its team, the worker's first."""
    others = set(queries.named_holders(record.id))
    if Grant.objects.filter(record=record.id, holder=terms.HolderKind.TEAM).exists():
        others |= accounts.members_of(record.facts.team)
    yield from accounts.keys_to_seal_to([("worker", keys.worker)], organisation=record.facts.organisation)
    for worker in sorted(others - {keys.worker, *excluded}):
        with suppress(KeyNotTrusted):
            yield from accounts.keys_to_seal_to([("worker", worker)], organisation=record.facts.organisation)
