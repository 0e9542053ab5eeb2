"""Times to an event of people in a case file: reading them, medians, who still waits, groups compared.

Error messages name row and column and never repeat a cell.

Times to an event: Kaplan-Meier curves, their medians, and the log-rank test.

A case whose event had not come by the last day is kept and counts as waiting until that day
(censored). A case that was only met later (delayed entry) counts as waiting from then on.

Source: Kaplan & Meier 1958, JASA 53, 457-481; Greenwood 1926 (variance); Kalbfleisch & Prentice
2002, The Statistical Analysis of Failure Time Data, 1.4 (log-log interval); Brookmeyer & Crowley
1982, Biometrics 38, 29-41 (median); Mantel 1966, Cancer Chemotherapy Reports 50, 163-170, and
Peto & Peto 1972, JRSS-A 135, 185-207 (log-rank).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import inf, isnan

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from suar_research.answers import Numbers
from suar_research.coverage import texts
from suar_research.files import Unreadable, refuse
from suar_research.report import MISSING_NUMBER, Cell, Number, Table
from suar_research.tables.data import EVERYBODY, MISSING, CaseFile, variable
from suar_research.tables.formats import decimal, p_value

LEVEL = 0.95
HALF = 0.5
SAME = 1e-9

DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


@dataclass(frozen=True)
class Spans:
    """The waiting times of cases: arrays of shape (cases,), times in one unit.

    `time` is when the event came, or when the case was last seen; `came` says which; `entry` is
    when the case was first under watch, minus infinity where that is from the start.
    """

    time: Numbers
    came: NDArray[np.bool_]
    entry: Numbers

    def __len__(self) -> int:
        """Count the cases."""
        return len(self.time)

    def at_risk(self, moments: Numbers) -> NDArray[np.int64]:
        """Count who is waiting under watch just before each moment."""
        entered = np.searchsorted(np.sort(self.entry), moments)
        left = np.searchsorted(np.sort(self.time), moments)
        return np.asarray(entered - left, dtype=np.int64)

    def events(self, moments: Numbers) -> NDArray[np.int64]:
        """Count events at each moment."""
        came = np.sort(self.time[self.came])
        after = np.searchsorted(came, moments, side="right")
        return np.asarray(after - np.searchsorted(came, moments, side="left"), dtype=np.int64)


@dataclass(frozen=True)
class Curve:
    """The share still waiting after each moment at which an event came; arrays of one shape.

    `error` is Greenwood's standard error; `low` and `high` are the limits of the log-log interval,
    not a number where nobody is left waiting.
    """

    moments: Numbers
    at_risk: NDArray[np.int64]
    events: NDArray[np.int64]
    waiting: Numbers
    error: Numbers
    low: Numbers
    high: Numbers

    def at(self, moment: float) -> tuple[float, float, float]:
        """Return the share still waiting at a moment, with its limits."""
        place = int(np.searchsorted(self.moments, moment + SAME, side="right")) - 1
        if place < 0:
            return 1.0, 1.0, 1.0
        return float(self.waiting[place]), float(self.low[place]), float(self.high[place])


@dataclass(frozen=True)
class Median:
    """When half were through, with its limits; infinite where the curve stays above one half."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class LogRank:
    """Events seen and expected in each group if all waited alike, and the test of that."""

    seen: Numbers
    expected: Numbers
    statistic: float
    freedom: int
    p: float


