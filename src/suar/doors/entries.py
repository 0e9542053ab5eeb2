"""A service as a page tells it: texts in one language, hours in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from suar.directory import catalogue
from suar.directory.terms import UNKNOWN_LANGUAGE, HoursEntry, ServiceCard, Texts
from suar.doors.labels import Why

REASONS_IN_A_LIST = 4
TOLD = (
    "AC_WHAT", "AC_HOW", "AC_BRING", "AC_COST", "AC_WAIT", "AC_SAFE_CONTACT", "AC_SECRET",
    "AC_LANG", "AC_COMPLAIN", "AC_EXAMPLE", "AC_FAQ",
)  # fmt: skip
"""What an entry tells the person, in the order in which a person asks."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A service, why it may fit, and the language to tell it in."""

    card: ServiceCard
    why: tuple[Why, ...]
    language: str

    @property
    def why_short(self) -> tuple[Why, ...]:
        """Give the first reasons and whatever has to be known before calling."""
        yes = [line for line in self.why if line.kind == "yes"][:REASONS_IN_A_LIST]
        rest = [line for line in self.why if line.kind != "yes"]
        return (*yes, *rest[:2])

    @property
    def told(self) -> list[dict[str, str]]:
        """List what the entry tells, as questions and answers."""
        fields = catalogue.access_fields()
        rows = ((code, say(self.card.access.get(code, {}), self.language)) for code in TOLD)
        return [
            {"question": say(fields[code]["words"], self.language), "answer": answer}
            for code, answer in rows
            if answer
        ]

    @property
    def phones(self) -> list[dict[str, Any]]:
        """List the numbers with what each is for."""
        numbers = list(self.card.phones)
        for site in self.card.sites:
            numbers += [each for each in site.phones if each not in numbers]
        return [
            {"number": each.number, "words": say(each.words, self.language) or _("Telephone")}
            for each in numbers
        ]

    @property
    def hours(self) -> list[str]:
        """List the opening hours, a line for each."""
        return [line for each in self.card.hours if (line := hours_words(each, self.language))]

    @property
    def urgent_hours(self) -> str:
        """Say when the number for now is answered."""
        return say(self.card.urgent.hours, self.language) if self.card.urgent else ""


def say(texts: Texts | Mapping[str, str], language: str) -> str:
    """Take a text in the language, or in the nearest there is."""
    for code in (language.split("-")[0], "en", "id", UNKNOWN_LANGUAGE):
        if texts.get(code):
            return texts[code]
    return next(iter(texts.values()), "")


def hours_words(hours: HoursEntry, language: str) -> str:
    """Say on which days and from when to when, and what is told besides."""
    words = say(hours.words, language)
    if not hours.days:
        return words
    days, said = days_words(hours.days), f" ({words})" if words else ""
    if not hours.opens:
        return f"{days}{said}"
    return f"{days}, {hours.opens}-{hours.closes}{said}"


def days_words(days: Sequence[int]) -> str:
    """Say weekdays shortly: neighbours as a span, the rest one by one; Monday is 0."""
    spans: list[list[int]] = []
    for day in sorted(set(days)):
        if spans and day == spans[-1][-1] + 1:
            spans[-1].append(day)
        else:
            spans.append([day])
    return ", ".join(_span(span) for span in spans)


def _span(span: Sequence[int]) -> str:
    names = [str(WEEKDAYS[day]) for day in span]
    if len(names) == 7:
        return _("every day")
    if len(names) < 3:
        return ", ".join(names)
    return _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
