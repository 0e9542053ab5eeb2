"""How words that somebody types are read in a language: folded, and without what says nothing."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from suar.directory.tokens import tokenize

DATA = Path(__file__).parent / "data" / "looking.json"
SHORTEST_LEFT = 2
"""A word must keep more letters than these when what is written together with it is taken off."""


@dataclass(frozen=True, slots=True)
class Writing:
    """How a language is read. `least` is 0 where words stand apart from one another.

    `small` words say nothing of what is looked for; `other` letters stand for one another; `heads`
    are written together with the word that follows; a shorter part than `least` says nothing.
    """

    small: tuple[str, ...] = ()
    other: Mapping[str, str] | None = None
    heads: tuple[str, ...] = ()
    least: int = 0

    def words(self, text: str) -> list[str]:
        """Split a text into normalised words."""
        return [folded for each in tokenize(text) if (folded := self.folded(each))]

    def folded(self, word: str) -> str:
        """Normalise a word of the index."""
        plain = "".join(self.other.get(sign, sign) for sign in word) if self.other else word
        head = next((each for each in self.heads if plain.startswith(each)), "")
        return plain[len(head) :] if len(plain) - len(head) > SHORTEST_LEFT else plain

    def says_nothing(self, word: str) -> bool:
        """Return True for a stop word."""
        return word in self.small

    def runs(self, text: str) -> list[str]:
        """Split a text without spaces at stop words and at the spaces it has."""
        plain = "".join(sign if _is_of_a_word(sign) else " " for sign in even(text))
        for each in sorted(map(even, self.small), key=len, reverse=True):
            plain = plain.replace(each, " ")
        return plain.split()


def even(text: str) -> str:
    """Normalise a text of a script without spaces; invisible characters are removed."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")


@cache
def writing(language: str) -> Writing:
    """Return how a language is normalised; the default splits at spaces."""
    told: dict[str, Any] = json.loads(DATA.read_text("utf-8"))["languages"].get(language, {})
    return Writing(
        small=tuple(told.get("small", ())),
        other=told.get("other"),
        heads=tuple(told.get("heads", ())),
        least=told.get("least", 0),
    )


def _is_of_a_word(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LMN"
