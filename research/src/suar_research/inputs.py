"""The files an answer rests on: each is read here, and named with its length and its digest.

No other module of estimates reads a file of a user; tests/house/test_inputs.py looks.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Input:
    """A file as it was read: its name without folders, how many bytes, and their SHA-256."""

    name: str
    bytes: int
    sha256: str

    def words(self) -> str:
        """Say it in one line."""
        return f"Read {self.name}: {self.bytes:,} bytes, SHA-256 {self.sha256}"


class Inputs:
    """Every file that was read for one answer, in order; one that was read again stands once."""

    def __init__(self) -> None:
        self._read: dict[Input, None] = {}

    def text(self, name: str) -> tuple[str, str]:
        """Give the text of a file and the digest of its bytes, and note it.

        Raises OSError and UnicodeDecodeError. A folder is not noted: it may name who works there.
        """
        content = Path(name).read_bytes()
        text, digest = content.decode("utf-8"), hashlib.sha256(content).hexdigest()
        self._read[Input(_printable(Path(name).name), len(content), digest)] = None
        return text, digest

    def as_json(self) -> list[dict[str, Any]]:
        """List them for `--json`."""
        return [asdict(each) for each in self._read]

    def words(self) -> str:
        """Name them, a line for each."""
        return "".join(f"{each.words()}\n" for each in self._read)


def _printable(name: str) -> str:
    """Take out what would end a line, or what no file of text may hold."""
    return "".join(each if each.isprintable() else "?" for each in name)
