"""Limits of storage time, number and size of documents of a record. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta

from suar.core.codes import read_data
from suar.core.decisions import Decision
from suar.core.files.kinds import FREE_BYTES

LIMITS: Mapping[str, int] = read_data("cases", "attachments")


def default_removal(today: date) -> date:
    """Return the day on which a new document is removed unless the worker chooses another.

    Source: own design, data/attachments.json.
    """
    return today + timedelta(days=LIMITS["default_days"])


def may_be_stored(until: date, *, today: date) -> Decision:
    """Allow a day of removal that is not past and within ten years.

    Source: security.md 3.8, retention; data/attachments.json.
    """
    if until < today:
        return Decision.refuse("until_past")
    return Decision.require(until <= today + timedelta(days=LIMITS["most_days"]), "until_too_far")


def earliest_removal(wanted: date, *, stored_until: date, has_original: bool, today: date) -> date:
    """Return the day of removal that may replace the one that was decided before.

    Evidence is destroyed in seven days at the earliest, so that others can object, but never later than decided.
    Source: own design, data/attachments.json.
    """
    if not has_original or wanted >= stored_until:
        return wanted
    return min(stored_until, max(wanted, today + timedelta(days=LIMITS["evidence_days"])))


def may_be_attached(*, stored: int, free_bytes: int) -> Decision:
    """Allow one more file beside those of the record, unless the disk is nearly full.

    Source: own design, data/attachments.json.
    """
    if stored >= LIMITS["most_files"]:
        return Decision.refuse("many_files")
    return Decision.require(free_bytes >= FREE_BYTES, "no_room")


def may_be_built(size_bytes: int) -> Decision:
    """Allow documents of an archive up to the limit: it is built in memory, and nothing of it is written to the disk.

    Source: own design, data/attachments.json.
    """
    return Decision.require(size_bytes <= LIMITS["most_archive_bytes"], "archive_too_large")
