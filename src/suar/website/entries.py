"""A service as pages show it: texts in the active language, reasons, opening hours and the last check.

Reasons are short, in the second person and without codes. `data/messages/reasons.json` has a sentence for each
attribute and outcome, such as `EL_COST.states.FREE`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from suar.core import clock
from suar.core.i18n import format_day, localize
from suar.directory import catalogue, labels
from suar.directory.cards import CardPhone, LocalText, ServiceCard
from suar.directory.codes import Effect
from suar.directory.facts import Fit, Reason
from suar.directory.rules.relevance import ADULT_YEARS
from suar.website.messages import read_messages
from suar.website.rules import opening_at

DAY_AND_NIGHT = "24_7"
DAYS_IN_WEEK, TWO_WEEKS, DAYS_IN_MONTH, TWO_MONTHS, DAYS_IN_YEAR = 7, 14, 30, 60, 365
REASONS_IN_LIST, WARNINGS_IN_LIST, PLACES_IN_LIST = 4, 2, 4
REFUSING_ATTRIBUTES = frozenset(
    {"EL_SEX", "EL_AGE", "EL_CHILDREN_WITH", "EL_NATIONALITY", "EL_STAY", "EL_PAPERS", "EL_FORMAL", "EL_COOPERATION"}
    | {"EL_EXCLUSION"}
)
"""Attributes by which a service refuses people. A list shows each of these limits."""
CALL_FIELDS = ("AC_HOW", "AC_SAFE_CONTACT")
"""The parts of an entry that somebody reads before a call."""
ACCESS_FIELDS = (
    *("AC_WHAT", "AC_BRING", "AC_COST", "AC_WAIT", "AC_SECRET"),
    *("AC_LANG", "AC_COMPLAIN", "AC_EXAMPLE", "AC_FAQ"),
)
"""The other parts of an entry in display order."""
KINDS = {
    Effect.FOR: "yes",
    Effect.NOTE: "note",
    Effect.ASK: "ask",
    Effect.AGAINST: "no",
    Effect.WARN: "warn",
}
SENTENCES: dict[str, Promise] = read_messages("reasons")

PERSONAL_ATTRIBUTES = ("EL_SEX", "EL_AGE", "EL_AREA", "EL_LANGUAGE", "EL_CHILDREN_WITH")
"""Attributes of the person; a limit without an answer of the person is a note and not a question."""
WHO_ATTRIBUTES = ("EL_SEX", "EL_AGE")
LIMITS = ("match", "restricts")
KIND_ORDER = ("yes", "note", "warn", "ask", "no")
WHOLE_COUNTRY = "NATIONAL"
PLACES_WITH_SENTENCES = ("ABROAD", "SEA")
"""Places with a sentence of their own."""


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """A reason as text. `kind`: "yes", "note", "warn", "ask" (ask first) or "no" (does not fit).

    `limits`: it turns some people away.
    """

    kind: str
    words: str
    limits: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A service with the reasons why it fits, and the place that was searched.

    `elsewhere`: it serves other places, about `away_km` from there if that is known. `brief`: a list shows name,
    number, hours and limits only. `by_voice_only`: the person cannot call, and has no other way to reach it.
    """

    card: ServiceCard
    reasons: tuple[ReasonLine, ...] = ()
    place: str = ""
    elsewhere: bool = False
    away_km: int | None = None
    brief: bool = False
    by_voice_only: bool = False

    @property
    def main_reasons(self) -> tuple[ReasonLine, ...]:
        """Return each limit, and the most important other reasons and warnings for a list."""
        limits = [line for line in self.reasons if line.limits]
        if self.brief:
            return (*limits,)
        good = [line for line in self.reasons if line.kind in ("yes", "note") and not line.limits]
        others = [line for line in self.reasons if line.kind in ("warn", "ask") and not line.limits]
        return (*limits, *good[: max(REASONS_IN_LIST - len(limits), 2)], *others[:WARNINGS_IN_LIST])

    @property
    def short_lines(self) -> list[str]:
        """Return name, place, distance, numbers, hours and limits for a short list."""
        hours = [line["when"] or str(line["words"]) for line in self.opening_lines]
        limits = [line.words for line in self.reasons if line.limits]
        reach = [text for text in (self.first_places, self.distance, self.first_number) if text]
        messages = [f"{self.message_number} ({_('Messages only')})"] if self.message_number else []
        return [str(self.card.name), *reach, *messages, *hours, *limits]

    @property
    def refusals(self) -> tuple[ReasonLine, ...]:
        """Return the reasons why the service does not take the person."""
        return tuple(line for line in self.reasons if line.kind == "no")

    @property
    def journey(self) -> list[LocalText | str]:
        """Return how far a service elsewhere is, how to get there and what it costs, as far as that is known."""
        if not self.elsewhere:
            return []
        ways = [site.transport for site in self.card.sites]
        return [text for text in (self.distance, *ways, self.card.access.get("AC_COST", "")) if text]

    @property
    def distance(self) -> str:
        """Return how far a service elsewhere is, or an empty string."""
        return _("About %(km)d km from there in a straight line.") % {"km": self.away_km} if self.away_km else ""

    @property
    def first_places(self) -> str:
        """Return the first places for a list; empty if the chosen place is one of them.

        A hidden place has no district, so only the area it serves is shown.
        """
        if self.place in self.places:
            return ""
        more = "…" if len(self.places) > PLACES_IN_LIST else ""
        return labels.join_words(map(labels.place_name, self.places[:PLACES_IN_LIST])) + more

    @property
    def nearest_places(self) -> str:
        """Return two places at most, for a short list."""
        return labels.join_words(map(labels.place_name, self.places[:2]))

    @property
    def places(self) -> tuple[str, ...]:
        """Return the public places of a service, or those it serves; none for the whole country."""
        return () if WHOLE_COUNTRY in self.card.areas else self.card.districts or self.card.areas

    @property
    def call_answers(self) -> list[dict[str, str]]:
        """Return what to know before a call, as questions and answers."""
        return self._answers(CALL_FIELDS)

    @property
    def answers(self) -> list[dict[str, str]]:
        """Return the other parts of the entry as questions and answers."""
        return self._answers(ACCESS_FIELDS)

    @property
    def card_answers(self) -> list[dict[str, str]]:
        """Return the answers for the printed card."""
        return self._answers(("AC_HOW", "AC_BRING"))

    @property
    def phones(self) -> list[CardPhone]:
        """Return the numbers of the service and of its places, each once and without the one that answers now."""
        urgent = self.card.urgent.number if self.card.urgent else ""
        every = [*self.card.phones, *(phone for site in self.card.sites for phone in site.phones)]
        phones = [phone for phone in every if phone.number != urgent]
        return list({phone.number: phone for phone in reversed(phones)}.values())[::-1]

    @property
    def first_number(self) -> str:
        """Return the number to call first, preferably one that answers now."""
        if self.card.urgent:
            return self.card.urgent.number
        return next((phone.number for phone in self.card.phones if not phone.takes_messages), "")

    @property
    def message_number(self) -> str:
        """Return the number for messages only, or an empty string."""
        return next((phone.number for phone in self.card.phones if phone.takes_messages), "")

    @property
    def checked(self) -> str:
        """Return when the entry was last checked."""
        return checked_words(self.card.confirmed, today=clock.today())

    @property
    def checked_on(self) -> str:
        """Return the day of the last check without how long ago, for printed and static pages."""
        return checked_words(self.card.confirmed)

    @property
    def open_now(self) -> str:
        """Return whether the service is open now, or when it opens; empty if unknown."""
        return opening_words(self.card)

    @property
    def opening_lines(self) -> list[dict[str, str]]:
        """Return the opening hours: when, with a capital letter, and the words of the entry."""
        lines = [labels.hours_parts(hours) for hours in self.card.hours]
        return [{"when": capfirst(when), "words": words} for when, words in lines if when or words]

    @property
    def other_opening_lines(self) -> list[dict[str, str]]:
        """Return the opening hours without those that stand beside the number that answers now."""
        beside = str(self.card.urgent.hours).casefold() if self.card.urgent else ""
        stated = (beside, beside.partition(",")[0])
        return [line for line in self.opening_lines if line["words"] or line["when"].casefold() not in stated]

    def _answers(self, codes: Sequence[str]) -> list[dict[str, str]]:
        fields, access = catalogue.access_fields(), self.card.access
        return [
            {"question": localize(fields[code]["words"]), "answer": access[code]} for code in codes if access.get(code)
        ]


