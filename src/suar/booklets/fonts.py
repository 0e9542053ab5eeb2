"""The fonts of a language, and its words made of signs that these fonts have."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import typst

from suar.booklets import glyphs

OWN = Path(__file__).parent / "fonts"
DATA = Path(__file__).parent / "data" / "fonts.json"
NO_SHAPE = "?"
UNSEEN_BUT_NEEDED = frozenset("\u200b\u200c\u200d")
"""Marks between letters without which some scripts are written or broken wrongly."""
LONG_WORD = re.compile(r"[!-\u024f]{33,}")
PIECE = re.compile(r".{24}(?=.)")
CATEGORIES_DROPPED = frozenset({"Cc", "Cf", "Cs", "Cn"})
BLANKS = re.compile(r"[^\S\n]+")
LINES = re.compile(r"[\n\u2028\u2029]+")


class FontMissing(Exception):
    """A font that a language is set in is not on this machine; `family` is its name."""

    def __init__(self, family: str) -> None:
        super().__init__(family)
        self.family = family


@dataclass(frozen=True, slots=True)
class Fonts:
    """What a language is set in: families in the order in which they are tried, and their signs.

    `tall` says that its script has marks above and below the line, which need room.
    """

    families: tuple[str, ...]
    tall: bool
    loaded: typst.Fonts
    signs: frozenset[int]

    def shown(self, content: Any) -> Any:
        """Give texts, lists and tables with every text made fit to be set."""
        if isinstance(content, str):
            return self._fit(content)
        if isinstance(content, Mapping):
            return {key: self.shown(value) for key, value in content.items()}
        if isinstance(content, list | tuple):
            return [self.shown(each) for each in content]
        return content

    def _fit(self, text: str) -> str:
        """Drop signs that steer a screen, replace those without a shape, and let long words break.

        A sign that turns the direction of reading could make a number look like another one.
        """
        composed = LINES.sub("\n", unicodedata.normalize("NFC", text))
        kept = "".join(filter(None, map(self._sign, composed)))
        return LONG_WORD.sub(_breakable, BLANKS.sub(" ", kept)).strip()

    def _sign(self, sign: str) -> str:
        if sign == "\n" or sign in UNSEEN_BUT_NEEDED:
            return sign
        if sign == "\t":
            return " "
        if unicodedata.category(sign) in CATEGORIES_DROPPED:
            return ""
        return sign if ord(sign) in self.signs else NO_SHAPE


@cache
def of(language: str, data: Path = DATA) -> Fonts:
    """Load the fonts that `data` lists for a language.

    Raises FontMissing when one is not on this machine.
    """
    listed = _listed(data)
    base = language.split("-")[0]
    wanted = listed["languages"].get(base, listed["default"])
    own = _load([])
    loaded = own if set(_there(own, wanted)) <= set(own.families()) else _load(listed["folders"])
    families = _there(loaded, wanted)
    signs: set[int] = set()
    for family in families:
        found = next((each for each in loaded.fonts() if each.family == family), None)
        if found is None or found.path is None:
            raise FontMissing(family)
        signs |= glyphs.covered(Path(found.path), found.index)
    return Fonts(tuple(families), base in listed["tall"], loaded, frozenset(signs))


def _load(folders: Sequence[str]) -> typst.Fonts:
    there = [OWN, *(each for each in map(Path, folders) if each.is_dir())]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[*map(str, there)])


def _there(loaded: typst.Fonts, wanted: Sequence[str | list[str]]) -> list[str]:
    """Give each family; of several that do for the same signs, one that is there, or the first."""
    there = set(loaded.families())
    several = ([each] if isinstance(each, str) else each for each in wanted)
    return [next((name for name in names if name in there), names[0]) for names in several]


def _breakable(word: re.Match[str]) -> str:
    return PIECE.sub("\\g<0>\u200b", word[0])


@cache
def _listed(data: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(data.read_text("utf-8"))
    return content
