"""The data files of referral, read once, and the words for its codes in each language."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from suar.referrals.terms import State

DATA = Path(__file__).parents[1] / "data"


@cache
def read(name: str) -> Any:
    """Read one data file of this stage; it is never changed while the program runs.

    Source: the file's own `source`.
    """
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))


def words(code: str) -> Mapping[str, str]:
    """Give the words for any code of referral by language ("en", "id"); KeyError if unknown.

    Source: the data files' own `source`.
    """
    return _all_words()[code]


def meaning(state: State) -> Mapping[str, str]:
    """Give what a state means in one or two sentences, by language.

    Source: data/states.json.
    """
    rows: Mapping[str, Mapping[str, str]] = {row["code"]: row["meaning"] for row in read("states")["states"]}
    return rows[state]


@cache
def _all_words() -> Mapping[str, Mapping[str, str]]:
    return {**read("words")["words"], **dict(_coded())}


def _coded() -> Iterator[tuple[str, Mapping[str, str]]]:
    states, reasons, urgency = read("states"), read("reasons"), read("urgency")
    rows = (*states["states"], *states["acts"], *reasons["reasons"], *urgency["urgencies"])
    return ((row["code"], row["words"]) for row in rows)
