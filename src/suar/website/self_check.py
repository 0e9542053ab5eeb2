"""The check as a page shows it: beside each sentence whom to call, written before a box is ticked.

Which sentences show is decided on the device alone, so the page holds all of them from the start.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from suar.directory import queries
from suar.directory.cards import LocalText, ServiceCard
from suar.directory.search import SearchQuery
from suar.website.entries import Entry
from suar.website.forms import NEEDS, Need
from suar.website.reasons import WHOLE_COUNTRY, listed, place_words
from suar.website.texts import Advice, Check

EACH, CONSIDERED = 2, 20


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody to call: who they are, where (empty: in the whole country), when they answer."""

    number: str
    name: LocalText
    provider: LocalText
    where: str
    hours: LocalText


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown after a tick: the sentence, whom to call, and what to choose when looking."""

    advice: Advice
    helpers: Sequence[Helper]
    needs: Sequence[Need]


def answers(check: Check, *, language: str) -> list[Answer]:
    """Set beside each sentence those who fit it: who answers now, or helps everywhere."""
    return [
        Answer(advice, _helpers(advice, language), [NEEDS[name] for name in advice.needs]) for advice in check.advice
    ]


def _helpers(advice: Advice, language: str) -> list[Helper]:
    """Give who is called first: in the whole country before elsewhere, then by kind of help.

    Where a person is is not asked here, so who helps in one place is shown with that place.
    """
    once = {card.id: card for card in _who_does_it(advice.first, language)}.values()
    ordered = sorted(once, key=lambda card: (WHOLE_COUNTRY not in card.areas, _rank(card, advice)))
    return [_helper(card, language) for card in ordered[:EACH]]


def _who_does_it(kinds: tuple[str, ...], language: str) -> list[ServiceCard]:
    """Give who answers now or helps everywhere; else anybody who does it; else any open line."""
    ready = queries.answers_now(kinds, most=CONSIDERED, language=language)
    found = filter(_is_reached, (*ready, *_search(kinds, WHOLE_COUNTRY, language)))
    return (
        list(found)
        or list(filter(_is_reached, _search(kinds, "", language)))
        or list(queries.country_lines(most=EACH, language=language))
    )


def _search(kinds: tuple[str, ...], place: str, language: str) -> tuple[ServiceCard, ...]:
    wanted = SearchQuery(needs=kinds, place=place)
    return queries.search_services(wanted, most=CONSIDERED, language=language).cards


def _is_reached(card: ServiceCard) -> bool:
    return bool(Entry(card, (), "").first_number)


def _rank(card: ServiceCard, advice: Advice) -> int:
    return min((advice.first.index(kind) for kind in card.types if kind in advice.first), default=99)


def _helper(card: ServiceCard, language: str) -> Helper:
    entry = Entry(card, (), language)
    return Helper(
        number=entry.first_number,
        name=card.name,
        provider=card.provider_name,
        where=listed(place_words(code, language) for code in entry.places[:2]),
        hours=card.urgent.hours if card.urgent else LocalText(),
    )
