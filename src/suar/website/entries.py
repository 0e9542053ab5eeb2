"""A service as a page tells it: texts in one language, hours in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from suar.core import clock
from suar.core.i18n import format_day
from suar.directory import catalogue
from suar.directory.cards import CardHours, CardPhone, ServiceCard
from suar.website import languages
from suar.website.reasons import WHOLE_COUNTRY, Why, listed, place_words
from suar.website.rules import opening_at

DAY_AND_NIGHT = "24_7"
DAYS_IN_WEEK, TWO_WEEKS, DAYS_IN_MONTH, TWO_MONTHS, DAYS_IN_YEAR = 7, 14, 30, 60, 365
REASONS_IN_A_LIST, PLACES_IN_A_LIST = 4, 4
WHOLE_DAY = {("00:00", "23:59"), ("00:00", "24:00"), ("00:00", "00:00")}
TOLD = (
    "AC_WHAT",
    "AC_HOW",
    "AC_BRING",
    "AC_COST",
    "AC_WAIT",
    "AC_SAFE_CONTACT",
    "AC_SECRET",
    "AC_LANG",
    "AC_COMPLAIN",
    "AC_EXAMPLE",
    "AC_FAQ",
)
"""What an entry tells the person, in the order in which a person asks."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A service, why it may fit, the language to tell it in, and the place that was chosen."""

    card: ServiceCard
    why: tuple[Why, ...]
    language: str
    place: str = ""

    @property
    def why_short(self) -> tuple[Why, ...]:
        """Give the first reasons and whatever has to be known before calling."""
        good = [line for line in self.why if line.kind in ("yes", "note")]
        rest = [line for line in self.why if line.kind in ("warn", "ask")]
        return (*good[:REASONS_IN_A_LIST], *rest[:2])

    @property
    def in_a_list(self) -> dict[str, Any]:
        """Give what a list of services shows, ready to be printed: there are many on a page.

        `href` stays empty where a button of the list opens a service.
        """
        return {
            "href": "",
            "id": str(self.card.id),
            "name": self.card.name,
            "name_in": languages.mark(self.card.name.language),
            "provider": self.card.provider_name,
            "provider_in": languages.mark(self.card.provider_name.language),
            "where": self.where,
            "why": [{"kind": line.kind, "words": line.words} for line in self.why_short],
            "urgent": bool(self.card.urgent),
            "number": self.first_number,
            "open": self.open_now,
            "checked": self.checked,
        }

    @property
    def where(self) -> str:
        """Name the first places that a list tells; empty where the chosen one says it already.

        A hidden place has no district, so what it serves is all that is told of it.
        """
        places = self.places
        if self.place in places:
            return ""
        more = "…" if len(places) > PLACES_IN_A_LIST else ""
        return listed(place_words(each, self.language) for each in places[:PLACES_IN_A_LIST]) + more

    @property
    def places(self) -> tuple[str, ...]:
        """Give the open places of a service, else those it serves; none for the whole country."""
        return () if WHOLE_COUNTRY in self.card.areas else self.card.districts or self.card.areas

    @property
    def told(self) -> list[dict[str, str]]:
        """List what the entry tells, as questions and answers."""
        return self._rows(TOLD)

    @property
    def on_the_card(self) -> list[dict[str, str]]:
        """Give what somebody needs who has only the printed card: how to ask, what to bring."""
        return self._rows(("AC_HOW", "AC_BRING"))

    @property
    def phones(self) -> list[CardPhone]:
        """List the numbers of the service and of its places, each once."""
        every = [*self.card.phones, *(each for site in self.card.sites for each in site.phones)]
        return list({each.number: each for each in reversed(every)}.values())[::-1]

    @property
    def first_number(self) -> str:
        """Give the number to call first: the one that somebody answers now, if there is one."""
        if self.card.urgent:
            return self.card.urgent.number
        return self.card.phones[0].number if self.card.phones else ""

    @property
    def checked(self) -> str:
        """Say when the entry was last checked."""
        return checked_words(self.card.confirmed, today=clock.today())

    @property
    def checked_on(self) -> str:
        """Say the day alone, for what is read later than it is made."""
        return checked_words(self.card.confirmed)

    @property
    def open_now(self) -> str:
        """Say whether somebody is there now, or when again; empty where the hours do not say."""
        return opening_words(self.card)

    @property
    def hours(self) -> list[str]:
        """List the opening hours, a line for each."""
        return [line for each in self.card.hours if (line := hours_words(each))]

    @property
    def open_at(self) -> list[dict[str, str]]:
        """List the opening hours in parts: when, and what the entry says besides of its own."""
        told = [{"when": when_words(each), "words": each.words} for each in self.card.hours]
        return [each for each in told if each["when"] or each["words"]]

    def _rows(self, codes: Sequence[str]) -> list[dict[str, str]]:
        fields, access = catalogue.access_fields(), self.card.access
        return [
            {"question": _said(fields[code]["words"], self.language), "answer": access[code]}
            for code in codes
            if access.get(code)
        ]


