"""Records opened in an emergency, and reviews of accesses that stand out; words are sealed to each reader's own key.

Source: security.md B8, 5 (break-glass).
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from suar.accounts import alarms, notices, queries
from suar.accounts.acting import Acting, act
from suar.accounts.codes import AlarmKind, KeyKind
from suar.accounts.keys import Keys
from suar.accounts.models import Alarm, AlarmText, Worker
from suar.accounts.roles import Permission, Viewer
from suar.core.refusals import KeyNotTrusted, Refused, get_or_refuse
from suar.crypto.pairs import seal_to

AGREED_FOR = timedelta(hours=24)


@act("break_glass", needs=Permission.SEE_READERS)
def record_emergency_access(record: UUID, *, code: str, words: str, by: Acting) -> None:
    """Allow a duty officer to open a record for four hours; all reviewers are notified at once, with the reason."""
    by.entry.about.append(record)
    by.entry.because = code
    alarm = alarms.raise_worker_alarm(AlarmKind.BREAK_GLASS, by.worker, at=by.at, record=record, code=code)
    _seal(alarm, words, readers=alarms.readers_of(organisation=by.viewer.organisation) | {by.worker})


def raise_taken_alarm(
    record: UUID, number: str, *, excluded: Collection[UUID], holders: Collection[UUID], worker: UUID, at: datetime
) -> None:
    """Warn reviewers that a worker recorded an exclusion which took a record from its worker or from all leads.

    They are privacy officers and reviewers who still hold the record, else others who review. Nobody excluded finds the
    alarm, unless nobody else is left: it names no person. The number of the record is sealed to its readers.
    """
    row = Worker.objects.get(id=worker)
    officers, reviewers, administrators = (
        set(notices.workers_with(needed, organisation=row.organisation_id, certified=True)) - {worker}
        for needed in (Permission.SEE_ACCESS_LOG, Permission.REVIEW_ACCESS, Permission.MANAGE_WORKERS)
    )
    out = set(excluded)
    readers = (officers | reviewers & set(holders)) - out or reviewers - out or officers | administrators
    facts = {"organisation": row.organisation_id, "worker": worker, "detail": row.display_name}
    alarm = Alarm.objects.create(kind=AlarmKind.RECORD_TAKEN, at=at, record=record, **facts)
    _seal(alarm, number, readers=readers)
    notices.notify(readers, at=at)


@act("review_access", needs=Permission.REVIEW_ACCESS)
def review(alarm: int, *, decision: str, words: str, by: Acting) -> None:
    """Record what somebody else than the worker concerned found; raises NotYours, Refused."""
    row = get_or_refuse(alarms.readable(by.viewer).select_for_update().filter(id=alarm, kind__in=alarms.REVIEWED))
    if row.reviewed_at is not None:
        raise Refused("reviewed_already")
    row.decision, row.reviewed_by, row.reviewed_at = decision, by.worker, by.at
    row.save(update_fields=["decision", "reviewed_by", "reviewed_at"])
    readers = alarms.readers_of(organisation=row.organisation)
    if reads_reason := set(AlarmText.objects.filter(alarm=row, is_review=False).values_list("reader", flat=True)):
        # Who reads no reason may be excluded by the person: here nothing else tells it.
        readers &= reads_reason
    _seal(row, words, readers=(readers | {by.worker}) - {row.worker}, is_review=True)
    by.entry.about += [ident for ident in (row.worker, row.record) if ident]
    by.entry.because = decision


@act("ask_export", needs=Permission.SEE_RECORD, once=False)
def request_export(code: str, *, by: Acting) -> None:
    """Ask somebody else to agree to an export; all reviewers of accesses are notified at once."""
    by.entry.because = code
    if last_export_request(code, by.worker, at=by.at) is None:
        alarms.raise_worker_alarm(AlarmKind.EXPORT_ASKED, by.worker, at=by.at, code=code)
    else:
        by.entry.skip = True


def withhold_texts(record: UUID, readers: Collection[UUID]) -> None:
    """Take from some workers what was written about accesses to a record: its person excluded them.

    Privacy officers and administrators still review that it was taken, so that nobody ends a review by an exclusion.
    """
    rows = AlarmText.objects.filter(alarm__record=record, reader__in=readers)
    review = {*notices.workers_with(Permission.SEE_ACCESS_LOG), *notices.workers_with(Permission.MANAGE_WORKERS)}
    rows.exclude(alarm__kind=AlarmKind.RECORD_TAKEN, reader__in=review).delete()


def last_export_request(code: str, worker: UUID, *, at: datetime) -> Alarm | None:
    """Return a worker's unused request of the last day that waits or was agreed to, and lock its row."""
    rows = Alarm.objects.filter(kind=AlarmKind.EXPORT_ASKED, worker=worker, code=code, at__gt=at - AGREED_FOR)
    request = rows.select_for_update().order_by("-at", "-id").first()
    if request is None or request.reviewed_at is None:
        return request
    used = Alarm.objects.filter(kind=AlarmKind.MANY_EXPORTED, worker=worker, at__gte=request.reviewed_at)
    return None if used.exists() or request.decision != alarms.JUSTIFIED else request


def reviewable_alarm(alarm: int, viewer: Viewer) -> Alarm:
    """Return an alarm that a viewer may review or read the review of; raises NotYours."""
    return get_or_refuse(alarms.readable(viewer).filter(id=alarm, kind__in=alarms.REVIEWED))


def open_texts(alarm: Alarm, *, keys: Keys) -> dict[bool, str]:
    """Return the reason of an emergency (False) and of its review (True) as sealed to this worker."""
    texts = {}
    for row in AlarmText.objects.filter(alarm=alarm, reader=keys.worker):
        for key in keys.list_keys(KeyKind.USER_READ):
            texts[row.is_review] = keys.pair(key.id).open(row.sealed).decode()
    return texts


def _seal(alarm: Alarm, words: str, *, readers: Collection[UUID | None], is_review: bool = False) -> None:
    """Seal a text to the own key of each reader whose key the organisation signed."""
    for reader in sorted(reader for reader in readers if reader):
        try:
            [(_, public)] = queries.keys_to_seal_to(
                [("reader", reader)], organisation=alarm.organisation or UUID(int=0)
            )
        except KeyNotTrusted:
            continue
        sealed = seal_to(public, words.encode())
        AlarmText.objects.create(alarm=alarm, is_review=is_review, reader=reader, sealed=sealed)
