"""When the door for asking is open, how fast it takes forms, and how long words are kept."""

from collections.abc import Collection
from datetime import datetime, timedelta

from suar.contact.terms import DeskFacts
from suar.core.decisions import Decision

KEPT = timedelta(days=730)
"""Since the last letter. Source: feedback-dimensions.json (words deleted after 24 months)."""
MOST_UNREAD = 20
FREE = 3
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=2)
PLACES_APART = timedelta(seconds=1)
LONGEST_LINE = timedelta(minutes=10)
PLACE_LIVES = timedelta(minutes=10)
HELD = timedelta(minutes=60)
COUNTED_FOR = timedelta(hours=1)


def takes_requests(desk: DeskFacts, *, at: datetime) -> Decision:
    """Say whether somebody may ask this desk: it is switched on and a worker looked lately.

    Source: own design, docs/decisions/0029 (no letter into a room that nobody enters).
    """
    if not desk.switched_on:
        return Decision.no("switched_off")
    quiet = at - desk.looked_at
    closed = quiet > timedelta(hours=desk.closes_after_hours)
    return Decision.no("nobody_looked") if closed else Decision.yes()


def wait_after(tries: int, *, since: timedelta) -> timedelta:
    """Say how long one caller still waits after so many tries, the last of them `since` ago.

    The first three cost nothing; then each waits twice as long as the one before, to two
    minutes. Nobody is locked out, and only tries of the last hour count.

    Source: own design, docs/decisions/0029; security.md B7 (rising delay, no lock of others).
    """
    if tries < FREE:
        return timedelta(0)
    doubled: timedelta = FIRST_WAIT * 2 ** min(tries - FREE, 10)
    return max(timedelta(0), min(doubled, LONGEST_WAIT) - max(since, timedelta(0)))


def place_after(last: datetime, *, wait: timedelta, at: datetime) -> datetime | None:
    """Say when the next place in a line is, once the wait is over and a second after the last.

    None where the line is so long that a place would say little: then one waits and asks anew.

    Source: own design, docs/decisions/0029 (who shares a connection locks nobody out).
    """
    moment = max(at + wait, last + PLACES_APART)
    return moment if moment <= at + LONGEST_LINE else None


def place_counts(moment: datetime, *, at: datetime) -> Decision:
    """Say whether a place in the line counts: after its moment, and so long that none hoards.

    Source: own design, docs/decisions/0029.
    """
    if at < moment:
        return Decision.no("too_early")
    return Decision.yes() if at <= moment + PLACE_LIVES else Decision.no("too_old")


def holds(made_at: datetime, *, at: datetime) -> Decision:
    """Say whether whoever came back may still write on the page they opened.

    Source: own design, docs/decisions/0029 (as long as a form for writing is taken).
    """
    return Decision.yes() if timedelta(0) <= at - made_at <= HELD else Decision.no("too_old")


def may_write_again(unread: int) -> Decision:
    """Say whether one more letter fits: what nobody has read yet is a number one can read.

    Source: own design, docs/decisions/0029.
    """
    return Decision.no("much_unread") if unread >= MOST_UNREAD else Decision.yes()


def may_be_answered(*, kept: bytes | None, sealed: Collection[bytes]) -> Decision:
    """Say whether an answer would be read, and by nobody else than whoever asked.

    `kept` is the public half of the code as the row has it, `sealed` are those that the letters
    name, empty bytes for no code. Who can only change rows cannot change what is sealed.

    Source: own design, docs/decisions/0029.
    """
    if set(sealed) != {kept or b""}:
        return Decision.no("other_code")
    return Decision.yes() if kept else Decision.no("no_code")
