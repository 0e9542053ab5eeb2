"""The information sheet: what a person may want to know before they choose."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from suar.screening.rules.shapes import Text

FILE = Path(__file__).parents[1] / "data" / "information-1.json"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to know: its heading and its sentences."""

    code: str
    title: Text
    lines: Sequence[Text]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole sheet."""

    version: int
    title: Text
    parts: Sequence[Part]


@lru_cache(maxsize=1)
def information() -> Sheet:
    """Give the information sheet.

    Source: data/information-1.json.
    """
    told = json.loads(FILE.read_text("utf-8"))
    parts = [Part(row["code"], Text(**row["title"]), [Text(**line) for line in row["lines"]]) for row in told["parts"]]
    return Sheet(told["version"], Text(**told["title"]), parts)
