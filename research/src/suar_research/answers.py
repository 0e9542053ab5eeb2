"""The answer of a method: an estimate with its intervals, or why it has none.

Source: Hyndman & Fan 1996, American Statistician 50, 361-365 (quantiles, definition 8).
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
LEVELS = (0.95, 0.8)


@dataclass(frozen=True)
class Limits:
    """An interval for the number of people; `level` is between 0 and 1, `high` may be infinite."""

    level: float
    low: float
    high: float


@dataclass(frozen=True)
class Answer:
    """The answer of one method: people in all, and intervals by kind, the first kind being shown.

    `replicates` counts resamples or draws, 0 where none were needed; `settled` speaks of the
    interval that is shown and is None where nothing had to settle; `unsettled` names all that had
    not. `smoothed`, people in all, is the middle of resamples that each choose a model anew, None
    where there are none. `estimate`, `smoothed` and limits may be infinite. `cpu_s` counts other
    processes and workers of a cluster too; what it leaves out: `Runner.cpu_s`. Replicates that
    several answers share stand whole in each.
    """

    name: str
    estimate: float
    intervals: dict[str, tuple[Limits, ...]]
    model: str
    replicates: int = 0
    settled: bool | None = None
    cpu_s: float = field(default=0.0, compare=False)
    smoothed: float | None = None
    unsettled: tuple[str, ...] = ()

    @property
    def interval(self) -> Limits:
        """Return the 95% interval that is shown."""
        return next(iter(self.intervals.values()))[0]


@dataclass(frozen=True)
class Refused:
    """A method that has no answer for this table, and why in a sentence."""

    name: str
    because: str


def percentile(replicates: Numbers, level: float) -> Limits:
    """Cut the same share off both ends of the replicates, shape (replicates,).

    Limits are in the unit of the replicates. Raises IndexError without any replicate.
    Source: Efron & Tibshirani 1993, chapter 13 (percentiles of a bootstrap).
    """
    tail = (1 - level) / 2
    low, high = quantiles(replicates, (tail, 1 - tail))
    return Limits(level, low, high)


def limits_95(replicates: Numbers) -> tuple[float, float]:
    """Return the 95% limits of replicates by percentiles."""
    limits = percentile(replicates, 0.95)
    return limits.low, limits.high


def quantiles(replicates: Numbers, shares: tuple[float, ...]) -> tuple[float, ...]:
    """Return quantiles by definition 8, median-unbiased; infinite replicates are last.

    `replicates`, shape (replicates,); one quantile for each of `shares`, from 0 to 1. Raises
    IndexError without any replicate.
    Source: Hyndman & Fan 1996, definition 8.
    """
    ordered = np.sort(replicates)
    result = []
    for share in shares:
        place = np.clip((len(ordered) + 1 / 3) * share + 1 / 3, 1, len(ordered)) - 1
        low, rest = int(place), float(place - int(place))
        near, far = ordered[low], ordered[min(low + 1, len(ordered) - 1)]
        result.append(float(near if rest == 0 else near + rest * (far - near)) if np.isfinite(near) else np.inf)
    return tuple(result)
