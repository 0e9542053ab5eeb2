"""Rules of the sites: which forms the public one accepts, opening hours, and which texts may be shown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from suar.core.decisions import Decision
from suar.directory.cards import CardHours

FORM_LIFETIME = timedelta(minutes=10)
LETTER_LIFETIME = timedelta(minutes=60)
USED_TOKEN_RETENTION = timedelta(hours=24)
DOUBLE_SUBMIT_WINDOW = timedelta(seconds=6)
NOT_TYPED = re.compile(
    r"on|yes|no|YES|NO|U[1-5]|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)


def sent_from_own_page(*, own: str, origin: str | None, fetch_site: str | None, referrer: str | None) -> Decision:
    """Return yes if a post was sent by a page of this host.

    Browsers name the page's origin, and newer ones also how it relates to us. An old browser
    that names neither still sends a referrer to its own host. `own` is scheme://host[:port].

    Source: security.md 5 (public posts), restated in docs/decisions/public-site.md.
    """
    if fetch_site not in (None, "same-origin"):
        return Decision.refuse("other_site")
    named = origin if origin is not None else _origin_of(referrer)
    return Decision.allow() if named == own else Decision.refuse("other_origin")


def form_is_fresh(*, made_at: datetime, at: datetime, for_letter: bool = False) -> Decision:
    """Return yes if a form was issued within the last ten minutes, and not in the future.

    The form of a letter is accepted for an hour: a letter needs time, and what was typed would be
    lost. Tokens are remembered for a day; whether an older form was used is unknown: it is `long_ago`.

    Source: security.md B18, restated in docs/decisions/public-site.md; docs/decisions/help-requests.md and search.md.
    """
    if at < made_at:
        return Decision.refuse("from_the_future")
    if at - made_at > USED_TOKEN_RETENTION:
        return Decision.refuse("long_ago")
    lifetime = LETTER_LIFETIME if for_letter else FORM_LIFETIME
    return Decision.allow() if at - made_at <= lifetime else Decision.refuse("too_old")


def repeated_form(*, used_at: datetime, at: datetime) -> Decision:
    """Return `again` if a used form is sent twice within seconds, otherwise `used`.

    A quick repetition means that the first response was not shown. A later one may be the Back button.

    Source: own design, docs/decisions/public-site.md; security.md B18.
    """
    again = timedelta(0) <= at - used_at <= DOUBLE_SUBMIT_WINDOW
    return Decision.refuse("again" if again else "used")


@dataclass(frozen=True, slots=True)
class Opening:
    """The open state, and the weekday (Monday is 0) and time at which it changes."""

    is_open: bool
    day: int
    time: str


def opening_at(hours: Sequence[CardHours], local: datetime) -> Opening | None:
    """Return whether a service is open at a local time, by its hours alone.

    None if that is not known: there are no hours, or those of today are free text. A closing at
    or before its opening is on the next day.

    Source: own design, docs/decisions/public-site.md.
    """
    now, time = local.weekday(), f"{local:%H:%M}"
    spans = [(day, span.opens, span.closes) for span in hours for day in span.days]
    known = [(day, opens, closes) for day, opens, closes in spans if opens and closes]
    if not known or any(day == now and not (opens and closes) for day, opens, closes in spans):
        return None
    for day, opens, closes in known:
        over_night = closes <= opens
        if day == now and opens <= time and (over_night or time < closes):
            return Opening(True, (day + over_night) % 7, closes)
        if over_night and (day + 1) % 7 == now and time < closes:
            return Opening(True, now, closes)
    ahead = [((day - now) % 7 + 7 * (day == now and opens <= time), opens) for day, opens, _ in known]
    days, opens = min(ahead)
    return Opening(False, (now + days) % 7, opens)


def may_publish(*, critical: bool, live: bool, checked: bool) -> Decision:
    """Return yes if a text may be shown: a live site shows critical texts only when a native speaker checked them.

    Critical is what a person may act on at once: the self-check with its advice, rights, and laws
    whose text was not read.

    Source: own design, docs/decisions/public-site.md.
    """
    if critical and live and not checked:
        return Decision.refuse("unchecked_words")
    return Decision.allow()


def _origin_of(address: str | None) -> str:
    parts = urlsplit(address or "")
    return f"{parts.scheme}://{parts.netloc}"


def is_own_words(typed: str) -> bool:
    """Return True if a text was typed: it is not a code, an id or a checkbox value.

    Source: own design; typed text must not be lost when a form is refused.
    """
    return bool(typed.strip()) and not NOT_TYPED.fullmatch(typed.strip())
