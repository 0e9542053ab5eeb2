"""Offers of help: record, correct and repeat them, and list them with what referrals and consents say."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from suar.accounts import notices
from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases import actions
from suar.cases.codes import RECONTACT_WAYS, OfferOutcome
from suar.cases.documents.follow_ups import Offer, OfferWords
from suar.cases.queries import get_document
from suar.cases.rules import offers as rules
from suar.cases.rules.history import current_versions, former_versions
from suar.consent import declined_services
from suar.consent.documents import SafeContact, Task, Tasks
from suar.core import clock
from suar.core.i18n import format_day
from suar.core.ids import new_id
from suar.core.refusals import Conflict, Refused
from suar.directory import queries as directory
from suar.records.keyring import OpenRecord
from suar.referrals.receiving import Referral

AGAIN, SAFETY_REVIEW = "OFFER_AGAIN", "SAFETY_REVIEW"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLine:
    """An offer as a list shows it. One without a `key` follows from a `referral` or a declined consent.

    `outcome` is None while a provider may still answer.
    """

    on: date
    outcome: OfferOutcome | None
    types: tuple[str, ...] = ()
    service: UUID | None = None
    by: UUID | None = None
    key: str = ""
    offer: Offer | None = None
    words: OfferWords | None = None
    former: Sequence[Offer] = ()
    referral: Referral | None = None


@act("record_offer", needs=Permission.SEE_RECORD)
def record_offer(record: OpenRecord, offer: Offer, words: OfferWords | None = None, *, by: Acting) -> str:
    """Record an offer and its outcome; return its key.

    If the person agreed to be asked again, that is due on the day. A decline that was not free opens a safety review
    within 24 hours. Raises Refused for what does not fit together, and for a closed record.
    """
    words = words or OfferWords()
    _check_offer(record, offer, by=by)
    tasks = _plan_tasks(record, offer, None, by=by)
    if offer.follows:
        _finish_repeat(record, get_document(record, Offer, f"{offer.follows}"), by=by)
    return _store_version(record, offer.model_copy(update={"tasks": tasks}), words, by=by)


@act("correct_offer", needs=Permission.SEE_RECORD)
def correct_offer(record: OpenRecord, key: str, offer: Offer, words: OfferWords, *, by: Acting) -> str:
    """Store another version of an offer; the earlier one stays readable. Return the key of the new one.

    Raises Conflict if somebody corrected this version before, and Refused as `record_offer` does.
    """
    former = get_document(record, Offer, key)
    if key not in current_versions(record.get_all(Offer)):
        raise Conflict
    version = offer.model_copy(update={"replaces": UUID(key), "follows": former.follows, "tasks": former.tasks})
    metadata = {"by": offer.by, "at": offer.at, "replaces": UUID(key)}
    if former.model_copy(update=metadata) == version and words == record.get_or_empty(OfferWords, key):
        by.entry.skip = True
        return key
    _check_offer(record, version, by=by, former=former)
    version = version.model_copy(update={"tasks": _plan_tasks(record, version, former, by=by)})
    _take_back_decline(record, key, former, by=by)
    return _store_version(record, version, words, by=by)


def undo_offer(record: OpenRecord, key: str, *, by: Acting) -> None:
    """Take back an offer, or its last correction, with what it planned, within the caller's act."""
    offer = get_document(record, Offer, key)
    earlier = record.get(Offer, f"{offer.replaces}") if offer.replaces else None
    if earlier:
        tasks = _plan_tasks(record, earlier, offer, by=by)
        record.put(earlier.model_copy(update={"tasks": tasks}), key=f"{offer.replaces}", by=by.worker, at=by.at)
    else:
        _drop_tasks(record, offer.tasks, {AGAIN, SAFETY_REVIEW}, by=by)
    followed = record.get(Offer, f"{offer.follows}") if offer.follows and not earlier else None
    if followed:
        _reopen_tasks(record, followed.tasks, finished_at=offer.at, by=by)
    _take_back_decline(record, key, offer, by=by)
    emptied = offer.model_copy(update={"undone": True, "reasons": (), "again_on": None, "tasks": ()})
    record.put(emptied, key=key, by=by.worker, at=by.at)
    record.put(OfferWords(), key=key, by=by.worker, at=by.at)


def list_offers(record: OpenRecord, sent: Iterable[Referral]) -> list[OfferLine]:
    """Return every offer to a person, newest first: recorded ones, referrals, and declined consents."""
    recorded = list(_recorded(record))
    lines = [*recorded, *_from_referrals(sent), *_from_consents(record, recorded)]
    return sorted(lines, key=lambda line: (line.on, line.offer.at.timestamp() if line.offer else 0), reverse=True)


def offers_to_repeat(record: OpenRecord, lines: Iterable[OfferLine], *, today: date) -> list[OfferLine]:
    """Return the recorded offers that the person agreed to hear again by a day, and that were not repeated yet."""
    due = {task.id for task in record.get_or_empty(Tasks).open if task.kind == AGAIN and task.due <= today}
    return [line for line in lines if line.offer and due.intersection(line.offer.tasks)]


def open_safety_reviews(record: OpenRecord) -> list[Task]:
    """Return the safety reviews that are still to be done."""
    return [task for task in record.get_or_empty(Tasks).open if task.kind == SAFETY_REVIEW]


