"""The services to call beside each advice of the self-check.

Which advice is shown is decided on the device, so the page holds all of them from the start.
"""

from typing import Any

from suar.directory import queries
from suar.directory.cards import ServiceCard
from suar.directory.search import SearchQuery
from suar.website.entries import Entry
from suar.website.forms import NEEDS
from suar.website.reasons import WHOLE_COUNTRY
from suar.website.texts import Advice, Check

SHOWN, CONSIDERED = 2, 20


def list_answers(check: Check, *, language: str) -> list[dict[str, Any]]:
    """Return each advice with services to call, and the needs to choose on the start page."""
    return [
        {
            "advice": advice,
            "helpers": [Entry(card, (), language) for card in _choose(advice, language)],
            "needs": [NEEDS[name] for name in advice.needs],
        }
        for advice in check.advice
    ]


def _choose(advice: Advice, language: str) -> list[ServiceCard]:
    """Return who to call first: services for the whole country, then by type of service.

    The person's place is not asked here, so a local service is shown with its place.
    """
    cards = {card.id: card for card in _find(advice.first, language)}.values()
    ordered = sorted(cards, key=lambda card: (WHOLE_COUNTRY not in card.areas, _rank(card, advice)))
    return ordered[:SHOWN]


def _find(types: tuple[str, ...], language: str) -> list[ServiceCard]:
    """Return who answers now or serves the whole country; else anybody; else the national lines."""
    ready = queries.answers_now(types, most=CONSIDERED, language=language)
    return (
        _with_phone([*ready, *_search(types, WHOLE_COUNTRY, language)])
        or _with_phone(_search(types, "", language))
        or list(queries.country_lines(most=SHOWN, language=language))
    )


def _search(types: tuple[str, ...], place: str, language: str) -> list[ServiceCard]:
    query = SearchQuery(needs=types, place=place)
    return list(queries.search_services(query, most=CONSIDERED, language=language).cards)


def _with_phone(cards: list[ServiceCard]) -> list[ServiceCard]:
    return [card for card in cards if Entry(card, (), "").first_number]


def _rank(card: ServiceCard, advice: Advice) -> int:
    return min((advice.first.index(code) for code in card.types if code in advice.first), default=99)
