"""The exclusion list: who must never learn of a person, because the person said so."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.keys import Keys
from suar.accounts.roles import Permission
from suar.audit import actions as audit
from suar.consent import rules
from suar.consent.codes import ExclusionKind
from suar.consent.documents import Exclusions
from suar.consent.rules import Exclusion
from suar.core.ids import new_id
from suar.core.refusals import NotYours, Refused, value_or_refuse
from suar.records import actions as records
from suar.records import keyring
from suar.records.keyring import OpenRecord

ON_EXCLUDE: list[Callable[..., None]] = []
"""`close(record, by=)` closes what an app shares about a person with those whom the person excludes.

Other apps register it at start-up, so that an exclusion closes everything wherever it is recorded.
"""
ON_REMOVE: list[Callable[..., None]] = []
"""`remove(record, removed, by=, reason=)` removes an entry that the person took back from what belongs to a record."""


@dataclass(frozen=True, slots=True)
class NewExclusion:
    """Somebody about to be excluded: an organisation or a colleague by id, anybody else in words."""

    kind: ExclusionKind
    ref: UUID | None = None
    words: str = ""


def new_exclusions(organisations: Iterable[UUID], workers: Iterable[UUID], words: str) -> tuple[NewExclusion, ...]:
    """Return one new entry for each id, and one for the words if there are any."""
    return (
        *(NewExclusion(ExclusionKind.ORGANISATION, ident) for ident in organisations),
        *(NewExclusion(ExclusionKind.WORKER, ident) for ident in workers),
        *([NewExclusion(ExclusionKind.WORDS, words=words)] if words else []),
    )


def workers_to_exclude(added: Iterable[NewExclusion]) -> frozenset[UUID]:
    """Return the colleagues among those about to be excluded, with all who are shown under the same names."""
    return accounts.with_namesakes({new.ref for new in added if new.kind is ExclusionKind.WORKER and new.ref})


def list_exclusions(record: OpenRecord) -> list[Exclusion]:
    """Return the entries in the order in which they were added, removed ones too.

    Raises NotYours without the compartment: who cannot read the list shares nothing.
    """
    return list((record.get(Exclusions) or Exclusions()).entries)


def excluded_workers(record: OpenRecord) -> frozenset[UUID]:
    """Return the workers whom the person excluded, of any organisation."""
    return rules.excluded_ids(list_exclusions(record), ExclusionKind.WORKER)


def excluded_colleagues(record: OpenRecord) -> frozenset[UUID]:
    """Return the excluded workers of the record's own organisation: a worker elsewhere holds no key of it."""
    workers = excluded_workers(record)
    return workers & accounts.workers_of(record.facts.organisation) if workers else workers


def was_asked(record: OpenRecord) -> bool:
    """Return True if the person was asked whom to exclude; an empty list is an answer."""
    stored = record.get(Exclusions)
    return stored.asked if stored else record.version_of(Exclusions) > 0


@transaction.atomic(savepoint=False)
def record_exclusions(
    record: OpenRecord, added: Collection[NewExclusion], *, keys: Keys, at: datetime, asked: bool = True
) -> None:
    """Record whom the person excludes; excluding nobody is an answer too, if the person was `asked`.

    An entry that is on the list already is not added again. Other accounts with the name of an excluded colleague
    are added with it, except the author's. An excluded colleague loses the record
    at once, and the record becomes restricted; a worker elsewhere never held it. Raises Refused when an entry names
    nobody or its author, and Conflict when a colleague wrote in between; nothing is stored then.
    """
    keyring.lock_record(record.id)
    entries, by = list_exclusions(record), keys.worker
    namesakes = workers_to_exclude(added) - {by, *(new.ref for new in added)}
    for new in (*added, *new_exclusions((), namesakes, "")):
        entry = Exclusion(id=new_id(), kind=new.kind, ref=new.ref, words=new.words.strip(), by=by, at=at)
        rules.may_exclude(entry).enforce()
        if not any(other.active and rules.same_exclusion(other, entry) for other in entries):
            entries.append(entry)
    record.put(Exclusions(entries=tuple(entries), asked=asked or was_asked(record)), by=by, at=at)
    audit.record("never_tell", by=by, at=at, about=[record.id])
    if workers := excluded_colleagues(record):
        records.restrict(record, excluded=workers, keys=keys, at=at)


def exclude(record: OpenRecord, added: Collection[NewExclusion], *, by: Acting, asked: bool = True) -> None:
    """Record whom the person excludes in the caller's act, and close at once everything still open to them.

    Raises as `record_exclusions` does.
    """
    record_exclusions(record, added, keys=by.keys, at=by.at, asked=asked)
    for close in ON_EXCLUDE:
        close(record, by=by)


def restrict_for(record: UUID, excluded: Collection[UUID], *, by: Acting) -> bool:
    """Restrict a record, with its keys if the worker has them; return False if that is not possible."""
    try:
        opened = keyring.open_record(record, keys=by.keys)
    except NotYours:
        return records.restrict_to_named(record, excluded=excluded, by=by.worker, at=by.at)
    records.restrict(opened, excluded=excluded, keys=by.keys, at=by.at)
    return True


@act("never_tell", needs=Permission.SEE_RECORD, lock_first=keyring.lock_several)
def remove_exclusion(record: OpenRecord, entry: UUID, *, by: Acting, reason: str) -> None:
    """Remove an entry; it stays in the history. Twice is the same as once.

    Nobody gets back the access they lost. The audit entry has the verb of recording the list, because a verb of its
    own would show that somebody was on the list. Raises Refused without a reason.
    """
    entries = list_exclusions(record)
    removed = value_or_refuse(next((other for other in entries if other.id == entry), None))
    if not reason.strip():
        raise Refused("no_reason")
    by.entry.skip = not removed.active
    if removed.active:
        ended = replace(removed, ended_at=by.at, ended_by=by.worker, reason=reason.strip())
        entries = [ended if other is removed else other for other in entries]
        record.put(Exclusions(entries=tuple(entries), asked=was_asked(record)), by=by.worker, at=by.at)
        for remove in ON_REMOVE:
            remove(record, removed, by=by, reason=reason)