def kaplan_meier(spans: Spans, level: float = LEVEL) -> Curve:
    """Estimate the share still waiting over time.

    Moments are in the unit of the times, shares from 0 to 1. Raises nothing.
    Source: Kaplan & Meier 1958, JASA 53, 457-481; Greenwood 1926 (error).
    """
    moments = np.unique(spans.time[spans.came])
    at_risk, events = spans.at_risk(moments), spans.events(moments)
    waiting = np.cumprod(1 - events / np.maximum(at_risk, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        summed = np.cumsum(events / (at_risk * (at_risk - events)))
        error = np.where(waiting > SAME, waiting * np.sqrt(summed), 0.0)
        spread = stats.norm.isf((1 - level) / 2) * np.sqrt(summed) / np.abs(np.log(waiting))
        low, high = waiting ** np.exp(spread), waiting ** np.exp(-spread)
    none = waiting <= SAME
    low, high = (np.where(none, np.nan, item) for item in (low, high))
    return Curve(moments, at_risk, events, np.where(none, 0.0, waiting), error, low, high)


def median(curve: Curve) -> Median:
    """Return the median and the moments between which its interval lies.

    In the unit of the times. Raises nothing: infinite where half are never through.
    Source: Brookmeyer & Crowley 1982, Biometrics 38, 29-41.
    """
    return Median(*(_crossing(curve.moments, item) for item in (curve.waiting, curve.low, curve.high)))


def _crossing(moments: Numbers, shares: Numbers) -> float:
    """Return the first moment at or under one half; between two where a step lies on it."""
    under = np.flatnonzero(shares <= HALF + SAME)
    if not len(under):
        return float("inf")
    at = int(under[0])
    on_half = abs(shares[at] - HALF) <= SAME
    lower = np.flatnonzero(shares < HALF - SAME)
    if on_half and len(lower):
        return float(moments[at] + moments[lower[0]]) / 2
    return float(moments[at])


def log_rank(groups: list[Spans]) -> LogRank | None:
    """Test that all groups wait alike; None where nothing can tell them apart.

    Raises ValueError without any group.
    Source: Mantel 1966, Cancer Chemotherapy Reports 50, 163-170; Peto & Peto 1972, JRSS A 135,
    185-207.
    """
    moments = np.unique(np.concatenate([item.time[item.came] for item in groups]))
    there = np.array([item.at_risk(moments) for item in groups], dtype=np.float64)
    events = np.array([item.events(moments) for item in groups], dtype=np.float64)
    people, came = there.sum(axis=0), events.sum(axis=0)
    shares = there / np.maximum(people, 1)
    expected = (shares * came).sum(axis=1)
    scale = came * (people - came) / np.maximum(people - 1, 1)
    spread = np.diag((shares * scale).sum(axis=1)) - (shares * scale) @ shares.T
    able = np.flatnonzero(np.diag(spread) > SAME)
    if len(able) < 2:
        return None
    away = (events.sum(axis=1) - expected)[able][:-1]
    inside = spread[np.ix_(able, able)][:-1, :-1]
    statistic = float(away @ np.linalg.solve(inside, away))
    freedom = len(able) - 1
    p = float(stats.chi2.sf(statistic, freedom))
    return LogRank(events.sum(axis=1), expected, statistic, freedom, p)


YES, NO = frozenset({"1", "yes", "true"}), frozenset({"0", "no", "false"})
LONGEST = 100_000.0
TEXTS = texts("tables.times")


@dataclass(frozen=True)
class TimeColumns:
    """The columns that hold times.

    Either `time` (a number) with `came` (1 or 0), or the dates `start` and `end` with the last day
    `until`; an empty end means that the event had not come. `entry` is a number or a date alike.
    """

    time: str = ""
    came: str = ""
    start: str = ""
    end: str = ""
    until: date | None = None
    entry: str = ""

    def names(self) -> list[str]:
        """Return the columns to read."""
        return [name for name in (self.time, self.came, self.start, self.end, self.entry) if name]


@dataclass(frozen=True)
class Group:
    """The times of one group, with their curve and median."""

    name: str
    spans: Spans
    curve: Curve
    median: Median


@dataclass(frozen=True)
class Times:
    """All groups, everybody first; how many cases had no usable time; and the unit of time."""

    groups: tuple[Group, ...]
    by: str | None
    lacking: int
    unit: str


def read_times(file: CaseFile, columns: TimeColumns, by: str | None, unit: str) -> Times:
    """Read the times of everybody and of each group; raises Unreadable."""
    if (file.people != 1).any():
        raise Unreadable(["times need a row for each person, and no column of counts"])
    spans, selected = _spans(file, columns)
    groups = [(EVERYBODY, np.ones(len(spans), dtype=bool))]
    if by:
        parts = variable(file, by)
        groups += [(name, parts.codes[selected] == code) for code, name in [*enumerate(parts.values), (-1, MISSING)]]
    result = []
    for name, chosen in groups:
        if chosen.any():
            own = Spans(spans.time[chosen], spans.came[chosen], spans.entry[chosen])
            curve = kaplan_meier(own)
            result.append(Group(name, own, curve, median(curve)))
    return Times(tuple(result), by, len(file.cells) - len(spans), unit)


def _spans(file: CaseFile, columns: TimeColumns) -> tuple[Spans, np.ndarray]:
    """Return the times, and which rows have one."""
    rows, selected, problems = [], [], []
    needed = (columns.start,) if columns.start else (columns.time, columns.came)
    for place, (number, cells) in enumerate(file.cells.to_dict("index").items()):
        row = {name: "" if file.is_missing(word) else word for name, word in cells.items()}
        if not all(row[name] for name in needed):
            continue
        try:
            time, came, entry = (_from_dates if columns.start else _from_numbers)(row, columns)
        except ValueError as error:
            problem = str(error)
            problems.append(f"row {number}{', ' if problem.startswith('column ') else ': '}{problem}")
            continue
        if time < 0:
            problems.append(f"row {number}: it ends before it begins, or after the last day")
        elif entry >= time:
            problems.append(f"row {number}: it came under watch when it was over already")
        rows.append((time, came, entry))
        selected.append(place)
    refuse(problems)
    if not rows:
        raise Unreadable(["no row has a time"])
    times, came_flags, entries = (np.array(column) for column in zip(*rows, strict=True))
    if not came_flags.any():
        raise Unreadable(["the event came to nobody: there is nothing to tell of its time"])
    # From the start means before every moment, also before the moment 0.
    return Spans(times, came_flags, np.where(entries <= 0, -inf, entries)), np.array(selected)


def _from_numbers(row: dict[str, str], columns: TimeColumns) -> tuple[float, bool, float]:
    came, time = row[columns.came].casefold(), _number(columns.time, row)
    if came not in YES | NO:
        raise ValueError(f"column {columns.came}: whether the event came is not 1 or 0, yes or no")
    entry = _number(columns.entry, row) if columns.entry and row[columns.entry] else -inf
    return time, came in YES, entry


def _from_dates(row: dict[str, str], columns: TimeColumns) -> tuple[float, bool, float]:
    start, until = _date(columns.start, row), columns.until
    end = _date(columns.end, row) if row[columns.end] else None
    last = end or until
    if last is None:
        raise ValueError("the event had not come; say until which day cases were seen")
    if until is not None and last > until:
        end, last = None, until
    entry = (_date(columns.entry, row) - start).days if columns.entry and row[columns.entry] else -inf
    return float((last - start).days), end is not None, float(entry)


def _number(column: str, row: dict[str, str]) -> float:
    try:
        value = float(row[column]) if row[column].isascii() else inf
    except ValueError:
        value = inf
    if not 0 <= value <= LONGEST:
        raise ValueError(f"column {column}: a time that is not a number from 0")
    return value


def _date(column: str, row: dict[str, str]) -> date:
    parts = DAY_FIRST.fullmatch(row[column])
    try:
        return date(*map(int, reversed(parts.groups()))) if parts else date.fromisoformat(row[column])
    except ValueError as error:
        raise ValueError(f"column {column}: a date that is not written as 2026-11-27 or 27/11/2026") from error


def median_table(result: Times) -> Table:
    """Print cases, events and medians of each group."""
    rows = []
    for group in result.groups:
        people, came = len(group.spans), int(group.spans.came.sum())
        limits = Number(f"{decimal(group.median.low, 0).text} to {decimal(group.median.high, 0).text}")
        rows.append((group.name, people, came, people - came, decimal(group.median.value, 0), limits))
    heads = (result.by or "group", "people", "event came", "still waiting when last seen")
    notes = [
        f"{result.lacking:,} people have no usable time and are in no curve.",
        TEXTS["only_met"],
        TEXTS["censored"],
    ]
    if np.isfinite(result.groups[0].spans.entry).any():
        notes.append(TEXTS["delayed"])
    if thin := ", ".join(group.name for group in result.groups if _is_thin(group)):
        notes.append(TEXTS["thin"].format(names=thin))
    notes += ["Intervals by Greenwood's variance on the log-log scale.", TEXTS["step_note"]]
    more = (f"median {result.unit}", "95% between")
    return Table(f"Median {result.unit}", heads + more, tuple(rows), tuple(notes))


def _is_thin(group: Group) -> bool:
    """Return True if fewer than three wait at some event before half of all are under watch."""
    entered = np.sort(group.spans.entry)
    early = group.curve.moments <= entered[len(entered) // 2]
    return bool((group.curve.at_risk[early] < 3).any())


def waiting_table(result: Times, moments: Sequence[float]) -> Table:
    """Print the share of each group still waiting at some moments."""
    heads = [result.by or "group"]
    for moment in moments:
        heads += [f"waiting after {moment:g}", "95% between"]
    rows = tuple(
        (group.name, *(cell for moment in moments for cell in _waiting(group, moment))) for group in result.groups
    )
    return Table(f"Share still waiting, {result.unit}", tuple(heads), rows)


def _waiting(group: Group, moment: float) -> list[Cell]:
    if moment > float(group.spans.time.max()):
        return [Number(MISSING_NUMBER), Number("nobody was watched so long")]
    share, low, high = group.curve.at(moment)
    limits = MISSING_NUMBER if isnan(low) else f"{low:.1%} to {high:.1%}"
    return [Number(f"{share:.1%}", round(share, 3), 1, percent=True), Number(limits)]


def log_rank_table(result: Times) -> Table | None:
    """Print the log-rank test of all groups with a recorded value; None if they cannot be told apart."""
    groups = [group for group in result.groups[1:] if group.name != MISSING]
    test = log_rank([group.spans for group in groups]) if groups else None
    if test is None:
        return None
    rows = tuple((group.name, int(test.seen[at]), decimal(float(test.expected[at]))) for at, group in enumerate(groups))
    p = p_value(test.p).text
    note = f"Log-rank test: chi-square {test.statistic:.2f}, degrees of freedom {test.freedom}, p {p}."
    return Table("Do groups wait alike?", (result.by or "", "events", "expected if all waited alike"), rows, (note,))


def step_table(result: Times) -> Table:
    """Print every step of every curve: the numbers of the chart."""
    heads = (result.by or "group", result.unit, "waiting before", "events", "still waiting", "standard error")
    rows: list[tuple[Cell, ...]] = []
    for group in result.groups:
        curve = group.curve
        for at, moment in enumerate(curve.moments.tolist()):
            shares = (decimal(float(part[at]), 4) for part in (curve.waiting, curve.error, curve.low, curve.high))
            time = decimal(moment, 0 if moment.is_integer() else 2)
            rows.append((group.name, time, int(curve.at_risk[at]), int(curve.events[at]), *shares))
    return Table("Steps of the curves", (*heads, "95% from", "95% to"), tuple(rows))
