"""The sentences that reports print, and whom numbers can and cannot be about.

Source: data/avenues.json; Brunovskis & Surtees 2010, International Migration 48(4), on who is in
samples of people who were helped; own design, docs/decisions/case-tables.md.
"""

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("data") / "texts.toml"


def texts(module: str) -> dict[str, Any]:
    """Return the sentences of a module such as "mse.notices", by name."""
    group: dict[str, Any] = _all()[module]
    return group


@cache
def _all() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))


AVENUES = Path(__file__).with_name("data") / "avenues.json"
TEXTS = texts("coverage")
IDENTIFIED: str = TEXTS["identified"]
BY_SEX: str = TEXTS["by_sex"]
BY_GROUP: str = TEXTS["by_group"]
SHORT = "People who were identified, not all people who were trafficked."
SHORT_BY_SEX = "Men and women who were identified are not all men and women."
SEXES = frozenset({"male", "female", "man", "woman", "men", "women", "boy", "girl", "boys", "girls"})
SEX_COLUMNS = frozenset({"sex", "gender", "prs_gender"})


@dataclass(frozen=True)
class Avenue:
    """A way to reach people for research: whom it can see and whom it misses."""

    code: str
    name: str
    sees: str
    misses: str

    def note(self) -> str:
        """Return the sentence of a report."""
        return f"Reached through: {self.name}. This sees {self.sees}. It misses {self.misses}."


@cache
def avenues() -> dict[str, Avenue]:
    """Return every way that is known, by its code."""
    listed = json.loads(AVENUES.read_text("utf-8"))["avenues"]
    return {item["code"]: Avenue(item["code"], item["name"], item["sees"], item["misses"]) for item in listed}


def notes(groups: Iterable[tuple[str, Iterable[str]]], codes: Iterable[str]) -> tuple[str, ...]:
    """Return the sentences for a table by some columns (names with values), reached in some ways."""
    text = [IDENTIFIED]
    for name, values in groups:
        sentence = BY_SEX if is_sex(name, values) else BY_GROUP.format(name=name)
        text += [sentence] if sentence not in text else []
    return (*text, *(avenues()[code].note() for code in codes))


def short(groups: Iterable[tuple[str, Iterable[str]]]) -> str:
    """Return the note that stays with each single table, also where it is copied alone."""
    by_sex = any(is_sex(name, values) for name, values in groups)
    return f"{SHORT} {SHORT_BY_SEX}" if by_sex else SHORT


def is_sex(name: str, values: Iterable[str]) -> bool:
    """Return True if a column tells men and women apart."""
    words = {value.casefold() for value in values}
    return name.casefold() in SEX_COLUMNS or len(words & SEXES) > 1