def checked_words(day: date | None, *, today: date | None = None) -> str:
    """Return the text about the last check of an entry; with `today` also how long ago."""
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


def reason_lines(fit: Fit, *, chosen: Collection[str] = ()) -> list[ReasonLine]:
    """Return the reasons why a service fits: what fits, what to know, what to ask.

    The people whom a service is for come first, so that nobody calls in vain. `chosen`: the attributes that the person
    answered; within each kind they come first.
    """

    def order(reason: Reason) -> tuple[bool, int, bool]:
        is_who = reason.attribute in WHO_ATTRIBUTES and reason.outcome in LIMITS
        return not is_who, KIND_ORDER.index(_kind(reason, chosen)), reason.attribute not in chosen

    ages = _ages_taken(fit.because)
    reasons = sorted((part for reason in fit.because for part in _split_areas(reason)), key=order)
    lines = [
        ReasonLine(_kind(reason, chosen), words, _is_limit(reason))
        for reason in reasons
        if (words := _sentence(reason, ages))
    ]
    return list(dict.fromkeys(lines))


def _split_areas(reason: Reason) -> Iterable[Reason]:
    """Split a reason if some of its places need a sentence of their own."""
    wide = tuple(code for code in reason.values if code in PLACES_WITH_SENTENCES)
    if reason.attribute != "EL_AREA" or not wide or len(wide) == len(reason.values):
        return (reason,)
    inside = tuple(code for code in reason.values if code not in wide)
    return (replace(reason, values=inside), replace(reason, values=wide))


