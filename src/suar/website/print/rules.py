"""How long an edition is valid, and what changed since the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

VALID_FOR = timedelta(days=180)


class Listed(NamedTuple):
    """What an edition stores of an entry to compare it with the next edition."""

    id: str
    digest: str
    name: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Names of entries that differ from the edition before; `first` if there was none."""

    first: bool = False
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def none(self) -> bool:
        """Return True if nothing differs."""
        return not (self.first or self.new or self.changed or self.gone)


def use_until(day: date) -> date:
    """Return the last day on which an edition should be used.

    Source: own design, docs/decisions/print-and-static-copy.md: after that span a page warns of an entry.
    """
    return day + VALID_FOR


def compare(before: Sequence[Listed] | None, now: Sequence[Listed]) -> Changes:
    """Return what is new, changed and gone since an edition; None means that there was none.

    Source: own design, docs/decisions/print-and-static-copy.md.
    """
    if before is None:
        return Changes(first=True)
    old, new = {row.id: row for row in before}, {row.id: row for row in now}
    return Changes(
        new=tuple(row.name for row in now if row.id not in old),
        changed=tuple(row.name for row in now if row.id in old and old[row.id].digest != row.digest),
        gone=tuple(row.name for row in before if row.id not in new),
    )