def _said(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or words["en"]


def checked_words(day: date | None, *, today: date | None = None) -> str:
    """Say on which day a person last checked an entry; None is never.

    Without `today` nothing is said of how long ago: paper is read later than it is printed.
    """
    if day is None:
        return _("Not checked yet.")
    written = format_day(day)
    if today is None:
        return _("Last checked on %(day)s.") % {"day": written}
    told = {"day": written, "ago": ago_words((today - day).days)}
    return _("Checked by a person %(ago)s, on %(day)s.") % told


def ago_words(days: int) -> str:
    """Say how long ago something was, as people say it."""
    if days < TWO_WEEKS:
        return _("in the last two weeks")
    if days < TWO_MONTHS:
        return _("%(n)d weeks ago") % {"n": days // DAYS_IN_WEEK}
    if days <= DAYS_IN_YEAR:
        return _("%(n)d months ago") % {"n": min(days // DAYS_IN_MONTH, 12)}
    return _("more than a year ago")


def hours_words(hours: CardHours) -> str:
    """Say on which days and from when to when, and what is told besides."""
    when = when_words(hours)
    return f"{when} ({hours.words})" if when and hours.words else when or hours.words


def when_words(hours: CardHours) -> str:
    """Say on which days and from when to when; empty where words alone tell it."""
    if not hours.days:
        return ""
    days = days_words(hours.days)
    if not hours.opens:
        return days
    if (hours.opens, hours.closes) in WHOLE_DAY:
        return listed([days, _("day and night")])
    return listed([days, f"{hours.opens}-{hours.closes}"])


def days_words(days: Sequence[int]) -> str:
    """Say weekdays shortly: neighbours as a span, the rest one by one; Monday is 0."""
    spans: list[list[int]] = []
    for day in sorted(set(days)):
        if spans and day == spans[-1][-1] + 1:
            spans[-1].append(day)
        else:
            spans.append([day])
    return listed(_span(span) for span in spans)


def _span(span: Sequence[int]) -> str:
    names = [str(WEEKDAYS[day]) for day in span]
    if len(names) == 7:
        return _("every day")
    if len(names) < 3:
        return listed(names)
    return _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}


def opening_words(card: ServiceCard) -> str:
    """Say whether a service is open now, until when, or when again.

    Empty where that is not known, and for a service of the day and the night, which says so itself.
    """
    zone = _zone(card)
    if zone is None or card.facts.opening == DAY_AND_NIGHT:
        return ""
    local = clock.now().astimezone(zone)
    found = opening_at(card.hours, local)
    if found is None:
        return ""
    if found.is_open:
        return _("Open now, until %(time)s.") % {"time": found.time}
    if found.day == local.weekday() and found.time > f"{local:%H:%M}":
        return _("Closed now. Opens today at %(time)s.") % {"time": found.time}
    day = str(WEEKDAYS[found.day])
    return _("Closed now. Opens on %(day)s at %(time)s.") % {"day": day, "time": found.time}


def _zone(card: ServiceCard) -> ZoneInfo | None:
    """Give the zone of the places of a service; None when they lie in more than one."""
    provinces = map(catalogue.province_of, card.districts or card.areas)
    zones = {zone for each in provinces if (zone := catalogue.zones().get(each))}
    if len(zones) > 1:
        return None
    return ZoneInfo(zones.pop()) if zones else clock.LOCAL
