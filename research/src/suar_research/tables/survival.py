"""Times to an event: Kaplan-Meier curves, their medians, and the log-rank test.

A case whose event had not come by the last day is kept and counts as waiting until that day
(censored). A case that was only met later (delayed entry) counts as waiting from then on.

Source: Kaplan & Meier 1958, JASA 53, 457-481; Greenwood 1926 (variance); Kalbfleisch & Prentice
2002, The Statistical Analysis of Failure Time Data, 1.4 (log-log interval); Brookmeyer & Crowley
1982, Biometrics 38, 29-41 (median); Mantel 1966, Cancer Chemotherapy Reports 50, 163-170, and
Peto & Peto 1972, JRSS-A 135, 185-207 (log-rank).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from suar_research.answers import Numbers

LEVEL = 0.95
HALF = 0.5
SAME = 1e-9


@dataclass(frozen=True)
class Spans:
    """How long cases waited: arrays of shape (cases,), times in one unit.

    `time` is when the event came, or when the case was last seen; `came` says which; `entry` is
    when the case was first under watch, minus infinity where that is from the start.
    """

    time: Numbers
    came: NDArray[np.bool_]
    entry: Numbers

    def __len__(self) -> int:
        """Count the cases."""
        return len(self.time)

    def only(self, chosen: NDArray[np.bool_]) -> Spans:
        """Keep some cases."""
        return Spans(self.time[chosen], self.came[chosen], self.entry[chosen])

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
        """Give the share still waiting at a moment, with its limits."""
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
    low, high = (np.where(none, np.nan, each) for each in (low, high))
    return Curve(moments, at_risk, events, np.where(none, 0.0, waiting), error, low, high)


def median(curve: Curve) -> Median:
    """Give the median and the moments between which its interval lies.

    In the unit of the times. Raises nothing: infinite where half are never through.
    Source: Brookmeyer & Crowley 1982, Biometrics 38, 29-41.
    """
    return Median(*(_crossing(curve.moments, each) for each in (curve.waiting, curve.low, curve.high)))


def _crossing(moments: Numbers, shares: Numbers) -> float:
    """Give the first moment at or under one half; between two where a step lies on it."""
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
    moments = np.unique(np.concatenate([each.time[each.came] for each in groups]))
    there = np.array([each.at_risk(moments) for each in groups], dtype=np.float64)
    events = np.array([each.events(moments) for each in groups], dtype=np.float64)
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
