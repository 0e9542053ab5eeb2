"""Template filters for the wording of the talk."""

from collections.abc import Sequence
from typing import Any

from django import template

from suar.screening.rules.answers import Path
from suar.screening.rules.card_words import hide_revealing
from suar.screening.rules.instrument import Instrument, Question, Sign
from suar.screening.wording import code_words, say

register = template.Library()


register.filter("say", say)
register.filter("unless_revealing", hide_revealing)


@register.filter
def code_of(code: str, talk: Instrument) -> str:
    """Return the wording of a code of this talk."""
    return code_words(talk, code)


@register.filter
def wording(code: str, summary: dict[str, Any]) -> str:
    """Return the wording of a question on the path of a summary."""
    return say(summary["talk"].questions[code].wording(summary["path"]))


@register.filter
def signs_of(question: Question, talk: Instrument) -> list[Sign]:
    """Return the signs that can be ticked under a question on any path."""
    return list({sign.code: sign for path in Path for sign in talk.signs_of(question.code, path)}.values())


@register.filter
def sorted_codes(codes: frozenset[str]) -> str:
    """Return codes in order, separated by spaces."""
    return " ".join(sorted(codes))


@register.filter
def item(mapping: dict[object, object], key: object) -> object:
    """Return the value of a key, or ""."""
    return mapping.get(key, "")


@register.simple_tag
def not_listed(cards: Sequence[Any], listed: set[str]) -> list[Any]:
    """Return the phone lines whose number the page has not listed yet, and note them as listed."""
    new = [card for card in cards if card.urgent.number not in listed]
    listed.update(card.urgent.number for card in new)
    return new
