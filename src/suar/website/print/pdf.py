"""Render the content of an edition as PDF; the same content gives the same bytes.

Texts are reduced to the characters that the fonts of the language have, and passed as data.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import typst
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it has no types

from suar.core.i18n import LANGUAGES
from suar.website.print import packing
from suar.website.print.models import Layout

HERE = Path(__file__).parent
PAGES, OWN_FONTS, FONT_LIST = HERE / "pages", HERE / "fonts", HERE / "data" / "fonts.json"
PICTOGRAMS = HERE.parent / "static" / "website" / "pictograms"
NO_GLYPH = "?"
JOINERS = frozenset("\u200b\u200c\u200d")
"""Invisible characters without which some scripts are written or broken wrongly."""
LONG_WORD = re.compile(r"[!-\u024f]{33,}")
PIECE = re.compile(r".{24}(?=.)")
CATEGORIES_DROPPED = frozenset({"Cc", "Cf", "Cs", "Cn"})
BLANKS = re.compile(r"[^\S\n]+")
LINES = re.compile(r"[\n\u2028\u2029]+")


class FontMissing(Exception):
    """A font of a language is not installed; the message is its family name."""


@dataclass(frozen=True, slots=True)
class Fonts:
    """The fonts of a language: families in order of preference, and their characters.

    `tall` scripts have marks above and below the line, which need room.
    """

    families: tuple[str, ...]
    tall: bool
    loaded: typst.Fonts
    characters: frozenset[int]

    def printable(self, content: Any) -> Any:
        """Return a value with every text made printable."""
        if isinstance(content, str):
            return self._fit(content)
        if isinstance(content, Mapping):
            return {key: self.printable(value) for key, value in content.items()}
        if isinstance(content, list | tuple):
            return [self.printable(item) for item in content]
        return content

    def _fit(self, text: str) -> str:
        """Drop control characters, replace those without a glyph, and let long words break.

        A character that turns the direction of reading could make a number look like another one.
        """
        composed = LINES.sub("\n", unicodedata.normalize("NFC", text))
        fitted = "".join(map(self._fit_character, composed))
        broken = LONG_WORD.sub(lambda word: PIECE.sub("\\g<0>\u200b", word[0]), BLANKS.sub(" ", fitted))
        return broken.strip()

    def _fit_character(self, character: str) -> str:
        if character == "\n" or character in JOINERS:
            return character
        if character == "\t":
            return " "
        if unicodedata.category(character) in CATEGORIES_DROPPED:
            return ""
        return character if ord(character) in self.characters else NO_GLYPH


def render(content: Mapping[str, Any], layout: Layout) -> bytes:
    """Return one layout of an edition as PDF/UA-1. Raises FontMissing if a font of the language is not installed."""
    language = content["language"]
    fonts = load_fonts(language)
    data = {
        **fonts.printable(content),
        "form": str(layout),
        "fonts": fonts.families,
        "tall": fonts.tall,
        "pictures": sorted(file.stem for file in PICTOGRAMS.glob("*.svg")),
        "direction": "rtl" if language in LANGUAGES and LANGUAGES[language].rtl else "ltr",
    }
    file = typst.compile(
        str(PAGES / ("card.typ" if layout == Layout.CARD else "booklet.typ")),
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=datetime.combine(date.fromisoformat(content["day"]), time(12), UTC),
        root=str(HERE.parent),
        font_paths=fonts.loaded,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return packing.pack(bytes(file))


@cache
def load_fonts(language: str, font_list: Path = FONT_LIST) -> Fonts:
    """Load the fonts that the list names for a language. Raises FontMissing if one is not on this machine."""
    listed = json.loads(font_list.read_text("utf-8"))
    base = language.split("-")[0]
    wanted = listed["languages"].get(base, listed["default"])
    loaded = _load_folders([])
    if not set(_installed(loaded, wanted)) <= set(loaded.families()):
        loaded = _load_folders(listed["folders"])
    families = _installed(loaded, wanted)
    files = {font.family: font for font in reversed(loaded.fonts())}
    characters: set[int] = set()
    for family in families:
        if family not in files or (path := files[family].path) is None:
            raise FontMissing(family)
        characters |= code_points(Path(path), files[family].index)
    return Fonts(tuple(families), base in listed["tall"], loaded, frozenset(characters))


@cache
def code_points(path: Path, index: int = 0) -> frozenset[int]:
    """Return the code points for which a font file has a glyph."""
    with TTFont(path, fontNumber=index, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _load_folders(folders: Sequence[str]) -> typst.Fonts:
    paths = [str(OWN_FONTS), *(folder for folder in folders if Path(folder).is_dir())]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)


def _installed(loaded: typst.Fonts, wanted: Sequence[str | list[str]]) -> list[str]:
    """Return each font family; of alternatives the first that is installed."""
    installed = set(loaded.families())
    alternatives = ([family] if isinstance(family, str) else family for family in wanted)
    return [next((name for name in names if name in installed), names[0]) for names in alternatives]
