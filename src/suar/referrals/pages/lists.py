"""Lists of referrals in words: the inbox, what was sent, a team's clocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from suar.accounts import queries as accounts
from suar.accounts.terms import Viewer
from suar.core import clock
from suar.core.paging import Part
from suar.referrals import labels, queries
from suar.referrals.pages.parts import tone
from suar.referrals.queries import Listed
from suar.referrals.terms import State


@dataclass(frozen=True, slots=True)
class Line:
    """A referral in a list, in words."""

    id: UUID
    record: UUID
    person_name: str
    sender_name: str
    receiver_name: str
    author_name: str
    urgency_words: str
    urgency_tone: str
    state: State
    state_words: str
    due_words: str
    tone: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """What was asked of an organisation: what is open, and what is over."""

    open: Part[Line]
    ended: Part[Line]


def inbox(viewer: Viewer, *, parts: Mapping[str, int]) -> Inbox:
    """Put together an inbox in words; `parts` says which part of each list."""
    open_ones = queries.inbox(viewer, at=clock.now(), part=parts["open"])
    ended = queries.inbox_ended(viewer, part=parts["over"])
    every = _lines([*open_ones, *ended], called={})
    return Inbox(open_ones.said(every[: len(open_ones)]), ended.said(every[len(open_ones) :]))


def lines(found: Part[Listed], *, called: Mapping[UUID, str] | None = None) -> Part[Line]:
    """Say a part of a list of referrals in words.

    `called` gives the names of the persons, for those who hold their records.
    """
    return found.said(_lines(found.rows, called=called or {}))


def _lines(found: Sequence[Listed], *, called: Mapping[UUID, str]) -> list[Line]:
    """Say referrals with one query for all names of organisations and workers."""
    names = accounts.organisation_names(each for row in found for each in (row.sender, row.receiver))
    workers = accounts.shown_names(row.author for row in found)
    return [_line(row, called.get(row.record, ""), names, workers) for row in found]


def _line(row: Listed, called: str, names: Mapping[UUID, str], workers: Mapping[UUID, str]) -> Line:
    late = row.is_late(clock.now())
    return Line(
        row.id,
        row.record,
        called,
        names.get(row.sender, ""),
        names[row.receiver] if row.receiver in names else str(labels.BY_LINK),
        workers.get(row.author, ""),
        labels.say(row.urgency),
        labels.TONES.get(row.urgency, ""),
        row.state,
        labels.say(row.state),
        labels.due(row.due_at, late=late) if row.due_at else "",
        tone(row.state, late=late),
        late,
    )
