"""The record of a study: a file of lines, each with the hash of the one before it.

A line holds when, with which version, what happened, the hash of the line before, and its own. A
changed, dropped or moved line is found. That the whole was not written anew later is proved only
by a hash that somebody else holds: give it to the committee when the study is registered.

Source: own design, docs/decisions/studies.md.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from suar_research import __version__
from suar_research.files import Unreadable, replace_content
from suar_research.studies.protocol import Protocol, digest

FORMAT = 1
NOTHING = "0" * 64
REGISTERED, OPENED, AMENDED, CLOSED = "registered", "opened", "amended", "closed"
KINDS = (REGISTERED, OPENED, AMENDED, CLOSED)
TYPES = {"number": int, "at": str, "version": str, "kind": str, "body": dict, "before": str, "hash": str}
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


@dataclass(frozen=True)
class Line:
    """One line of a record."""

    number: int
    at: str
    version: str
    kind: str
    body: dict[str, Any]
    before: str
    hash: str = ""

    def content(self) -> dict[str, Any]:
        """Return what is hashed."""
        return {"suar_study": FORMAT, **{name: value for name, value in vars(self).items() if name != "hash"}}

    def written(self) -> str:
        """Return the line as text."""
        return json.dumps({**self.content(), "hash": self.hash}, ensure_ascii=False) + "\n"


def next_line(kind: str, body: dict[str, Any], after: Sequence[Line], at: datetime) -> Line:
    """Make the line that follows others."""
    before = after[-1].hash if after else NOTHING
    line = Line(len(after) + 1, at.isoformat(timespec="seconds"), __version__, kind, body, before)
    return replace(line, hash=digest(line.content()))


def read(text: str) -> list[Line]:
    """Read a record and verify its chain; raises Unreadable with the first line that is wrong."""
    lines: list[Line] = []
    for number, row in enumerate(text.splitlines(), 1):
        line = _line(row, number)
        if line.number != number or line.before != (lines[-1].hash if lines else NOTHING):
            raise Unreadable([f"line {number}: it does not follow the line before it"])
        if line.hash != digest(line.content()):
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
        content = json.loads(row)
        if content.pop("suar_study") != FORMAT or content.keys() != TYPES.keys():
            raise ValueError
        if not all(isinstance(content[name], kind) for name, kind in TYPES.items() if name != "number"):
            raise ValueError
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError):
        raise Unreadable([f"line {number}: it is no line of a study of this version"]) from None
    return Line(**content)


def protocol_of(lines: Sequence[Line]) -> Protocol:
    """Return the protocol after the last line."""
    protocol: Protocol = next(line.body["protocol"] for line in reversed(lines) if "protocol" in line.body)
    return protocol


def opened(lines: Sequence[Line]) -> dict[str, Line]:
    """Return each file that was opened by its digest, with the first line that opened it."""
    files: dict[str, Line] = {}
    for line in lines:
        for file in line.body.get("data", []):
            files.setdefault(file["sha256"], line)
    return files


def append(name: str, text: str, line: Line) -> None:
    """Append a line in one step; raises FileError, and then the record is unchanged."""
    mode = Path(name).stat().st_mode & 0o777
    replace_content(name, (text + line.written()).encode(), mode)
