"""Words that betray, on something a person carries, what it is about."""

import json
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parents[1] / "data" / "betraying-1.json"
LISTS = ("stems_en", "stems_id")
ANYWHERE = 5
"""A stem of so many letters counts anywhere in a word; a shorter one where the word begins."""


def betrays(text: str) -> tuple[str, ...]:
    """Give the stems of a text that betray, in any language: a card mixes them.

    Source: data/betraying-1.json; docs/decisions/0020.
    """
    plain = f" {_plain(text)} "
    return tuple(stem for stem in _stems() if (stem if len(stem) >= ANYWHERE else f" {stem}") in plain)


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold())
    signs = [sign if sign.isalnum() else " " for sign in bare if not unicodedata.combining(sign)]
    return " ".join("".join(signs).split())


@lru_cache(maxsize=1)
def _stems() -> Sequence[str]:
    told = json.loads(FILE.read_text("utf-8"))
    return tuple(dict.fromkeys(stem for name in LISTS for stem in told[name]))
