"""Invented people to practise a talk with: what they say at each step."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from suar.screening.rules.shapes import Text

FILE = Path(__file__).parents[1] / "data" / "practice-1.json"


@dataclass(frozen=True, slots=True)
class Invented:
    """Somebody who does not live: how one meets them, and what they say at each step."""

    code: str
    label: Text
    scene: Text
    says: Mapping[str, Text]


@lru_cache(maxsize=1)
def invented_people() -> Mapping[str, Invented]:
    """Give the invented people by code.

    Source: data/practice-1.json.
    """
    rows = json.loads(FILE.read_text("utf-8"))["people"]
    return MappingProxyType({row["code"]: _invented(row) for row in rows})


def _invented(row: dict[str, Any]) -> Invented:
    says = {step: Text(**said) for step, said in row["says"].items()}
    return Invented(row["code"], Text(**row["label"]), Text(**row["scene"]), MappingProxyType(says))
