"""Rules of letters: the times at which a desk takes them, and their retention."""

from collections.abc import Collection
from datetime import datetime, timedelta

from suar.core.decisions import Decision

RETENTION = timedelta(days=730)
"""Since the last letter. Source: feedback-dimensions.json (words deleted after 24 months)."""
MAX_UNREAD = 20
RESUME_FOR = timedelta(minutes=60)
MAX_SUMMARY_DAYS = 14
"""The longest time a summary waits under its code. Source: own design, docs/decisions/help-requests.md."""


def takes_requests(*, switched_on: bool, looked_at: datetime, closes_after_hours: int, at: datetime) -> Decision:
    """Allow a request if the desk is switched on and a worker looked lately.

    Source: own design, docs/decisions/help-requests.md (no letter into a room that nobody enters).
    """
    if not switched_on:
        return Decision.refuse("switched_off")
    closed = at - looked_at > timedelta(hours=closes_after_hours)
    return Decision.refuse("nobody_looked") if closed else Decision.allow()


def may_resume(made_at: datetime, *, at: datetime) -> Decision:
    """Allow a person who came back to write on the page they opened, for an hour.

    Source: own design, docs/decisions/help-requests.md (as long as a form for writing is valid).
    """
    return Decision.allow() if timedelta(0) <= at - made_at <= RESUME_FOR else Decision.refuse("too_old")


def may_write_again(unread: int) -> Decision:
    """Allow one more letter while the number of unread ones stays readable.

    Source: own design, docs/decisions/help-requests.md.
    """
    return Decision.refuse("much_unread") if unread >= MAX_UNREAD else Decision.allow()


def may_be_answered(*, stored: bytes, sealed: Collection[bytes]) -> Decision:
    """Allow an answer if the person, and nobody else, would read it.

    `stored` is the public key of the code in the row, `sealed` are those that the letters name; empty for no code. An
    attacker who can only change rows cannot change what is sealed.
    Source: own design, docs/decisions/help-requests.md.
    """
    if set(sealed) != {stored}:
        return Decision.refuse("other_code")
    return Decision.allow() if stored else Decision.refuse("no_code")
