"""The validity of an edition, and changes since the one before."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

VALID_FOR = timedelta(days=180)
Row = Sequence[str]
"""An entry as an edition stores it: its id, the digest of the printed text, and its name."""


def use_until(day: date) -> date:
    """Return the last day on which an edition should be used.

    Source: own design, docs/decisions/print-and-static-copy.md: after that span a page warns of an entry.
    """
    return day + VALID_FOR


def compare(before: Sequence[Row] | None, now: Sequence[Row]) -> dict[str, Any]:
    """Return the names of what is new, changed and gone since an edition; None means that there was none.

    Source: own design, docs/decisions/print-and-static-copy.md.
    """
    if before is None:
        return {"first": True, "new": [], "changed": [], "gone": []}
    old, new = ({ident: digest for ident, digest, _name in rows} for rows in (before, now))
    return {
        "first": False,
        "new": [name for ident, _digest, name in now if ident not in old],
        "changed": [name for ident, digest, name in now if old.get(ident, digest) != digest],
        "gone": [name for ident, _digest, name in before if ident not in new],
    }
