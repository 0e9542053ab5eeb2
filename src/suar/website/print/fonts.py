"""The fonts of a language, and texts reduced to the characters that these fonts have.

Source: OpenType 1.9, chapters "otff" (table directory, collections) and "cmap" (formats 4, 12).
"""

import json
import re
import struct
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import typst

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
UNICODE_TABLES = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))
"""Platform and encoding of the Unicode tables, the widest first."""
COLLECTION = b"ttcf"


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

    def printable(self, content: Any) -> Any:
        """Return a value with every text made printable."""
        if isinstance(content, str):
            return self._fit(content)
        if isinstance(content, Mapping):
            return {key: self.printable(value) for key, value in content.items()}
        if isinstance(content, list | tuple):
            return [self.printable(each) for each in content]
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
def load_fonts(language: str, data: Path = DATA) -> Fonts:
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
        signs |= code_points(Path(found.path), found.index)
    return Fonts(tuple(families), base in listed["tall"], loaded, frozenset(signs))


def _load(folders: Sequence[str]) -> typst.Fonts:
    there = [OWN, *(each for each in map(Path, folders) if each.is_dir())]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[*map(str, there)])


def _there(loaded: typst.Fonts, wanted: Sequence[str | list[str]]) -> list[str]:
    """Return each font family; of alternatives the first that is installed."""
    there = set(loaded.families())
    several = ([each] if isinstance(each, str) else each for each in wanted)
    return [next((name for name in names if name in there), names[0]) for names in several]


def _breakable(word: re.Match[str]) -> str:
    return PIECE.sub("\\g<0>\u200b", word[0])


@cache
def _listed(data: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(data.read_text("utf-8"))
    return content


@cache
def code_points(path: Path, index: int = 0) -> frozenset[int]:
    """Return the code points for which a font file has a glyph. Raises ValueError if it is no font."""
    font = path.read_bytes()
    try:
        table = _cmap(font, index)
        kind = struct.unpack_from(">H", table)[0]
        ranges = {4: _format_4, 12: _format_12}[kind](table)
        return frozenset(code for first, last in ranges for code in range(first, last + 1))
    except (struct.error, KeyError, StopIteration) as error:
        raise ValueError(f"{path.name} cannot be read as a font") from error


def _cmap(font: bytes, index: int) -> bytes:
    start = struct.unpack_from(">I", font, 12 + 4 * index)[0] if font[:4] == COLLECTION else 0
    count = struct.unpack_from(">H", font, start + 4)[0]
    rows = (struct.unpack_from(">4sIII", font, start + 12 + 16 * row) for row in range(count))
    at = next(offset for tag, _, offset, _ in rows if tag == b"cmap")
    tables = struct.unpack_from(">H", font, at + 2)[0]
    found = {}
    for row in range(tables):
        platform, encoding, offset = struct.unpack_from(">HHI", font, at + 4 + 8 * row)
        found[platform, encoding] = at + offset
    return font[next(found[each] for each in UNICODE_TABLES if each in found) :]


def _format_4(table: bytes) -> Iterator[tuple[int, int]]:
    count = struct.unpack_from(">H", table, 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", table, 14)
    starts = struct.unpack_from(f">{count}H", table, 16 + 2 * count)
    # The last segment is 0xFFFF, which is no sign.
    return ((first, last) for first, last in zip(starts, ends, strict=True) if first != 0xFFFF)


def _format_12(table: bytes) -> Iterator[tuple[int, int]]:
    count = struct.unpack_from(">I", table, 12)[0]
    return (struct.unpack_from(">II", table, 16 + 12 * row) for row in range(count))
