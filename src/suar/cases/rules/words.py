"""The data files of case work, read once, and the words for its codes in each language."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from suar.cases.terms import FollowUp, Result

DATA = Path(__file__).parents[1] / "data"


@cache
def read(name: str) -> Any:
    """Read one data file of this stage; it is never changed while the program runs.

    Source: the file's own `source`.
    """
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))


def words(code: str) -> Mapping[str, str]:
    """Give the words for any code of case work by language ("en", "id"); KeyError if unknown.

    Source: the data files' own `source`.
    """
    return _all_words()[code]


def content(code: FollowUp) -> Mapping[str, str]:
    """Give what a follow-up looks at, by language.

    Source: data/calendar.json.
    """
    rows = {row["code"]: row["content"] for row in read("calendar")["follow_ups"]}
    found: Mapping[str, str] = rows[code]
    return found


def then(result: Result) -> Mapping[str, str]:
    """Give what a worker does next after this result, by language; empty when nothing more.

    Source: data/calendar.json.
    """
    rows = {row["code"]: row["then"] for row in read("calendar")["results"]}
    found: Mapping[str, str] = rows[result]
    return found


@cache
def _all_words() -> Mapping[str, Mapping[str, str]]:
    return {**read("words")["words"], **dict(_coded())}


def _coded() -> Iterator[tuple[str, Mapping[str, str]]]:
    calendar, closing = read("calendar"), read("closing")
    rows = (
        *calendar["follow_ups"],
        *calendar["results"],
        *closing["reasons"],
        *closing["bars"],
        *read("plan")["fields"],
        *read("needs")["groups"],
        *read("words")["steps"],
    )
    return ((row["code"], row["words"]) for row in rows)
