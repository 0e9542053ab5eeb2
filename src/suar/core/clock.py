"""The only module that reads the clock."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo(os.environ.get("SUAR_TIME_ZONE", "Asia/Jakarta"))
_shift = timedelta(0)
_stopped: datetime | None = None


def now() -> datetime:
    """Return the time in UTC."""
    if _stopped is not None:
        return _stopped
    return datetime.now(UTC) + _shift + _demo_shift()


def today() -> date:
    """Return today's date in the time zone of the workers."""
    return local_date(now())


def local_date(moment: datetime) -> date:
    """Return the date of a moment in the time zone of the workers."""
    return moment.astimezone(LOCAL).date()


def start_of(day: date) -> datetime:
    """Return the moment at which a date begins in the time zone of the workers."""
    return datetime.combine(day, time.min, LOCAL)


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Move this process's clock by a span while the block runs."""
    global _shift
    before, _shift = _shift, _shift + by
    try:
        yield
    finally:
        _shift = before


@contextmanager
def stopped(at: datetime) -> Iterator[None]:
    """Let no time pass in this process while the block runs."""
    global _stopped
    before, _stopped = _stopped, at
    try:
        yield
    finally:
        _stopped = before


def _demo_shift() -> timedelta:
    """Return how far `./suar demo travel` has moved a demonstration world."""
    if os.environ.get("SUAR_MODE") != "demo":
        return timedelta(0)
    try:
        seconds = (Path(os.environ["SUAR_DATA"]) / "clock.shift").read_text("ascii")
    except (KeyError, FileNotFoundError):
        return timedelta(0)
    return timedelta(seconds=int(seconds.strip() or 0))
