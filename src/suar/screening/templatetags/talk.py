"""Print the wording of the talk in the language of the page."""

from typing import Any

from django import template

from suar.screening.rules.instrument import Instrument, Wording
from suar.screening.wording import code_words
from suar.screening.wording import say as say_wording

register = template.Library()


@register.filter
def say(text: Wording | None) -> str:
    """Return a wording in the language of the page."""
    return say_wording(text)


@register.filter
def code_of(code: str, talk: Instrument) -> str:
    """Return the wording of a code of this talk."""
    return code_words(talk, code)


@register.filter
def asked(code: str, page: dict[str, Any]) -> str:
    """Return the wording of a question on the path of a sum-up."""
    return say_wording(page["talk"].questions[code].wording(page["path"]))


@register.filter
def sorted_codes(codes: frozenset[str]) -> str:
    """Return codes in order, separated by spaces."""
    return " ".join(sorted(codes))


@register.filter
def item(mapping: dict[object, object], key: object) -> object:
    """Return the value of a key, "" if there is none."""
    return mapping.get(key, "")
