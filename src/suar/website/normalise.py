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
        """Split a text into words as they are compared."""
        return [folded for each in tokenize(text) if (folded := self.folded(each))]

    def folded(self, word: str) -> str:
        """Write a word of the index as it is compared in this language."""
        plain = "".join(self.other.get(sign, sign) for sign in word) if self.other else word
        head = next((each for each in self.heads if plain.startswith(each)), "")
        return plain[len(head) :] if len(plain) - len(head) > SHORTEST_LEFT else plain

    def says_nothing(self, word: str) -> bool:
        """Say whether a compared word says nothing of what is looked for."""
        return word in self.small

    def runs(self, text: str) -> list[str]:
        """Split a text of a language without spaces where it has any, or a small word stands."""
        plain = "".join(sign if _is_of_a_word(sign) else " " for sign in even(text))
        for each in sorted(map(even, self.small), key=len, reverse=True):
            plain = plain.replace(each, " ")
        return plain.split()


def even(text: str) -> str:
    """Write a text of a script without spaces in one way; marks stay, invisible signs go."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")


@cache
def writing(language: str) -> Writing:
    """Give how a language is read; one that nobody described has words and nothing else."""
    told: dict[str, Any] = json.loads(DATA.read_text("utf-8"))["languages"].get(language, {})
    return Writing(
        small=tuple(told.get("small", ())),
        other=told.get("other"),
        heads=tuple(told.get("heads", ())),
        least=told.get("least", 0),
    )


def _is_of_a_word(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LMN"
