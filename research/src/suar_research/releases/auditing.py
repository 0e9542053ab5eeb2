"""The audit: what can be worked out from everything that was published.

For each hidden cell, and for each change of a cell between two times, the lowest and the highest
value that fit all shown cells. Nobody's true counts are needed, so tables made elsewhere can be
audited too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from suar_research.reading import Unreadable
from suar_research.releases.attack import Attack
from suar_research.releases.cells import Key
from suar_research.releases.ground import CHANGE, JOINT, PUBLISHED, REST, Column, Ground, ground
from suar_research.releases.programmes import Impossible
from suar_research.releases.published import Published, Rules, says
from suar_research.running import Progress, no_progress


@dataclass(frozen=True, slots=True)
class Interval:
    """What is known of a hidden cell or of a change; `weak` when that is too much."""

    column: Column
    low: float
    high: float
    weak: bool

    @property
    def width(self) -> float:
        """Give how far apart the limits are."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Audit:
    """All intervals, whether people were taken as only added from time to time, and notices."""

    intervals: tuple[Interval, ...]
    grown: bool
    cells: int
    notices: tuple[str, ...]

    @property
    def weak(self) -> tuple[Interval, ...]:
        """List what can be worked out."""
        return tuple(each for each in self.intervals if each.weak)

    @property
    def narrowest(self) -> float:
        """Give the narrowest interval of a hidden cell, infinite where none is hidden."""
        hidden = [each.width for each in self.intervals if each.column.kind == PUBLISHED]
        return min(hidden, default=np.inf)


def audit(times: Sequence[Sequence[Published]], rules: Rules, progress: Progress = no_progress) -> Audit:
    """Attack all releases together, the newest last; raises Unreadable when they contradict."""
    for grown in (True, False):
        if not grown and len(times) == 1:
            break
        laid = ground(times, grown=grown)
        try:
            return _attacked(laid, rules, progress, grown=grown and len(times) > 1)
        except Impossible:
            continue
    raise Unreadable(contradictions(ground(times)) or ["the tables cannot all be true at once"])


def contradictions(laid: Ground) -> list[str]:
    """Say which shown cells do not add up, and over which column."""
    found = []
    for row in laid.rows:
        shown = [laid.shown[at] * by for at, by in row]
        if not np.isnan(shown).any() and abs(sum(shown)) > 0:
            whole, *parts = (laid.columns[at].key for at, _ in row)
            over = sorted({name for key in parts for name, _ in key} - set(dict(whole)))
            named = f", by {', '.join(over)}" if over else ""
            found.append(f"{says(whole)}: its parts do not add up to it{named}")
    return list(dict.fromkeys(found))


def _attacked(laid: Ground, rules: Rules, progress: Progress, *, grown: bool) -> Audit:
    shown, hidden = laid.values(), np.isnan(laid.values())
    attack = Attack(laid.sums(), np.nan_to_num(shown), laid.lows(), hidden)
    found = []
    for place, at in enumerate(np.flatnonzero(hidden)):
        column = laid.columns[at]
        if column.kind != JOINT:
            attack.limit(place, -1.0)
            attack.limit(place, 1.0)
            found.append(_interval(column, *attack.known(place), rules))
        progress(place + 1, int(hidden.sum()), "attacking what is hidden")
    published = sum(each.kind == PUBLISHED for each in laid.columns)
    return Audit(tuple(found), grown, published, tuple(laid.notices))


def _interval(column: Column, low: float, high: float, rules: Rules) -> Interval:
    narrow = high - low < rules.width
    if column.kind in (CHANGE, REST):
        small = [each for each in range(1, rules.threshold) if low <= each <= high or low <= -each <= high]
        narrow = narrow and bool(small)
    return Interval(column, low, high, narrow)


def where(each: Interval, times: int) -> str:
    """Say which cell of which time is known, and how well."""
    low, high = (f"{value:.0f}" for value in (each.low, each.high))
    known = f"is {low}" if low == high else f"is from {low} to {high}"
    if each.column.kind == CHANGE:
        return f"{says(each.column.key)}: what changed since release {each.column.time + 1} {known}"
    if each.column.kind == REST:
        return f"{says(each.column.key)}: who is left when these are taken from all {known}"
    when = f" in release {each.column.time + 1} of {times}" if times > 1 else ""
    return f"{says(each.column.key)}{when}: what is hidden {known}"


def keys_of(found: Sequence[Interval]) -> list[Key]:
    """List the cells."""
    return [each.column.key for each in found]
