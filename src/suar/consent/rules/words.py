"""The data files of consent, read once, and the words for its codes in each language."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data"


@cache
def read(name: str) -> Any:
    """Read one data file of this stage; it is never changed while the program runs.

    Source: the file's own `source`.
    """
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))


def words(code: str) -> Mapping[str, str]:
    """Give the words for any code of consent by language ("en", "id"); KeyError if unknown.

    Source: the data files' own `source`.
    """
    return _all_words()[code]


@cache
def _all_words() -> Mapping[str, Mapping[str, str]]:
    return {**read("words")["words"], **dict(_coded())}


def _coded() -> Iterator[tuple[str, Mapping[str, str]]]:
    fields, purposes, required = read("fields"), read("purposes"), read("words")["required"]
    rows = (
        *fields["fields"],
        *fields["groups"],
        *fields["kinds"],
        *purposes["purposes"],
        *required,
    )
    return ((row["code"], row["words"]) for row in rows)
