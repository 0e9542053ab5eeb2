"""The ledger of releases: what was published of whom, and what of a privacy budget is spent.

A file of JSON lines. Each line holds a digest of its content and of the line before it, so that a
line that was changed, left out or put in between is noticed. It holds what is public, and no count
that was hidden.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from suar_research.files import FileError, Unreadable
from suar_research.releases.cells import People, Published, of_json

FIRST = "0" * 64
TABLES, BUDGET, NOISE = "tables", "budget", "noise"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line: its number from 1, its kind, the people it is about, and what was noted."""

    number: int
    kind: str
    series: str
    noted: Mapping[str, Any]
    digest: str


def read(text: str) -> list[Entry]:
    """Read a ledger and check its chain; raises Unreadable with the line that does not follow."""
    entries: list[Entry] = []
    before = FIRST
    for number, line in enumerate(text.splitlines(), 1):
        try:
            data = json.loads(line)
            content, digest = data["entry"], data["digest"]
            kind, series = str(content["kind"]), str(content["series"])
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable([f"line {number}: it is no entry of a ledger"]) from error
        if digest != _digest(before, content):
            raise Unreadable([f"line {number}: it does not follow the line before it, or was changed"])
        entries.append(Entry(number, kind, series, content, digest))
        before = digest
    return entries


def digest_of(people: People) -> str:
    """Return a digest of people that does not depend on the order of rows and columns or the format of a file."""
    order = np.argsort(people.names)
    rows, row_of = np.unique(people.at[people.count > 0][:, order], axis=0, return_inverse=True)
    counts = np.bincount(row_of.ravel(), people.count[people.count > 0]).astype(int)
    columns = {people.names[at]: people.codes[at] for at in order}
    return _digest("", {"columns": columns, "rows": rows.tolist(), "counts": counts.tolist()})


def times(entries: Sequence[Entry], series: str, people: Collection[str]) -> list[list[Published]]:
    """Return the releases of a series by time, those of the same people (by any of their digests) together and last.

    The last list is empty when nothing was released of exactly these people.
    """
    result: dict[str, list[Published]] = {}
    same: list[Published] = []
    for item in entries:
        if item.kind == TABLES and item.series == series:
            noted = item.noted["people"]
            (same if noted in people else result.setdefault(noted, [])).append(of_json(item.noted["release"]))
    return [*result.values(), same]


def other_series(entries: Sequence[Entry], series: str, people: Collection[str]) -> list[str]:
    """Return the other series in which tables or noise of exactly these people (by any of their digests) stand."""
    return sorted({item.series for item in entries if item.noted.get("people") in people} - {series})


def left(entries: Sequence[Entry], series: str) -> Fraction | None:
    """Return what is left of the budget of a series; None when none was set."""
    total = None
    for item in entries:
        if item.series == series and item.kind == BUDGET:
            total = Fraction(item.noted["rho"])
        elif item.series == series and item.kind == NOISE and total is not None:
            total -= Fraction(item.noted["rho"])
    return total


def add(name: str, entries: Sequence[Entry], *new: Mapping[str, Any]) -> None:
    """Add lines to the ledger as it was read; raises FileError when it has changed meanwhile."""
    try:
        handle = os.open(name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if [item.digest for item in read(file.read())] != [item.digest for item in entries]:
                raise FileError(name, ["somebody else has added to it meanwhile; begin again"])
            before = entries[-1].digest if entries else FIRST
            for content in new:
                before = _digest(before, content)
                file.write(json.dumps({"entry": content, "digest": before}, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise FileError(name, [f"it cannot be written ({error.strerror})"]) from error


def _digest(before: str, content: Mapping[str, Any]) -> str:
    written = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{written}".encode()).hexdigest()
