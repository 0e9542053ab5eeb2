"""Queries for pages of case work: lists of people, search, due work, and activity."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, F, OuterRef
from django.urls import reverse

from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.roles import Viewer
from suar.audit import queries as audit
from suar.audit.queries import Entry
from suar.cases import labels
from suar.cases.models import Case, TeamNotice
from suar.core import clock
from suar.core.ids import read_spoken, short_code
from suar.core.refusals import NotYours, Refused
from suar.records import queries as records
from suar.records import search
from suar.records.documents import Document
from suar.records.keyring import OpenRecord
from suar.records.queries import ListedRecord
from suar.records.terms import Kind, Status
from suar.referrals import queries as referrals
from suar.screening import team_opinions

MAX_MATCHES, MAX_PEOPLE, MAX_ACTS, MAX_LOG = 20, 10, 100, 200
READ_OPINIONS_LISTED = timedelta(days=14)
AHEAD = timedelta(days=90)
"""The time ahead for which lists name what is due about people without a name."""
NOTICE_FOR = timedelta(days=14)
"""The time for which the team's day page shows that something changed in a record."""
Stored = TypeVar("Stored", bound=Document)
EntryOfRecord = tuple[UUID, dict[str, Any]]
Day = tuple[date, Mapping[str, Mapping[str, Sequence[datetime]]]]
"""A day, with the times of what each worker did on it."""


def get_document(record: OpenRecord, kind: type[Stored], key: str, *, struck: bool = True) -> Stored:
    """Return a document of a record; raises NotYours if there is none or its author took it back.

    Without `struck`, raises Refused for one that was struck out.
    """
    document = record.get(kind, key)
    if document is None or getattr(document, "undone", False):
        raise NotYours
    if not struck and bool(getattr(document, "struck", "")):
        raise Refused("struck_out")
    return document


# People in lists


def find_people(typed: str, *, viewer: Viewer, keys: Keys) -> list[ListedRecord]:
    """Return at most twenty records with the most similar names, best first; reports by whom they are about.

    A person's number that is typed whole comes before all names. Only what is returned counts as
    shown.
    """
    number, numbered = read_spoken(typed), {}

    def names() -> Iterator[tuple[EntryOfRecord, list[str]]]:
        for record, entry in records.iter_index_entries(viewer, keys=keys, kinds=(*records.PEOPLE, Kind.REPORT)):
            if number and short_code(record).replace(" ", "") == number:
                numbered[record] = entry
            yield (record, entry), [entry.get("name", ""), *entry.get("aliases", [])]

    similar = search.nearest(typed, names(), most=MAX_MATCHES)
    entries = dict(islice((numbered | dict(similar)).items(), MAX_MATCHES))
    keys.listed = len(entries)
    return records.records_of(entries)


def some_people(viewer: Viewer) -> list[ListedRecord]:
    """Return some open records the viewer works with; the rest is found by name."""
    rows = records.visible(viewer, *records.PEOPLE).exclude(status=Status.CLOSED)
    return list(rows.order_by(F("next_due").asc(nulls_last=True), "-opened_month", "id")[:MAX_PEOPLE])


# The day of a worker


def due_or_noticed(viewer: Viewer, day: date, *, at: datetime) -> list[ListedRecord]:
    """Return the records that are due until a day, and those with a notice for the team (`has_notice`).

    Those without a name are returned ahead, because they are in no list of people.
    """
    notices = TeamNotice.objects.filter(at__gt=at - NOTICE_FOR)
    rows = records.due_by(viewer, day, also=notices.values("record"), nameless=day + AHEAD)
    has_notice = Exists(notices.filter(record=OuterRef("id")))
    return list(rows.annotate(has_notice=has_notice))  # type: ignore[no-redef]  # declared by the model