def _recorded(record: OpenRecord) -> Iterator[OfferLine]:
    versions = record.get_all(Offer)
    for key, offer in current_versions(versions).items():
        words = record.get(OfferWords, key)
        yield OfferLine(
            on=offer.on,
            outcome=offer.outcome,
            types=(offer.service_type,),
            service=words.service if words else None,
            by=offer.by,
            key=key,
            offer=offer,
            words=words,
            former=[former for _key, former in former_versions(versions, key)],
        )


def _from_referrals(sent: Iterable[Referral]) -> Iterator[OfferLine]:
    for row in sent:
        if any(act.verb == "send" for act in row.history):
            yield OfferLine(
                on=clock.local_date(row.made_at),
                outcome=rules.outcome_of_referral(row.history, late=row.is_late),
                types=row.document.types[:1],
                service=row.document.service,
                by=row.author,
                referral=row,
            )


def _from_consents(record: OpenRecord, recorded: Iterable[OfferLine]) -> Iterator[OfferLine]:
    """Yield declines where a consent was asked; one that was recorded as an offer too is the same."""
    declined = {(line.service or line.types[0], line.on) for line in recorded if line.outcome in rules.DECLINES}
    declines = declined_services.list_declines(record)
    cards = directory.cards_by_id({entry.service for entry in declines})
    for entry in declines:
        types = tuple(cards[entry.service].types) if entry.service in cards else ()
        if declined.isdisjoint((name, entry.on) for name in (entry.service, *types)):
            yield OfferLine(on=entry.on, outcome=OfferOutcome.DECLINED, types=types[:1], service=entry.service)


def _check_offer(record: OpenRecord, offer: Offer, *, by: Acting, former: Offer | None = None) -> None:
    """Raise Refused for an offer that does not fit; a day that was agreed earlier may be over."""
    actions.check_open(record)
    agreed_day = former.again_on if former else None
    rules.may_record_offer(offer, today=by.today, agreed_day=agreed_day).enforce()
    unsafe = record.known_or_empty(SafeContact).rules
    if offer.recontact in RECONTACT_WAYS and not rules.may_contact(offer.recontact, unsafe=unsafe):
        raise Refused("unsafe_way")


def _plan_tasks(record: OpenRecord, offer: Offer, former: Offer | None, *, by: Acting) -> tuple[UUID, ...]:
    """Plan what follows from an offer, and drop what followed only from the former version; return the tasks."""
    not_free, today = OfferOutcome.DECLINED_NOT_FREE, by.today
    changed = {AGAIN} if former is None or former.again_on != offer.again_on else set()
    if former is None or (former.outcome is not_free) != (offer.outcome is not_free):
        changed.add(SAFETY_REVIEW)
    planned: list[UUID | None] = []
    if former:
        _drop_tasks(record, former.tasks, changed, by=by)
        stored = {task.id for task in record.get_or_empty(Tasks).entries}
        planned += [task_id for task_id in former.tasks if task_id in stored]
    if AGAIN in changed and offer.again_on and offer.again_on >= today:
        planned.append(actions.plan_task(record, AGAIN, offer.again_on, by=by))
    if SAFETY_REVIEW in changed and offer.outcome is not_free:
        latest = localtime(by.at + rules.SAFETY_REVIEW_WITHIN)
        text = _("by %(time)s on %(day)s") % {"time": time_format(latest, "H:i"), "day": format_day(latest.date())}
        planned.append(actions.plan_task(record, SAFETY_REVIEW, today, text=text, by=by))
        notices.notify({record.facts.assignee or by.worker} - {by.worker}, at=by.at)
    return tuple(task_id for task_id in planned if task_id)


def _store_version(record: OpenRecord, offer: Offer, words: OfferWords, *, by: Acting) -> str:
    key = new_id()
    offer = offer.model_copy(update={"by": by.worker, "at": by.at})
    record.put(offer, key=f"{key}", by=by.worker, at=by.at)
    if words != OfferWords():
        record.put(words, key=f"{key}", by=by.worker, at=by.at)
    if words.service and offer.outcome in rules.DECLINES:
        declined_services.record_decline(record, words.service, on=offer.on, by=by)
    elif words.service and offer.outcome in rules.TAKEN:
        declined_services.forget_decline(record, words.service, by=by)
    return f"{key}"


def _take_back_decline(record: OpenRecord, key: str, offer: Offer, *, by: Acting) -> None:
    words = record.get(OfferWords, key)
    if words and words.service and offer.outcome in rules.DECLINES:
        declined_services.undo_decline(record, words.service, offer.on, by=by)


def _finish_repeat(record: OpenRecord, offer: Offer, *, by: Acting) -> None:
    """Mark the task of repeating an offer as done; its safety review stays open."""
    again = {task.id for task in record.get_or_empty(Tasks).open if task.kind == AGAIN}
    actions.finish_tasks(record, again.intersection(offer.tasks), by=by)


def _drop_tasks(record: OpenRecord, task_ids: Collection[UUID], kinds: Collection[str], *, by: Acting) -> None:
    """Remove open tasks of some kinds that an offer planned."""
    open_tasks = record.get_or_empty(Tasks).open
    actions.change_tasks(
        record, [task.id for task in open_tasks if task.kind in kinds and task.id in task_ids], None, by=by
    )


def _reopen_tasks(record: OpenRecord, task_ids: Collection[UUID], *, finished_at: datetime, by: Acting) -> None:
    """Open the tasks again that were finished at a time."""
    tasks = record.get_or_empty(Tasks).entries
    finished = [task.id for task in tasks if task.id in task_ids and task.done_at == finished_at]
    actions.change_tasks(record, finished, actions.REOPENED, by=by)
