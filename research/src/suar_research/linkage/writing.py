"""Writing files that are not there yet: all of them or none, and nothing beside them."""

from __future__ import annotations

import csv
import io
import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from suar_research.asking import Unusable

OWNER_ONLY, FOR_ALL = 0o600, 0o644


@dataclass(frozen=True, slots=True)
class Written:
    """A file to be written: where, what, and who may read it."""

    name: str
    text: str | bytes
    mode: int = OWNER_ONLY


def write_new(*files: Written) -> None:
    """Write files; raises Unusable, with nothing written, when one is there or cannot be."""
    taken: list[Path] = []
    try:
        for file in files:
            _take(file, taken)
        for file in files:
            _fill(file)
    except BaseException:
        # A list of rows beside tokens of another hour would name the wrong people.
        for path in taken:
            path.unlink(missing_ok=True)
        raise


def _take(file: Written, taken: list[Path]) -> None:
    """Take the name, empty: whoever reads it before it is filled is told that it is no file."""
    try:
        os.close(os.open(file.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, file.mode))
    except FileExistsError as error:
        raise Unusable(file.name, ["it is there already; nothing was written over it"]) from error
    except OSError as error:
        raise _cannot(file, error) from error
    taken.append(Path(file.name))


def _fill(file: Written) -> None:
    path = Path(file.name)
    beside = path.with_name(f".{secrets.token_hex(8)}")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, file.mode)
        content = file.text.encode() if isinstance(file.text, str) else file.text
        with os.fdopen(handle, "wb") as open_file:
            open_file.write(content)
        beside.replace(path)
    except OSError as error:
        raise _cannot(file, error) from error
    finally:
        beside.unlink(missing_ok=True)


def _cannot(file: Written, error: OSError) -> Unusable:
    return Unusable(file.name, [f"it cannot be written ({error.strerror})"])


def as_csv(rows: Iterable[Sequence[object]]) -> str:
    """Write rows as a file of comma-separated values."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
