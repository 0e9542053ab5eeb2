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
from itertools import combinations, islice

import numpy as np

from suar_research.coverage import texts
from suar_research.files import Unreadable
from suar_research.releases.attack import Attack, Impossible
from suar_research.releases.cells import (
    MOST_VARIABLES,
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
from suar_research.releases.dependencies import Possible
from suar_research.running import Progress, no_progress

TEXTS = texts("releases.auditing")
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
    counts: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    rows: list[list[tuple[int, float]]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def sums(self) -> Equations:
        """Return the equations."""
        return equations(self.rows, len(self.columns))

    def values(self) -> Numbers:
        """Return what is shown; NaN is hidden."""
        return np.array(self.counts)

    def lows(self) -> Numbers:
        """Return the least that each can be."""
        return np.array(self.low)

    def of_kind(self, kind: int) -> Flags:
        """Return which columns are of a kind."""
        return np.array([item.kind == kind for item in self.columns])

    def add(self, column: Column, value: float, low: float) -> int:
        """Add a column and give its number."""
        self.columns.append(column)
        self.counts.append(value)
        self.low.append(low)
        return len(self.columns) - 1


def ground(times: Sequence[Sequence[Published]], *, grown: bool = False) -> Ground:
    """Put releases together: `times` lists, the newest last, those of the same people at one time.

    `grown`: from time to time people were only added. Raises Unreadable when two releases of the
    same people show different counts.
    """
    created = Ground()
    for time, releases in enumerate(times):
        for item in releases:
            _add_release(created, time, item)
        _add_joint(created, time, releases)
        for item in releases:
            _add_rest(created, time, item)
    for time in range(len(times) - 1):
        _add_changes(created, time, len(times) - 1, low=0.0 if grown else -np.inf)
    return created


def _add_release(created: Ground, time: int, item: Published) -> None:
    problems, possible = [], Possible(item.impossible)
    for key, count in item.counts.items():
        value = np.nan if count is None and possible(key) else float(count or 0)
        at = created.place.get((time, key))
        if at is None:
            created.place[time, key] = created.add(
                Column(time, key, JOINT if key in item.absent else PUBLISHED), value, item.rules.least
            )
        elif np.isnan(created.counts[at]):
            created.counts[at] = value
        elif not np.isnan(value) and value != created.counts[at]:
            problems.append(f"{says(key)}: two counts of the same people are not the same")
    if problems:
        raise Unreadable(problems)
    place = {key: created.place[time, key] for key in item.counts}
    created.rows += sums_of(item.design, place)


def _add_joint(created: Ground, time: int, releases: Sequence[Published]) -> None:
    """Add the cells of the full cross-table; where they are too many, of the cross-table of each two tables."""
    designs = [item.design for item in releases]
    codes = _all_codes(designs)
    tables = [set(table) | set(dict(design.where)) for design in designs for table in design.tables]
    whole = [item for item in designs if not item.where]
    if any(set(table) == set(codes) for design in whole for table in design.tables):
        return
    if _join(created, time, releases, codes, MOST_JOINT):
        return
    left, skipped = MOST_JOINT, 0
    for one, other in combinations(tables, 2):
        added = _join(created, time, releases, {name: codes[name] for name in one | other}, left)
        left, skipped = left - added, skipped + (not added)
    created.notices.append(TEXTS["apart"].format(tables=len(tables), skipped=skipped))


def _possible_cells(
    created: Ground, time: int, releases: Sequence[Published], codes: Mapping[str, tuple[str, ...]], most: int
) -> list[Key]:
    """Return the cells of a cross-table that can hold somebody; at most `most` and one more."""
    possible = Possible(frozenset().union(*(item.impossible for item in releases)))

    def can_be(cell: Key) -> bool:
        *rest, last = cell
        parts = ((*part, last) for size in range(MOST_VARIABLES) for part in combinations(rest, size))
        places = (created.place.get((time, part)) for part in parts)
        return not any(at is not None and created.counts[at] == 0 for at in places) and possible(cell)

    cells: list[Key] = [()]
    for name in sorted(codes):
        longer = ((*cell, (name, code)) for cell in cells for code in codes[name])
        cells = list(islice(filter(can_be, longer), most + 1))
    return cells


def _join(
    created: Ground, time: int, releases: Sequence[Published], codes: Mapping[str, tuple[str, ...]], most: int
) -> int:
    """Add the cells of a cross-table and how tables sum them; returns how many, 0 where they are too many."""
    cells = _possible_cells(created, time, releases, codes, most)
    if len(cells) > most:
        return 0

    def counts(design: Design, names: set[str], whole: Key) -> bool:
        fixed = dict(design.where)
        coded = all(name in fixed or code in design.codes[name] for name, code in whole if name in names)
        return coded and set(design.where) <= set(whole)

    members: dict[int, list[int]] = {}
    finest = [
        (names, item.design)
        for item in releases
        for table in item.design.tables
        if (names := set(table) | set(dict(item.design.where))) <= codes.keys()
    ]
    for whole in cells:
        inside = {
            created.place[time, tuple(pair for pair in whole if pair[0] in names)]
            for names, design in finest
            if counts(design, names, whole)
        }
        at = created.place.get((time, whole))
        if at is None:
            at = created.place[time, whole] = created.add(Column(time, whole, JOINT), np.nan, 0.0)
        for item in inside - {at}:
            members.setdefault(item, []).append(at)
    created.rows += [[(cell, 1.0), *((at, -1.0) for at in joint)] for cell, joint in members.items()]
    return len(cells)


def _add_rest(created: Ground, time: int, part: Published) -> None:
    """Add who is left of a cell when the people of `where` are taken away."""
    where = part.design.where
    fewer = [item for size in range(1, len(where) + 1) for item in combinations(where, size)]
    for key in part.counts:
        for less in fewer:
            whole = created.place.get((time, tuple(pair for pair in key if pair not in less)))
            if whole is not None and created.columns[whole].kind == PUBLISHED:
                rest = created.add(Column(time, key, REST), np.nan, 0.0)
                created.rows.append([(whole, 1.0), (created.place[time, key], -1.0), (rest, -1.0)])


def _all_codes(designs: Sequence[Design]) -> dict[str, tuple[str, ...]]:
    result: dict[str, dict[str, None]] = {}
    tabled = {name for design in designs if not design.where for name in design.variables}
    for design in designs:
        for name in design.variables:
            result.setdefault(name, {}).update(dict.fromkeys(design.codes[name]))
    for design in designs:
        for name, code in design.where:
            result.setdefault(name, {})[code] = None
            if name not in tabled:
                result[name][OTHER] = None
    return {name: tuple(codes) for name, codes in result.items()}


def _add_changes(created: Ground, earlier: int, later: int, *, low: float) -> None:
    """Add what changed between two times, for every cell that is published at both."""
    for (time, key), at in list(created.place.items()):
        before = created.place.get((earlier, key))
        if time != later or before is None or created.columns[at].kind != PUBLISHED:
            continue
        change = created.add(Column(earlier, key, CHANGE), np.nan, low)
        created.rows.append([(change, 1.0), (at, -1.0), (before, 1.0)])


@dataclass(frozen=True, slots=True)
class Interval:
    """The interval of a hidden cell or of a change; `weak` if it is too narrow."""

    column: Column
    low: float
    high: float
    weak: bool

    @property
    def width(self) -> float:
        """The distance between the limits."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Audit:
    """All intervals, whether people were taken as only added from time to time, and notices.

    A notice says that not all tables could be attacked as one.
    """

    intervals: tuple[Interval, ...]
    grown: bool
    cells: int
    notices: tuple[str, ...]

    @property
    def weak(self) -> tuple[Interval, ...]:
        """List what can be worked out."""
        return tuple(item for item in self.intervals if item.weak)

    @property
    def narrowest(self) -> float:
        """Return the narrowest interval of a hidden cell, infinite where none is hidden."""
        hidden = [item.width for item in self.intervals if item.column.kind == PUBLISHED]
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
    """Return which shown cells do not add up, and over which column."""
    result = []
    for row in laid.rows:
        terms = [laid.counts[at] * by for at, by in row]
        if not np.isnan(terms).any() and abs(sum(terms)) > 0:
            whole, *parts = (laid.columns[at].key for at, _ in row)
            over = sorted({name for key in parts for name, _ in key} - set(dict(whole)))
            named = f", by {', '.join(over)}" if over else ""
            result.append(f"{says(whole)}: its parts do not add up to it{named}")
    return list(dict.fromkeys(result))


def _attacked(laid: Ground, rules: Rules, progress: Progress, *, grown: bool) -> Audit:
    values, hidden = laid.values(), np.isnan(laid.values())
    attack = Attack(laid.sums(), np.nan_to_num(values), laid.lows(), hidden)
    result = []
    for place, at in enumerate(np.flatnonzero(hidden)):
        column = laid.columns[at]
        if column.kind != JOINT:
            attack.limit(place, -1.0)
            attack.limit(place, 1.0)
            result.append(_interval(column, *attack.known(place), rules))
        progress(place + 1, int(hidden.sum()), "attacking what is hidden")
    published = sum(item.kind == PUBLISHED for item in laid.columns)
    return Audit(tuple(result), grown, published, tuple(laid.notices))


def _interval(column: Column, low: float, high: float, rules: Rules) -> Interval:
    narrow = high - low < rules.width
    if column.kind in (CHANGE, REST):
        small = [item for item in range(1, rules.threshold) if low <= item <= high or low <= -item <= high]
        narrow = narrow and bool(small)
    return Interval(column, low, high, narrow)


def where(item: Interval, times: int) -> str:
    """Return which cell of which time is known, and how well."""
    low, high = (f"{value:.0f}" for value in (item.low, item.high))
    known = f"is {low}" if low == high else f"is from {low} to {high}"
    if item.column.kind == CHANGE:
        return f"{says(item.column.key)}: what changed since release {item.column.time + 1} {known}"
    if item.column.kind == REST:
        return f"{says(item.column.key)}: who is left when these are taken from all {known}"
    when = f" in release {item.column.time + 1} of {times}" if times > 1 else ""
    return f"{says(item.column.key)}{when}: what is hidden {known}"
