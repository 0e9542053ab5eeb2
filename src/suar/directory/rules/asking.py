"""Whether a provider may be asked again, and whether it answered."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from suar.core.decisions import Decision
from suar.directory.codes import AskingState

APART = timedelta(days=7)


def may_ask(asked: datetime | None, *, at: datetime) -> Decision:
    """Say whether a provider may be asked now; `asked` is when anybody last did, None is never.

    Source: own design, docs/decisions/0052 (whoever is asked every day answers nobody).
    """
    lately = asked is not None and at - asked < APART
    return Decision.no("asked_lately") if lately else Decision.yes()


def unanswered(asked: Collection[tuple[date, datetime]], *, assured: date | None, proposed: datetime | None) -> int:
    """Count how often an entry was asked about since somebody last answered for it.

    Of each time the day and the moment are told, since assuring has only a day. It is answered by
    assuring it, on the same day or later, and by proposing a change.

    Source: own design, docs/decisions/0052.
    """
    return sum((assured is None or day > assured) and (proposed is None or moment > proposed) for day, moment in asked)


def turn_of(asked: datetime | None, *, times: int, at: datetime) -> AskingState:
    """Say where asking a provider stands: when it was last asked, and how often in vain.

    Source: own design, docs/decisions/0052.
    """
    if not may_ask(asked, at=at):
        return AskingState.LATELY
    return AskingState.SILENT if times else AskingState.NOT_YET
