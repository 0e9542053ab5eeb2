"""The small card: phone numbers beside everyday words, and nothing that reveals its purpose.

The person it must be hidden from may find it. So it holds no name of a service or provider and no
text that somebody wrote: only words of this list, days and times.
"""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from suar.directory.cards import ServiceCard
from suar.website.emergency import Line
from suar.website.entries import WHOLE_DAY, days_words

MOST, MOST_URGENT = 8, 2
ADULT_AGE = 18
DAY_AND_NIGHT = "24_7"


def need_words() -> dict[str, str]:
    """Return the everyday word for each group of needs, in the order in which they are placed."""
    return {
        "HOUSING": pgettext("card", "Room"),
        "HEALTH": pgettext("card", "Doctor"),
        "SAFETY": pgettext("card", "Any time"),
        "JUSTICE": pgettext("card", "Advice"),
        "MENTAL": pgettext("card", "Talk"),
        "RETURN": pgettext("card", "Travel"),
        "STATUS": pgettext("card", "Letters"),
        "BASIC": pgettext("card", "Food"),
        "FAMILY": pgettext("card", "Family"),
        "ECONOMIC": pgettext("card", "Work"),
        "EDUCATION": pgettext("card", "School"),
        "COORD": pgettext("card", "Questions"),
    }


def build_lines(urgent: Sequence[Line], by_need: Mapping[str, Sequence[ServiceCard]]) -> list[dict[str, str]]:
    """Return the numbers of a card, each once: emergency numbers, then one service for each need.

    `by_need` holds services by group of needs, nearest first.
    """
    lines = {line.number: _line(pgettext("card", "Now"), line.number, "") for line in urgent[:MOST_URGENT]}
    for need, word in need_words().items():
        numbers = ((_first_number(card), card) for card in by_need.get(need, ()))
        number, card = next(((number, card) for number, card in numbers if number and number not in lines), ("", None))
        if card is not None and len(lines) < MOST:
            lines[number] = _line(word, number, _when(card))
    return list(lines.values())


def takes_everybody(card: ServiceCard) -> bool:
    """Return True if a service excludes nobody by sex or age, as far as is known."""
    facts = card.facts
    adults_only = facts.age_min is not None and facts.age_min > ADULT_AGE
    children_only = facts.age_max is not None and facts.age_max < ADULT_AGE
    return (facts.sex is None or "ANY" in facts.sex) and not adults_only and not children_only


def _line(word: str, number: str, when: str) -> dict[str, str]:
    return {"word": word, "number": number, "when": when}


def _first_number(card: ServiceCard) -> str:
    if card.urgent:
        return card.urgent.number
    return card.phones[0].number if card.phones else ""


def _when(card: ServiceCard) -> str:
    """Return when it answers, in days and times alone; empty if the hours are free text."""
    if card.facts.opening == DAY_AND_NIGHT:
        return pgettext("card", "Day and night")
    first = next((hours for hours in card.hours if hours.days and hours.opens and hours.closes), None)
    if first is None:
        return ""
    whole_day = (first.opens, first.closes) in WHOLE_DAY
    return f"{days_words(first.days)}, {_('day and night') if whole_day else f'{first.opens}-{first.closes}'}"
