"""A worker's day: what is due, what came in, what was sent, which talks are open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise

from suar.accounts.keys import Keys
from suar.accounts.terms import Permission, Viewer
from suar.cases import labels
from suar.cases.pages.naming import Named, named, number_of
from suar.core import clock
from suar.core.ids import short_code
from suar.core.paging import Part, part_of
from suar.records import queries as vault
from suar.records.terms import Kind, Status
from suar.referrals import ends, second_opinions
from suar.referrals import pages as referral_pages
from suar.referrals import queries as referrals
from suar.referrals.pages import ChangeLine, Line, change_lines
from suar.referrals.queries import Listed as Referred
from suar.screening import queries as talks
from suar.screening import second_reading
from suar.screening.queries import Unreached

MOST_PEOPLE = 10
SHOWN_READ = timedelta(days=14)
_PAGE_OF = {Kind.CODES: "talk_ended"}


@dataclass(frozen=True, slots=True)
class DueLine:
    """A record on which something is due: its name and number, when and what, in words."""

    id: UUID
    name: str
    number: str
    due: date
    when: str
    what: str
    late: bool


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A talk of one's own that a second person has read: where it stands, and when."""

    href: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OwnWay:
    """A page that is a worker's own, with a sentence on what they do there."""

    href: str
    label: str | Promise
    says: str | Promise


@dataclass(frozen=True, slots=True)
class Day:
    """My day."""

    due: Part[DueLine]
    unreached: Sequence[Unreached]
    urgent: Part[Line]
    inbox: Part[Line]
    changed: Sequence[ChangeLine]
    sent: Part[Line]
    ending: Sequence[ChangeLine]
    talks: Sequence[object]
    readings: int
    for_partners: int
    read: Sequence[ReadLine]
    people: Sequence[Named]
    own: Sequence[OwnWay]
    may_talk: bool
    may_answer: bool
    sees_records: bool


def day(viewer: Viewer, *, keys: Keys, now: datetime, parts: Mapping[str, int]) -> Day:
    """Put together a worker's day; each list only for those it is for, and the part asked for."""
    may_talk, may_answer, sees_records = (
        viewer.may(each) for each in (Permission.RUN_TALK, Permission.ANSWER_REFERRAL, Permission.SEE_RECORD)
    )
    nothing: Part = Part()
    return Day(
        due=_due_lines(viewer, keys=keys, now=now, part=parts["due"]) if sees_records else nothing,
        unreached=talks.unreached_of_worker(viewer) if may_talk else (),
        urgent=with_names(referrals.urgent_unanswered(viewer), keys=keys) if may_talk else nothing,
        inbox=referral_pages.lines(referrals.waiting(viewer, part=parts["inbox"])) if may_answer else nothing,
        sent=with_names(referrals.sent_by(viewer, at=now, part=parts["sent"]), keys=keys) if may_talk else nothing,
        changed=change_lines(ends.for_receiver(viewer, at=now)) if may_answer else (),
        ending=_ending(viewer, keys=keys, now=now) if may_talk else (),
        talks=talks.open_talks(viewer) if may_talk else (),
        readings=len(second_reading.list_waiting(viewer)),
        for_partners=len(second_opinions.list_waiting(viewer, keys=keys, at=now)),
        read=_read_lines(viewer, keys=keys, now=now) if may_talk else (),
        people=_some_people(viewer, keys=keys) if sees_records else (),
        own=() if sees_records or may_talk else _own_ways(viewer),
        may_talk=may_talk,
        may_answer=may_answer,
        sees_records=sees_records,
    )


def with_names(found: Part[Referred], *, keys: Keys) -> Part[Line]:
    """Say a list of referrals that were sent, with the names on the sheets of their records.

    Those of a record held by name are there only for who is named.
    """
    if not found:
        return found.said([])
    sheets = vault.sheets({each.record for each in found}, keys=keys)
    hidden = vault.restricted({each.record for each in found} - sheets.keys())
    found = found.said([each for each in found if each.record not in hidden])
    called = {record: f"{sheet['name']} · {short_code(record)}" for record, sheet in sheets.items()}
    return referral_pages.lines(found, called=called)


def _ending(viewer: Viewer, *, keys: Keys, now: datetime) -> list[ChangeLine]:
    """List the yeses that end or ended, without records held by name that are not the viewer's."""
    found = ends.for_sender(viewer, at=now)
    by_name = vault.restricted({each.record for each in found})
    mine = {record for record in by_name if vault.may_open(record, keys=keys)}
    return change_lines([each for each in found if each.record not in by_name - mine])


def _due_lines(viewer: Viewer, *, keys: Keys, now: datetime, part: int) -> Part[DueLine]:
    """List what is due today or was due before, soonest first."""
    today = clock.local_date(now)
    found = part_of(vault.due_by(viewer, today), "due", number=part)
    return found.said(
        [
            DueLine(
                row.id,
                row.sheet["name"],
                number_of(row.id, row.sheet, row.kind),
                row.next_due,
                labels.day_in_words(row.next_due, today=today),
                labels.due_of(row.kind, row.sheet, today=today),
                row.next_due < today,
            )
            for row in vault.listed(found.rows, keys=keys)
            if row.next_due
        ]
    )


def _read_lines(viewer: Viewer, *, keys: Keys, now: datetime) -> list[ReadLine]:
    """List own talks that a second person has read lately, if the viewer still opens them."""
    found = second_reading.list_read(viewer, since=now - SHOWN_READ)
    return [
        ReadLine(reverse(_PAGE_OF.get(vault.facts(left).kind, "person"), args=[left]), at)
        for left, at in found
        if vault.may_open(left, keys=keys)
    ]


def _some_people(viewer: Viewer, *, keys: Keys) -> list[Named]:
    """List some open records the viewer works with; the rest is found by name."""
    rows = vault.visible(viewer, *vault.PEOPLE).exclude(status=Status.CLOSED)
    found, _ = vault.page(rows, keys=keys, most=MOST_PEOPLE)
    return named(found)


def _own_ways(viewer: Viewer) -> list[OwnWay]:
    """List what a role without records does here, and what every worker has."""
    return [
        OwnWay(reverse(name), label, says)
        for permission, name, label, says in labels.OWN_WAYS
        if viewer.may(permission)
    ]
