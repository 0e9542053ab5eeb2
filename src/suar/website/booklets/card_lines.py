"""The small card: numbers with everyday words beside them, and nothing that betrays.

Whoever finds the card may be the one it must be hidden from. So no name of a service or of who
runs it stands on it, and no text that somebody wrote: only words of this list, days and times.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from suar.booklets.terms import CardLine
from suar.directory.cards import ServiceCard
from suar.website.emergency import Line
from suar.website.entries import WHOLE_DAY, days_words

MOST, MOST_URGENT = 8, 2
GROWN = 18
DAY_AND_NIGHT = "24_7"


def words() -> dict[str, str]:
    """Give the everyday word for each need, in the order in which the card has room for them."""
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


def lines(urgent: Sequence[Line], by_need: dict[str, Sequence[ServiceCard]]) -> tuple[CardLine, ...]:
    """Choose the numbers of a card: those for now, then the nearest for one need after the other.

    `by_need` holds services by group of need, nearest first. No number stands twice.
    """
    found: dict[str, CardLine] = {}
    for each in urgent[:MOST_URGENT]:
        found[each.number] = CardLine(pgettext("card", "Now"), each.number, "")
    for need, word in words().items():
        fresh = (line for card in by_need.get(need, ()) if (line := _line(word, card)))
        line = next((each for each in fresh if each.number not in found), None)
        if line is not None and len(found) < MOST:
            found[line.number] = line
    return tuple(found.values())


def takes_everybody(card: ServiceCard) -> bool:
    """Say whether a service turns nobody away for sex or age, as far as it tells."""
    facts = card.facts
    grown = facts.age_min is not None and facts.age_min > GROWN
    young = facts.age_max is not None and facts.age_max < GROWN
    return (facts.sex is None or "ANY" in facts.sex) and not grown and not young


def _line(word: str, card: ServiceCard) -> CardLine | None:
    if card.urgent:
        return CardLine(word, card.urgent.number, _when(card))
    return CardLine(word, card.phones[0].number, _when(card)) if card.phones else None


def _when(card: ServiceCard) -> str:
    """Say when it answers, in days and times alone; empty where the hours stand in words."""
    if card.facts.opening == DAY_AND_NIGHT:
        return pgettext("card", "Day and night")
    first = next((each for each in card.hours if each.days and each.opens and each.closes), None)
    if first is None:
        return ""
    days, whole = days_words(first.days), (first.opens, first.closes) in WHOLE_DAY
    return f"{days}, {_('day and night') if whole else f'{first.opens}-{first.closes}'}"
