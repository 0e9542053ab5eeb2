"""The check as a page shows it: beside each sentence whom to call, written before a box is ticked.

Which sentences show is decided on the device alone, so the page holds all of them from the start.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from suar.directory import queries
from suar.directory.terms import ServiceCard, Spoken, Wanted
from suar.doors.entries import Entry
from suar.doors.forms import NEEDS, Need
from suar.doors.labels import listed, place_words
from suar.doors.understanding import Check, Told

EACH = 2
WHOLE_COUNTRY = "NATIONAL"


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody to call: who they are, where (empty: in the whole country), when they answer."""

    number: str
    name: Spoken
    provider: Spoken
    where: str
    hours: Spoken


@dataclass(frozen=True, slots=True)
class Answer:
    """What is told of a tick: the sentence, whom to call, and what to choose when looking."""

    told: Told
    helpers: Sequence[Helper]
    needs: Sequence[Need]


def answers(check: Check, *, language: str) -> list[Answer]:
    """Set beside each sentence those who fit it: who answers now, or helps everywhere."""
    return [
        Answer(told, _helpers(told, language), [NEEDS[name] for name in told.needs])
        for told in check.told
    ]


def _helpers(told: Told, language: str) -> list[Helper]:
    codes = tuple(code for name in told.needs for code in NEEDS[name].codes)
    if not codes:
        found = queries.country_lines(most=EACH, language=language)
    else:
        found = queries.answers_now(codes, most=EACH, language=language) or _everywhere(
            codes, language
        )
    return [each for card in found if (each := _helper(card, language)).number]


def _everywhere(codes: tuple[str, ...], language: str) -> tuple[ServiceCard, ...]:
    wanted = Wanted(needs=codes, place=WHOLE_COUNTRY)
    return queries.search(wanted, most=EACH, language=language).cards


def _helper(card: ServiceCard, language: str) -> Helper:
    places = () if WHOLE_COUNTRY in card.areas else card.districts or card.areas
    return Helper(
        number=Entry(card, (), language).first_number,
        name=card.name,
        provider=card.provider_name,
        where=listed(place_words(code, language) for code in places[:2]),
        hours=card.urgent.hours if card.urgent else Spoken(),
    )