def person_names(ids: set[UUID], entries: Mapping[UUID, Mapping[str, Any]]) -> dict[UUID, str]:
    """Return names from opened index entries; restricted records are there only for named colleagues.

    The name is empty for a record that the worker does not open.
    """
    unopened = ids - entries.keys()
    hidden = records.restricted(unopened) if unopened else frozenset()
    names = {record: f"{entries[record]['name']} · {short_code(record)}" for record in ids & entries.keys()}
    return dict.fromkeys(ids - hidden, "") | names


def ending_consents(sent: Iterable[Any], *, keys: Keys, at: datetime) -> list[Any]:
    """Return which consents of sent referrals end or ended, without restricted records that are not the viewer's."""
    changes = referrals.changes_for_sender(sent, at=at)
    restricted = records.restricted({change.referral.record for change in changes}) if changes else frozenset()
    hidden = restricted - records.granted_kinds(restricted, keys=keys).keys()
    return [change for change in changes if change.referral.record not in hidden]


def second_opinions(viewer: Viewer, *, keys: Keys, at: datetime) -> list[tuple[str, datetime]]:
    """Return own talks with a recent second opinion that the viewer still opens: address and time."""
    opinions = list(team_opinions.list_read(viewer, since=at - READ_OPINIONS_LISTED))
    kinds = records.granted_kinds([record for record, _ in opinions], keys=keys)
    return [
        (reverse("talk_ended" if kinds[record] is Kind.CODES else "person", args=[record]), read_at)
        for record, read_at in opinions
        if record in kinds
    ]


# Activity


def case_of(referral: UUID) -> Case | None:
    """Return the case that was opened for a referral; None when there is none yet."""
    return Case.objects.filter(referral=referral).first()


def referral_of(record: UUID) -> UUID | None:
    """Return the referral from which a case came."""
    return Case.objects.filter(record=record).values_list("referral", flat=True).first()


def record_activity(record: UUID, *, before: int | None = None) -> tuple[list[Day], str]:
    """Return the acts on a record and on what was shared from it, and the start of the next page."""
    opened = referrals.first_readings(record, referral=referral_of(record))
    acts = audit.acts_about(record, most=MAX_ACTS + 1, before=before, shared=opened, verbs=referrals.OPENINGS)
    page = acts[:MAX_ACTS]

    def describe(act: Entry) -> str:
        """Reading what was shared from a record is no opening of the record itself."""
        if str(record) in act.about:
            return labels.activity(act.verb)
        read = any(act.at >= since for ident in act.about if (since := opened.get(UUID(ident))))
        return str(labels.READ_SHARED if read and act.verb == referrals.OPEN else labels.SAW_REQUEST)

    names = accounts.display_names(act.by for act in page)
    earlier = f"{reverse('readers', args=[record])}?before={page[-1].seq}" if acts[MAX_ACTS:] else ""
    return _group_by_day(page, names, describe), earlier


def activity_log(
    workers: Mapping[UUID, str], *, only: UUID | None, refused: bool, before: int | None
) -> tuple[list[Day], int | None]:
    """Return the acts of workers, perhaps of one of them or denied ones only, and the start of the next page."""
    wanted = [worker for worker in workers if only in (None, worker)]
    verb = audit.REFUSED if refused else ""
    acts = audit.acts_by(wanted, verb=verb, most=MAX_LOG + 1, before=before)
    days = _group_by_day(acts[:MAX_LOG], workers, lambda act: labels.activity_kind(act.verb))
    return days, acts[MAX_LOG - 1].seq if acts[MAX_LOG:] else None


def _group_by_day(acts: Sequence[Entry], names: Mapping[UUID, str], describe: Callable[[Entry], str]) -> list[Day]:
    """Group acts by day, then by worker and by what was done; the newest first."""
    days: dict[date, dict[str, dict[str, list[datetime]]]] = {}
    for act in acts:
        workers = days.setdefault(clock.local_date(act.at), {})
        worker = (names.get(act.by, "") if act.by else "") or labels.actor_without_account(act.verb)
        workers.setdefault(worker, {}).setdefault(describe(act), []).append(act.at)
    return sorted(days.items(), reverse=True)
