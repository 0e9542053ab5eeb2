"""What pages of case work read: people in lists, search, what is due, and who did what."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.urls import reverse

from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.roles import Viewer
from suar.audit import queries as audit
from suar.audit.queries import Act
from suar.cases import labels
from suar.cases.models import Case
from suar.core import clock
from suar.core.ids import read_spoken, short_code
from suar.records import queries as records
from suar.records import search
from suar.records.queries import Listed
from suar.records.terms import Kind, Status
from suar.referrals import expiry
from suar.referrals import queries as referrals
from suar.referrals.expiry import ConsentChange
from suar.screening import second_reading

MAX_FOUND, MAX_PEOPLE, MAX_ACTS, MAX_LOG = 20, 10, 100, 200
PAGE_SIZE = 50
SHOWN_READ = timedelta(days=14)
IndexEntry = tuple[UUID, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """A record in a list: its name, and what tells it from another of the same name."""

    id: UUID
    name: str
    number: str
    since: date


@dataclass(frozen=True, slots=True)
class DueRecord:
    """A record on which something is due, and what."""

    id: UUID
    name: str
    number: str
    on: date
    what: str
    late: bool


@dataclass(frozen=True, slots=True)
class Activity:
    """What somebody did on a day, how often, and from when to when."""

    what: str
    times: int
    when: str


@dataclass(frozen=True, slots=True)
class DayOfActivity:
    """One day, with everybody who did something on it and what, newest first."""

    day: date
    people: Sequence[tuple[str, Sequence[Activity]]]


# People in lists


def list_people(rows: Iterable[Listed]) -> list[ListedPerson]:
    """Return records of a list by their index entries, in the order given.

    The rows must come from `visible()`: nobody checks here who may know of them.
    """
    return [
        ListedPerson(row.id, row.sheet["name"], number_of(row.id, row.sheet, row.kind), row.opened_month)
        for row in rows
    ]


def number_of(record: UUID, entry: Mapping[str, Any], kind: str) -> str:
    """Return the number of a record: a person's own; of a case its code, unless that is its name."""
    return short_code(record) if kind == Kind.PERSON else next(iter(entry.get("aliases", ())), "")


def find_people(typed: str, *, viewer: Viewer, keys: Keys) -> list[ListedPerson]:
    """Return at most twenty records with the most similar names, best first.

    A person's number that is typed whole comes before all names. Only what is returned counts as
    shown.
    """
    code, numbered = read_spoken(typed), []

    def named() -> Iterator[tuple[IndexEntry, list[str]]]:
        for record, entry in records.each_sheet(viewer, keys=keys):
            if code and short_code(record).replace(" ", "") == code:
                numbered.append((record, entry))
            yield (record, entry), [entry.get("name", ""), *entry.get("aliases", [])]

    similar = search.nearest(typed, named(), most=MAX_FOUND)
    once = dict([*numbered, *similar])
    found = dict(islice(once.items(), MAX_FOUND))
    keys.shown = len(found)
    return list_people(records.of_sheets(found))


def some_people(viewer: Viewer, *, keys: Keys) -> list[ListedPerson]:
    """Return some open records the viewer works with; the rest is found by name."""
    rows = records.visible(viewer, *records.PEOPLE).exclude(status=Status.CLOSED)
    return list_people(records.page(rows, keys=keys, most=MAX_PEOPLE)[0])


# The day of a worker


def due_records(viewer: Viewer, *, keys: Keys, today: date, number: str | None) -> "Page[Any]":
    """Return a page of the records on which something is due today or was due before, soonest first."""
    page = Paginator(records.due_by(viewer, today), PAGE_SIZE).get_page(number)
    page.object_list = [
        DueRecord(
            id=row.id,
            name=row.sheet["name"],
            number=number_of(row.id, row.sheet, row.kind),
            on=row.next_due,
            what=labels.due_text(row.kind, row.sheet, today=today),
            late=row.next_due < today,
        )
        for row in records.listed(list(page), keys=keys)
        if row.next_due
    ]
    return page


