"""The versions that decide the last digits of an answer: this code, numpy and Python."""

import hashlib
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from suar_research import __version__


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions an answer is made with: if one differs, its last digits may differ."""

    suar: str
    code: str
    numpy: str
    python: str

    def words(self) -> str:
        """Return the versions in words."""
        return f"Suar {self.suar} ({self.code}), numpy {self.numpy} and Python {self.python}"


@cache
def versions() -> Versions:
    """Return the versions here; `code` is a digest of all modules of this package."""
    here = Path(__file__).parent
    code = hashlib.sha256()
    for path in sorted(here.rglob("*.py")):
        content = path.read_bytes()
        code.update(f"{path.relative_to(here).as_posix()} {len(content)}\n".encode() + content)
    python = ".".join(map(str, sys.version_info[:2]))
    return Versions(__version__, code.hexdigest()[:8], np.__version__, python)
