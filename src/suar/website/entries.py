"""A service as pages show it: texts in the active language, reasons, opening hours and last check in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from suar.core import clock
from suar.core.i18n import format_day, localize
from suar.directory import catalogue, labels
from suar.directory.cards import CardHours, CardPhone, ServiceCard
from suar.website.reasons import WHOLE_COUNTRY, Why, listed
from suar.website.rules import opening_at

DAY_AND_NIGHT = "24_7"
DAYS_IN_WEEK, TWO_WEEKS, DAYS_IN_MONTH, TWO_MONTHS, DAYS_IN_YEAR = 7, 14, 30, 60, 365
REASONS_IN_LIST, WARNINGS_IN_LIST, PLACES_IN_LIST = 4, 2, 4
WHOLE_DAY = {("00:00", "23:59"), ("00:00", "24:00"), ("00:00", "00:00")}
ACCESS_FIELDS = (
    *("AC_WHAT", "AC_HOW", "AC_BRING", "AC_COST", "AC_WAIT", "AC_SAFE_CONTACT", "AC_SECRET"),
    *("AC_LANG", "AC_COMPLAIN", "AC_EXAMPLE", "AC_FAQ"),
)
"""The parts of an entry in the order in which a person asks for them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A service, why it may fit, and the place that was chosen."""

    card: ServiceCard
    why: tuple[Why, ...] = ()
    place: str = ""

    @property
    def why_short(self) -> tuple[Why, ...]:
        """Return the first reasons, and what must be known before calling."""
        good = [line for line in self.why if line.kind in ("yes", "note")]
        others = [line for line in self.why if line.kind in ("warn", "ask")]
        return (*good[:REASONS_IN_LIST], *others[:WARNINGS_IN_LIST])

    @property
    def where(self) -> str:
        """Return the first places for a list; empty if the chosen place is one of them.

        A hidden place has no district, so only the area it serves is shown.
        """
        if self.place in self.places:
            return ""
        more = "…" if len(self.places) > PLACES_IN_LIST else ""
        return listed(map(labels.place_name, self.places[:PLACES_IN_LIST])) + more

    @property
    def nearest_places(self) -> str:
        """Return two places at most, for a short list."""
        return listed(map(labels.place_name, self.places[:2]))

    @property
    def places(self) -> tuple[str, ...]:
        """Return the public places of a service, or those it serves; none for the whole country."""
        return () if WHOLE_COUNTRY in self.card.areas else self.card.districts or self.card.areas

    @property
    def answers(self) -> list[dict[str, str]]:
        """Return the parts of the entry as questions and answers."""
        return self._answers(ACCESS_FIELDS)

    @property
    def card_answers(self) -> list[dict[str, str]]:
        """Return what somebody needs who has only the printed card."""
        return self._answers(("AC_HOW", "AC_BRING"))

    @property
    def phones(self) -> list[CardPhone]:
        """Return the numbers of the service and of its places, each once."""
        phones = [*self.card.phones, *(phone for site in self.card.sites for phone in site.phones)]
        return list({phone.number: phone for phone in reversed(phones)}.values())[::-1]

    @property
    def first_number(self) -> str:
        """Return the number to call first: one that somebody answers now, if there is one."""
        if self.card.urgent:
            return self.card.urgent.number
        return self.card.phones[0].number if self.card.phones else ""

    @property
    def checked(self) -> str:
        """Return when the entry was last checked."""
        return checked_words(self.card.confirmed, today=clock.today())

    @property
    def checked_on(self) -> str:
        """Return the day alone, for pages that are read later than they are made."""
        return checked_words(self.card.confirmed)

    @property
    def open_now(self) -> str:
        """Return whether the service is open now, or when it opens; empty if the hours do not say it."""
        return opening_words(self.card)

    @property
    def open_at(self) -> list[dict[str, str]]:
        """Return the opening hours: when, and the words of the entry."""
        lines = [{"when": when_words(hours), "words": hours.words} for hours in self.card.hours]
        return [line for line in lines if line["when"] or line["words"]]

    def _answers(self, codes: Sequence[str]) -> list[dict[str, str]]:
        fields, access = catalogue.access_fields(), self.card.access
        return [
            {"question": localize(fields[code]["words"]), "answer": access[code]} for code in codes if access.get(code)
        ]


def checked_words(day: date | None, *, today: date | None = None) -> str:
    """Return on which day a person last checked an entry; None is never. With `today`, also how long ago."""
    if day is None:
        return _("Not checked yet.")
    if today is None:
        return _("Last checked on %(day)s.") % {"day": format_day(day)}
    ago = ago_words((today - day).days)
    return _("Checked by a person %(ago)s, on %(day)s.") % {"day": format_day(day), "ago": ago}


def ago_words(days: int) -> str:
    """Return how long ago something was."""
    if days < TWO_WEEKS:
        return _("in the last two weeks")
    if days < TWO_MONTHS:
        return _("%(n)d weeks ago") % {"n": days // DAYS_IN_WEEK}
    if days <= DAYS_IN_YEAR:
        return _("%(n)d months ago") % {"n": min(days // DAYS_IN_MONTH, 12)}
    return _("more than a year ago")


def when_words(hours: CardHours) -> str:
    """Return days and times; empty if the hours are free text."""
    if not hours.days:
        return ""
    days = days_words(hours.days)
    if not hours.opens:
        return days
    if (hours.opens, hours.closes) in WHOLE_DAY:
        return listed([days, _("day and night")])
    return listed([days, f"{hours.opens}-{hours.closes}"])


def days_words(days: Sequence[int]) -> str:
    """Return weekdays, with neighbours as a span; Monday is 0."""
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
    """Return whether a service is open now, until when, or when it opens again.

    Empty if that is not known, and for a service that is open day and night.
    """
    zone = _zone(card)
    if zone is None or card.facts.opening == DAY_AND_NIGHT:
        return ""
    local = clock.now().astimezone(zone)
    opening = opening_at(card.hours, local)
    if opening is None:
        return ""
    if opening.is_open:
        return _("Open now, until %(time)s.") % {"time": opening.time}
    if opening.day == local.weekday() and opening.time > f"{local:%H:%M}":
        return _("Closed now. Opens today at %(time)s.") % {"time": opening.time}
    day = str(WEEKDAYS[opening.day])
    return _("Closed now. Opens on %(day)s at %(time)s.") % {"day": day, "time": opening.time}


def _zone(card: ServiceCard) -> ZoneInfo | None:
    """Return the time zone of a service, or None if its places have several."""
    provinces = map(catalogue.province_of, card.districts or card.areas)
    zones = {zone for province in provinces if (zone := catalogue.zones().get(province))}
    if len(zones) > 1:
        return None
    return ZoneInfo(zones.pop()) if zones else clock.LOCAL