def person_names(ids: set[UUID], *, keys: Keys) -> dict[UUID, str]:
    """Return the names in the index entries of records; restricted ones are there only for named colleagues.

    The name is empty for a record that the worker does not open.
    """
    if not ids:
        return {}
    entries = records.sheets(ids, keys=keys)
    hidden = records.restricted(ids - entries.keys())
    names = {record: f"{entry['name']} · {short_code(record)}" for record, entry in entries.items()}
    return dict.fromkeys(ids - hidden, "") | names


def ending_consents(viewer: Viewer, *, keys: Keys, at: datetime) -> list[ConsentChange]:
    """Return consents that end or ended, without restricted records that are not the viewer's."""
    found = expiry.changes_for_sender(viewer, at=at)
    restricted = records.restricted({change.record for change in found})
    mine = {record for record in restricted if records.may_open(record, keys=keys)}
    return [change for change in found if change.record not in restricted - mine]


def second_opinions(viewer: Viewer, *, keys: Keys, at: datetime) -> list[tuple[str, datetime]]:
    """Return own talks with a recent second opinion that the viewer still opens: address and time."""
    return [
        (reverse("talk_ended" if records.facts(left).kind is Kind.CODES else "person", args=[left]), read_at)
        for left, read_at in second_reading.list_read(viewer, since=at - SHOWN_READ)
        if records.may_open(left, keys=keys)
    ]


# Who did what


def referral_of(record: UUID) -> UUID | None:
    """Return the referral from which a case came."""
    return Case.objects.filter(record=record).values_list("referral", flat=True).first()


def record_activity(record: UUID, *, before: int | None = None) -> tuple[list[DayOfActivity], str]:
    """Return who opened or changed a record and who read what was shared from it, and the next page."""
    opened = referrals.opened_since(record, referral=referral_of(record))
    acts = audit.acts_about(record, most=MAX_ACTS + 1, before=before, shared=opened, verbs=referrals.OPENINGS)
    shown = acts[:MAX_ACTS]

    def describe(act: Act) -> str:
        """Reading what was shared from a record is no opening of the record itself."""
        if record in act.about:
            return labels.activity(act.verb)
        read = any(act.at >= since for ident in act.about if (since := opened.get(ident)))
        return str(labels.READ_SHARED if read and act.verb == referrals.OPEN else labels.SAW_REQUEST)

    names = accounts.shown_names(act.by for act in shown)
    earlier = f"{reverse('readers', args=[record])}?before={shown[-1].seq}" if acts[MAX_ACTS:] else ""
    return group_by_day(shown, names, describe=describe), earlier


def activity_log(
    workers: Mapping[UUID, str], *, only: UUID | None, refused: bool, before: int | None
) -> tuple[list[DayOfActivity], int | None]:
    """Return what workers did, perhaps one of them or refusals only, and where the next page starts."""
    wanted = [worker for worker in workers if only in (None, worker)]
    verb = audit.REFUSED if refused else ""
    acts = audit.acts_by(wanted, verb=verb, most=MAX_LOG + 1, before=before)
    days = group_by_day(acts[:MAX_LOG], workers, describe=lambda act: labels.activity_kind(act.verb))
    return days, acts[MAX_LOG - 1].seq if acts[MAX_LOG:] else None


def group_by_day(
    acts: Sequence[Act], names: Mapping[UUID, str], *, describe: Callable[[Act], str]
) -> list[DayOfActivity]:
    """Group acts by day, then by person and by what was done; the newest first."""
    days = groupby(acts, key=lambda act: clock.local_date(act.at))
    return [DayOfActivity(day, _group_by_person(list(of_day), names, describe)) for day, of_day in days]


def _group_by_person(
    acts: Sequence[Act], names: Mapping[UUID, str], describe: Callable[[Act], str]
) -> list[tuple[str, list[Activity]]]:
    done: dict[str, dict[str, list[datetime]]] = {}
    for act in acts:
        who = (names.get(act.by, "") if act.by else "") or labels.actor_without_account(act.verb)
        done.setdefault(who, {}).setdefault(describe(act), []).append(act.at)
    return [
        (who, [Activity(what, len(times), labels.time_span(times[-1], times[0])) for what, times in theirs.items()])
        for who, theirs in done.items()
    ]
