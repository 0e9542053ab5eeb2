"""Rules of the doors: which sent forms the public one takes, and what somebody typed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from suar.core.decisions import Decision
from suar.directory.cards import CardHours

FORM_LIVES = timedelta(minutes=10)
WRITING_LIVES = timedelta(minutes=60)
WRITING_KNOWN = timedelta(hours=24)
PRESSED_TWICE = timedelta(seconds=6)
MADE_BY_A_PAGE = re.compile(
    r"on|yes|no|YES|NO|U[1-5]|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)


def sent_from_own_page(*, own: str, origin: str | None, fetch_site: str | None, referrer: str | None) -> Decision:
    """Return yes if a post was sent by a page of this host.

    Browsers name the page's origin, and newer ones also how it relates to us. An old browser
    that names neither still sends a referrer to its own host. `own` is scheme://host[:port].

    Source: security.md 5 (public posts), restated in docs/decisions/public-site.md.
    """
    if fetch_site not in (None, "same-origin"):
        return Decision.no("other_site")
    named = origin if origin is not None else _origin_of(referrer)
    return Decision.yes() if named == own else Decision.no("other_origin")


def form_is_fresh(*, made_at: datetime, at: datetime, for_writing: bool = False) -> Decision:
    """Return yes if a form was issued within the last ten minutes, and not in the future.

    A form in which somebody writes a letter is taken for an hour: a letter needs time, and what
    was typed would be lost. Sent again it is used up, also then. Of a form of another day nobody
    knows any more whether it was used: it is `long_ago`.

    Source: security.md B18, restated in docs/decisions/public-site.md; docs/decisions/help-requests.md and search.md.
    """
    lives = WRITING_LIVES if for_writing else FORM_LIVES
    if at < made_at:
        return Decision.no("from_the_future")
    if at - made_at > WRITING_KNOWN:
        return Decision.no("long_ago")
    return Decision.yes() if at - made_at <= lives else Decision.no("too_old")


def form_comes_again(*, used_at: datetime, at: datetime) -> Decision:
    """Return `again` if a used form is sent twice within seconds, and `used` otherwise.

    Its first answer was never seen. Longer than that, and Back after leaving would show it.

    Source: own design, docs/decisions/public-site.md; security.md B18.
    """
    again = timedelta(0) <= at - used_at <= PRESSED_TWICE
    return Decision.no("again" if again else "used")


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether it is open, and the weekday (Monday is 0) and time at which that changes."""

    is_open: bool
    day: int
    time: str


def opening_at(hours: Sequence[CardHours], local: datetime) -> Opening | None:
    """Return whether a service is open at a local time, by its hours alone.

    None when the hours do not say it: there are none, or those of today stand in words only.
    A closing at or before its opening is on the next day.

    Source: own design, docs/decisions/public-site.md.
    """
    now, time = local.weekday(), f"{local:%H:%M}"
    spans = [(day, each.opens, each.closes) for each in hours for day in each.days]
    told = [(day, opens, closes) for day, opens, closes in spans if opens and closes]
    if not told or any(day == now and not (opens and closes) for day, opens, closes in spans):
        return None
    for day, opens, closes in told:
        over_night = closes <= opens
        if day == now and opens <= time and (over_night or time < closes):
            return Opening(True, (day + over_night) % 7, closes)
        if over_night and (day + 1) % 7 == now and time < closes:
            return Opening(True, now, closes)
    ahead = [((day - now) % 7 + 7 * (day == now and opens <= time), opens) for day, opens, _ in told]
    days, opens = min(ahead)
    return Opening(False, (now + days) % 7, opens)


def may_be_shown(*, grave: bool, live: bool, checked: bool) -> Decision:
    """Return yes if a text may be shown: a running site shows critical texts only when checked.

    Grave is what a person may act on at once: the check and what it tells, rights, and what the
    law of a country says whose text was not read. Somebody whose first language it is has to
    have read it.

    Source: own design, docs/decisions/public-site.md.
    """
    if grave and live and not checked:
        return Decision.no("unchecked_words")
    return Decision.yes()


def _origin_of(address: str | None) -> str:
    parts = urlsplit(address or "")
    return f"{parts.scheme}://{parts.netloc}"


def is_own_words(typed: str) -> bool:
    """Return True if a person typed this text: it is no code, id or checkbox value.

    Source: own design; what was typed must not get lost with a page that refuses it.
    """
    return bool(typed.strip()) and not MADE_BY_A_PAGE.fullmatch(typed.strip())
