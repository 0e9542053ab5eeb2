"""Where the raw data of a talk comes from: files that ship, and versions that a house made."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path as FilePath
from typing import Any

from suar.screening.terms import Unreadable

DATA = FilePath(__file__).parents[1] / "data"
AVAILABLE = frozenset({("short", 1), ("short", 2), ("full", 1), ("signpost", 1)})

Raw = Mapping[str, Any]
Kept = Callable[[str, int], Raw | None]


def data_file(name: str) -> dict[str, Any]:
    """Read one data file of the talk.

    Source: own design, docs/decisions/0004.
    """
    loaded: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    return loaded


def raw_set(code: str, version: int) -> Raw:
    """Give one version of one question set, shipped or a house's own; raises Unreadable.

    Source: own design, docs/decisions/0004 and 0023.
    """
    if (code, version) in AVAILABLE:
        return data_file(f"instrument-{code}-{version}")
    found = _Keeper.kept(code, version)
    if found is None:
        raise Unreadable("instrument")
    return found


def take_own_sets_from(kept: Kept) -> None:
    """Say who gives the versions that houses made; what is given once never changes.

    Source: own design, docs/decisions/0023.
    """
    _Keeper.kept = staticmethod(kept)


class _Keeper:
    """Who gives the versions that houses made; set once, when the application is ready."""

    kept: Kept = staticmethod(lambda _code, _version: None)
