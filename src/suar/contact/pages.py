"""What the pages of the desk show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import QueryDict
from django.utils.functional import Promise

from suar.accounts import queries as accounts
from suar.accounts.terms import Viewer
from suar.contact import enclosures, labels, queries
from suar.contact.actions import DeskWords
from suar.contact.forms import DeskForm
from suar.contact.models import Request
from suar.contact.opening import Opened
from suar.contact.rules import door
from suar.contact.rules.files import Room, room_of
from suar.contact.terms import DeskFacts, FileKind, LetterKind, Said, Side
from suar.core.ids import short_code
from suar.core.paging import Part


@dataclass(frozen=True, slots=True)
class Line:
    """A request in a list: its short number, since when, and whether it came among many."""

    id: UUID
    number: str
    at: datetime
    among_many: bool


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file in a request: what it is, its size and its name in one line."""

    letter: UUID | None
    kind: FileKind
    told: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits, what was read, what is settled, and the desks whose door is closed now."""

    waiting: Part[Line]
    read: Part[Line]
    settled: Part[Line]
    desks: Sequence[DeskFacts]
    closed: bool


def inbox(viewer: Viewer, *, parts: Mapping[str, int], at: datetime) -> Inbox:
    """Make the lists of the viewer's teams."""
    desks = queries.desks_of(viewer.teams)
    found = (
        queries.waiting(viewer, part=parts["waiting"]),
        queries.read(viewer, part=parts["read"]),
        queries.settled(viewer, part=parts["settled"]),
    )
    waiting, read, settled = (each.said([_line(row) for row in each]) for each in found)
    closed = bool(desks) and not any(door.takes_requests(each, at=at) for each in desks)
    return Inbox(waiting, read, settled, desks, closed)


def letters(opened: Opened) -> list[tuple[str | Promise, str, datetime]]:
    """Give the letters of a request with their headings; files stand apart."""
    return [
        (labels.LETTERS_STAFF[each.kind], _words(each), each.at)
        for each in opened.letters
        if each.kind is not LetterKind.FILE
    ]


def files(opened: Opened) -> list[FileLine]:
    """Give the files of a request; nothing of them was opened but what they are."""
    found = [(each, enclosures.read(each.words)) for each in opened.letters if each.kind is LetterKind.FILE]
    return [FileLine(said.letter, facts.kind, labels.file_told(facts), said.at) for said, facts in found]


def reaching(opened: Opened) -> str | Promise:
    """Say how the person may be reached: their newest words, or that nobody may try, and why."""
    if opened.contact_locked:
        return labels.REACHING["locked"]
    if opened.contact:
        return opened.contact.words or labels.REACHING["none_now"]
    meets = any(each.kind is LetterKind.MEETING for each in opened.letters)
    return labels.REACHING["meeting_only" if meets else "never_given"]


def own_desks(viewer: Viewer) -> list[DeskFacts]:
    """Give the desks of the viewer's teams to which a request can be written down."""
    return [each for each in queries.desks_of(viewer.teams) if each.switched_on]


def desk_form(viewer: Viewer, typed: QueryDict | None = None) -> DeskForm | None:
    """Make the form of a desk, filled with what is so now; None for who leads no team."""
    teams = accounts.team_names(viewer.leads)
    if not teams:
        return None
    known = {each.team: each for each in queries.desks_of(viewer.leads)}
    now = known.get(next(iter(teams)))
    first = (
        {
            "team": str(now.team),
            "switched_on": now.switched_on,
            "who_en": now.who_en,
            "who_id": now.who_id,
            "days": list(now.days),
            "answers_within_days": now.answers_within_days,
            "closes_after_hours": now.closes_after_hours,
        }
        if now
        else {"switched_on": True, "days": [1, 2, 3, 4, 5]}
    )
    return DeskForm(typed, teams=teams, initial=first)


def desk_words(form: DeskForm) -> DeskWords:
    """Read what a valid form says of a desk."""
    said = {name: form.cleaned_data[name] for name in form.fields if name != "team"}
    return DeskWords(**{**said, "days": tuple(said["days"])})


def rooms(desks: Sequence[DeskFacts]) -> list[tuple[str, Room]]:
    """Give the room that files take with the team of each desk, named where there are several."""
    kept = queries.pieces_kept([each.team for each in desks])
    names = accounts.team_names(kept) if len(desks) > 1 else {}
    most_mb = settings.SUAR_ROOM_FOR_FILES_MB
    return [(names.get(team, ""), room_of(kept[team], most_mb=most_mb)) for team in kept]


def _words(said: Said) -> str:
    """Give the words of a letter, or what its code means."""
    if said.kind in labels.REMOVED_STAFF:
        return str(labels.REMOVED_STAFF[said.kind][Side(said.words)])
    return said.words


def _line(row: Request) -> Line:
    return Line(row.id, short_code(row.id), row.waits_since or row.said_at, queries.many_before(row))
