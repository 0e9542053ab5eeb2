"""The record of a study: a file of lines, each sealed to the one before it.

A line holds when, with which version, what happened, the hash of the line before, and its own. A
changed, dropped or moved line is found. That the whole was not written anew later is proved only
by a hash that somebody else holds: say it to the committee when the study is registered.

Source: own design, docs/decisions/studies.md.

The current time, which tests can shift.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from suar_research import __version__
from suar_research.files import Unreadable, replace_content
from suar_research.studies.protocol import Protocol, digest

_shift = timedelta(0)


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC) + _shift


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Shift `now` by a time span while the block runs."""
    global _shift
    before, _shift = _shift, _shift + by
    try:
        yield
    finally:
        _shift = before


FORMAT = 1
NOTHING = "0" * 64
REGISTERED, OPENED, AMENDED, CLOSED = "registered", "opened", "amended", "closed"
KINDS = (REGISTERED, OPENED, AMENDED, CLOSED)
FIELDS = {"suar_study", "number", "at", "version", "kind", "body", "before", "hash"}


@dataclass(frozen=True)
class Line:
    """One line of a record."""

    number: int
    at: str
    version: str
    kind: str
    body: dict[str, Any]
    before: str
    hash: str

    def written(self) -> str:
        """Write the line."""
        return json.dumps({**_told(self), "hash": self.hash}, ensure_ascii=False) + "\n"


def next_line(kind: str, body: dict[str, Any], after: Sequence[Line], now: datetime) -> Line:
    """Make the line that follows others."""
    before = after[-1].hash if after else NOTHING
    at = now.isoformat(timespec="seconds")
    line = Line(len(after) + 1, at, __version__, kind, body, before, "")
    return Line(line.number, at, __version__, kind, body, before, digest(_told(line)))


def _told(line: Line) -> dict[str, Any]:
    return {
        "suar_study": FORMAT,
        "number": line.number,
        "at": line.at,
        "version": line.version,
        "kind": line.kind,
        "body": line.body,
        "before": line.before,
    }


def read(text: str) -> list[Line]:
    """Read a record and prove its chain; raises Unreadable with the first line that is wrong."""
    lines: list[Line] = []
    for number, row in enumerate(text.splitlines(), 1):
        line = _line(row, number)
        before = lines[-1].hash if lines else NOTHING
        if line.number != number or line.before != before:
            raise Unreadable([f"line {number}: it does not follow the line before it"])
        if line.hash != digest(_told(line)):
            raise Unreadable([f"line {number}: it was changed after it was written"])
        if (line.kind == REGISTERED) != (number == 1) or line.kind not in KINDS:
            raise Unreadable([f"line {number}: this cannot stand here"])
        if lines and (line.at < lines[-1].at or lines[-1].kind == CLOSED):
            raise Unreadable([f"line {number}: it is earlier than the line before, or after the end"])
        lines.append(line)
    if not lines:
        raise Unreadable(["it holds nothing"])
    return lines


def _line(row: str, number: int) -> Line:
    try:
        found = json.loads(row)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or set(found) != FIELDS or found["suar_study"] != FORMAT:
        raise Unreadable([f"line {number}: it is no line of a study of this version"])
    kept = {name: value for name, value in found.items() if name != "suar_study"}
    words = all(isinstance(kept[name], str) for name in ("at", "version", "kind", "before", "hash"))
    if not words or not isinstance(kept["body"], dict):
        raise Unreadable([f"line {number}: it is no line of a study of this version"])
    return Line(**kept)


def protocol_of(lines: Sequence[Line]) -> Protocol:
    """Give the protocol as it stands after the last line."""
    found: Protocol = next(line.body["protocol"] for line in reversed(lines) if "protocol" in line.body)
    return found


def opened(lines: Sequence[Line]) -> dict[str, Line]:
    """Give each file that was opened by its digest, with the first line that opened it."""
    found: dict[str, Line] = {}
    for line in lines:
        for each in line.body.get("data", []):
            found.setdefault(each["sha256"], line)
    return found


def append(name: str, text: str, line: Line) -> None:
    """Append a line in one step; raises FileError, the record as it was."""
    mode = Path(name).stat().st_mode & 0o777
    replace_content(name, (text + line.written()).encode(), mode)
