"""Words that must not be printed on a card because they reveal its purpose."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from suar.screening.rules.data_files import load_file

STEMS = "stems_"
MIN_LENGTH_ANYWHERE = 5
"""A stem of at least this length matches anywhere in a word, a shorter one only at its start."""


def revealing_words(text: str) -> tuple[str, ...]:
    """Return the revealing word stems of all languages in a text of a card.

    Source: data/card-words-1.json; docs/decisions/printed-papers.md.
    """
    plain = f" {_plain(text)} "
    return tuple(stem for stem in _stems() if (stem if len(stem) >= MIN_LENGTH_ANYWHERE else f" {stem}") in plain)


def hide_revealing(text: str) -> str:
    """Return a text of a card, or "" if a word of it would reveal the purpose.

    Source: docs/decisions/printed-papers.md.
    """
    return "" if revealing_words(text) else text


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold())
    signs = [sign if sign.isalnum() else " " for sign in bare if not unicodedata.combining(sign)]
    return " ".join("".join(signs).split())


@lru_cache(maxsize=1)
def _stems() -> Sequence[str]:
    lists = [stems for key, stems in load_file("card-words-1").items() if key.startswith(STEMS)]
    return tuple(dict.fromkeys(stem for stems in lists for stem in stems))
