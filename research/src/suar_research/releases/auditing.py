"""The audit: what can be worked out from everything that was published.

For each hidden cell, and for each change of a cell between two times, the lowest and the highest
value that fit all shown cells. Nobody's true counts are needed, so tables made elsewhere can be
audited too.

All that is published of some people at some times, as one set of cells and sums.

Releases of the same people at the same time share cells. Where no table crosses all variables, the
cells of the full cross-table are added, though nobody published them: counts below zero in them are
what a clever attacker rules out. Releases of other times stand beside, with what changed between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

import numpy as np

from suar_research.files import Unreadable
from suar_research.releases.attack import Attack, Impossible
from suar_research.releases.cells import (
    Design,
    Equations,
    Flags,
    Key,
    Numbers,
    Published,
    Rules,
    equations,
    says,
    sums_of,
)
from suar_research.running import Progress, no_progress

MOST_JOINT = 20_000
OTHER = "(other)"
PUBLISHED, JOINT, CHANGE, REST = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Column:
    """A cell: of which time (the last is the newest), which people, and what kind of cell."""

    time: int
    key: Key
    kind: int = PUBLISHED


@dataclass(slots=True)
class Ground:
    """Columns, what is shown of them (NaN: hidden), the least they can be, and how they add up."""

    columns: list[Column] = field(default_factory=list)
    place: dict[tuple[int, Key], int] = field(default_factory=dict)
    shown: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    rows: list[list[tuple[int, float]]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def sums(self) -> Equations:
        """Give the equations."""
        return equations(self.rows, len(self.columns))

    def values(self) -> Numbers:
        """Give what is shown; NaN is hidden."""
        return np.array(self.shown)

    def lows(self) -> Numbers:
        """Give the least that each can be."""
        return np.array(self.low)

    def of_kind(self, kind: int) -> Flags:
        """Say which columns are of a kind."""
        return np.array([each.kind == kind for each in self.columns])

    def add(self, column: Column, shown: float, low: float) -> int:
        """Add a column and give its number."""
        self.columns.append(column)
        self.shown.append(shown)
        self.low.append(low)
        return len(self.columns) - 1


def ground(times: Sequence[Sequence[Published]], *, grown: bool = False) -> Ground:
    """Put releases together: `times` lists, the newest last, those of the same people at one time.

    `grown`: from time to time people were only added. Raises Unreadable when two releases of the
    same people show different counts.
    """
    made = Ground()
    for time, releases in enumerate(times):
        for each in releases:
            _add_release(made, time, each)
        _add_joint(made, time, releases)
        for each in releases:
            _add_rest(made, time, each)
    for time in range(len(times) - 1):
        _add_changes(made, time, len(times) - 1, low=0.0 if grown else -np.inf)
    return made


def _add_release(made: Ground, time: int, each: Published) -> None:
    problems = []
    for key, count in each.counts.items():
        shown = np.nan if count is None else float(count)
        at = made.place.get((time, key))
        if at is None:
            made.place[time, key] = made.add(
                Column(time, key, JOINT if key in each.absent else PUBLISHED), shown, each.rules.least
            )
        elif np.isnan(made.shown[at]):
            made.shown[at] = shown
        elif not np.isnan(shown) and shown != made.shown[at]:
            problems.append(f"{says(key)}: two counts of the same people are not the same")
    if problems:
        raise Unreadable(problems)
    place = {key: made.place[time, key] for key in each.counts}
    made.rows += sums_of(each.design, place)


def _add_joint(made: Ground, time: int, releases: Sequence[Published]) -> None:
    codes = _all_codes([each.design for each in releases])
    whole = [each.design for each in releases if not each.design.where]
    if any(set(table) == set(codes) for design in whole for table in design.tables):
        return
    names = sorted(codes)
    if np.prod([len(codes[name]) for name in names], dtype=float) > MOST_JOINT:
        made.notices.append(
            "The tables together cross too many codes to be attacked as one; they were attacked "
            "through the margins that they share."
        )
        return
    _join(made, time, releases, {name: codes[name] for name in names})


def _join(made: Ground, time: int, releases: Sequence[Published], codes: Mapping[str, tuple[str, ...]]) -> None:
    members: dict[int, list[int]] = {}
    finest = [
        (set(table) | set(dict(each.design.where)), each.design) for each in releases for table in each.design.tables
    ]
    for chosen in product(*codes.values()):
        whole = tuple(zip(codes, chosen, strict=True))
        inside = [
            made.place[time, tuple(pair for pair in whole if pair[0] in names)]
            for names, design in finest
            if set(design.where) <= set(whole) and _coded(design, names, whole)
        ]
        if any(made.shown[at] == 0 for at in inside):
            continue
        at = made.place.get((time, whole))
        if at is None:
            at = made.place[time, whole] = made.add(Column(time, whole, JOINT), np.nan, 0.0)
        for each in set(inside) - {at}:
            members.setdefault(each, []).append(at)
    made.rows += [[(cell, 1.0), *((at, -1.0) for at in joint)] for cell, joint in members.items()]


def _add_rest(made: Ground, time: int, part: Published) -> None:
    """Add who is left of a cell when the people of `where` are taken away."""
    where = part.design.where
    fewer = [each for size in range(1, len(where) + 1) for each in combinations(where, size)]
    for key in part.counts:
        for less in fewer:
            whole = made.place.get((time, tuple(pair for pair in key if pair not in less)))
            if whole is not None and made.columns[whole].kind == PUBLISHED:
                rest = made.add(Column(time, key, REST), np.nan, 0.0)
                made.rows.append([(whole, 1.0), (made.place[time, key], -1.0), (rest, -1.0)])


def _coded(design: Design, names: set[str], whole: Key) -> bool:
    """Say whether a design counts people with these codes."""
    where = dict(design.where)
    return all(name in where or code in design.codes[name] for name, code in whole if name in names)


def _all_codes(designs: Sequence[Design]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    tabled = {name for design in designs if not design.where for name in design.variables}
    for design in designs:
        for name in design.variables:
            found.setdefault(name, {}).update(dict.fromkeys(design.codes[name]))
    for design in designs:
        for name, code in design.where:
            found.setdefault(name, {})[code] = None
            if name not in tabled:
                found[name][OTHER] = None
    return {name: tuple(codes) for name, codes in found.items()}


def _add_changes(made: Ground, earlier: int, later: int, *, low: float) -> None:
    """Add what changed between two times, for every cell that is published at both."""
    for (time, key), at in list(made.place.items()):
        before = made.place.get((earlier, key))
        if time != later or before is None or made.columns[at].kind != PUBLISHED:
            continue
        change = made.add(Column(earlier, key, CHANGE), np.nan, low)
        made.rows.append([(change, 1.0), (at, -1.0), (before, 1.0)])


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
