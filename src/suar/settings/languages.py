"""The languages of the public door: which are offered, and how far each was checked."""

import json
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).parent / "languages.json"
WORDS = Path(__file__).parent.parent / "website" / "data"
OFFICIAL = {"ID": "id"}
"""By country the language of its offices; elsewhere English stands in."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its name in its own writing, and who made and who checked its messages.

    `day` and `month` are forms in which it writes a date, as Django knows them; empty is the usual.
    """

    code: str
    name: str
    rtl: bool
    made_by: str
    checked: str
    day: str = ""
    month: str = ""

    @property
    def draft(self) -> bool:
        """Say whether its messages were put into it and nobody who grew up with it read them."""
        return bool(self.made_by) and not self.checked


def known() -> tuple[Language, ...]:
    """Read every language that has a row, offered or not."""
    rows = json.loads(TABLE.read_text("utf-8"))["languages"]
    return tuple(
        Language(
            row["code"],
            row["name"],
            row.get("rtl", False),
            row["made_by"],
            row["checked"],
            row.get("day", ""),
            row.get("month", ""),
        )
        for row in rows
    )


def offered() -> tuple[Language, ...]:
    """Give the languages that have words to read."""
    return tuple(each for each in known() if list(WORDS.glob(f"understanding-*-{each.code}.json")))


def nearest(tag: str, codes: tuple[str, ...]) -> str:
    """Give the offered language that a tag of a browser means, such as km-KH; empty for none."""
    wanted = tag.lower()
    base = wanted.partition("-")[0]
    found = [code for code in codes if code in (wanted, base) or code.startswith(f"{base}-")]
    return max(found, key=lambda code: (code == wanted, code == base), default="")
