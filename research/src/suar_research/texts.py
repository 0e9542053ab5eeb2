"""Sentences that reports print, kept as data."""

import tomllib
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
