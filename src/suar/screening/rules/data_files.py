"""Load the raw data of a talk: shipped files and question sets of organisations."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from suar.core.codes import read_data
from suar.screening.rules.answers import LATEST, Unreadable

DATA = Path(__file__).parents[1] / "data"
SHIPPED = frozenset((code, version) for code, latest in LATEST.items() for version in range(1, latest + 1))

Raw = Mapping[str, Any]
LoadOwnSet = Callable[[str, int], Raw | None]


class Data(BaseModel):
    """A row of a data file with its sources. Keys that only document the row are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", validate_by_name=True)
    source: tuple[str, ...] = ()


def load_file(name: str) -> dict[str, Any]:
    """Read one data file of the talk.

    Source: own design, docs/decisions/talk.md.
    """
    return read_data("screening", name)


def load_set(code: str, version: int) -> Raw:
    """Read one version of one question set, shipped or an organisation's own; raise Unreadable if there is none.

    Source: own design, docs/decisions/talk.md and question-sets.md.
    """
    if (code, version) in SHIPPED:
        return load_file(f"instrument-{code}-{version}")
    questions = _OwnSets.load(code, version)
    if questions is None:
        raise Unreadable("instrument")
    return questions


def load_own_sets_with(load: LoadOwnSet) -> None:
    """Set the function that loads the question sets of organisations; they never change, so they are cached.

    Source: own design, docs/decisions/question-sets.md.
    """
    _OwnSets.load = staticmethod(load)


class _OwnSets:
    """Holds the loader of organisations' question sets; set when Django is ready."""

    load: LoadOwnSet = staticmethod(lambda _code, _version: None)