def _ages_taken(reasons: Sequence[Reason]) -> str:
    """Return "adults" or "children" if a service is for them only."""
    for reason in reasons:
        if reason.attribute == "EL_AGE" and reason.outcome in LIMITS:
            low, high = reason.values
            return "adults" if int(low) >= ADULT_YEARS else "children" if high and int(high) < ADULT_YEARS else ""
    return ""


def _kind(reason: Reason, chosen: Collection[str]) -> str:
    if reason.attribute in PERSONAL_ATTRIBUTES and reason.outcome == "restricts" and reason.attribute not in chosen:
        return "note"
    return KINDS[reason.effect]


def _is_limit(reason: Reason) -> bool:
    """Return True if a service turns people away for this reason, whether or not it takes this person."""
    named = reason.outcome in ("restricts", "mismatch", "perhaps", "warning")
    stated = reason.outcome == "states" and reason.values == ("YES",)
    whom = reason.outcome == "match" and reason.attribute in ("EL_SEX", "EL_AGE", "EL_CHILDREN_WITH") and reason.values
    return reason.attribute in REFUSING_ATTRIBUTES and bool(named or stated or whom)


def _sentence(reason: Reason, ages: str) -> str:
    attribute, outcome, values = reason.attribute, reason.outcome, reason.values
    if attribute == "EL_SEX" and outcome != "perhaps":
        taken = values if outcome in ("open", "mismatch", *LIMITS) else ()
        sentences = (_first_sentence(f"EL_SEX.{ages}.{value}", f"EL_SEX.{value}") for value in taken)
        return " ".join(filter(None, sentences))
    if attribute == "EL_AGE" and outcome in ("mismatch", *LIMITS):
        return _age_sentence(*values)
    if values and values[0] in PLACES_WITH_SENTENCES and outcome in (*LIMITS, "mismatch"):
        return " ".join(_first_sentence(f"EL_AREA.{value}") for value in values)
    named = f"{attribute}.{outcome}"
    keys = (".".join(values) or "NONE", *values[:1])
    sentence = _first_sentence(*(f"{named}.{key}" for key in keys), named)
    if "%(" not in sentence:
        return sentence
    naming = {"EL_AREA": labels.place_name, "EL_LANGUAGE": labels.language_name}
    names = labels.join_words(map(naming.get(attribute, labels.value_label), values))
    return sentence % {"place": names, "languages": names, "people": names, "age": values[0]} if values else ""


def _first_sentence(*keys: str) -> str:
    return next((str(SENTENCES[key]) for key in keys if key in SENTENCES), "")


def _age_sentence(low: str, high: str) -> str:
    bounds = "between" if int(low) and high else "from" if int(low) else "up_to" if high else ""
    return _first_sentence(f"EL_AGE.{bounds}") % {"low": int(low), "high": high}
