"""Counts drawn again and again by who may be whom, pooled into one answer with the doubt of links.

`./suar link match --drawn` draws them where the tokens are; here only counts are known.
Source: the limits are quantiles of all resamples of all draws put together (Schomaker & Heumann
2018, Statistics in Medicine 37, 2252-2266, "MI boot pooled"); what share of the variance comes from
links follows Rubin 1987, Multiple Imputation for Nonresponse in Surveys, chapter 3, on logarithms.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from suar_research.answers import LEVELS, Answer, Limits, percentile
from suar_research.mse.reading import patterns_by
from suar_research.mse.stepwise import Stepwise
from suar_research.mse.tables import CaptureTable, Numbers
from suar_research.reading import refuse
from suar_research.report import people
from suar_research.texts import texts

DRAW = "draw"
FEWEST_DRAWS = 20
REPLICATES = 2_000
TEXTS = texts("mse.draws")
SHARE: str = TEXTS["share"]


@dataclass(frozen=True)
class Pooled:
    """An answer over all draws, what the draws alone say, and the share of doubt from links.

    `share` is from 0 to 1, or None where an estimate is infinite too often to say.
    """

    answer: Answer
    alone: Limits
    share: float | None
    draws: int

    @property
    def notice(self) -> str:
        """Say how much of the doubt comes from links."""
        if self.share is None:
            return f"Who is whom was drawn {self.draws:,} times; too often without an estimate."
        low, high = people(self.alone.low), people(self.alone.high)
        return SHARE.format(draws=self.draws, share=self.share, low=low, high=high)


def read(text: str, table: CaptureTable) -> list[CaptureTable]:
    """Read draws of the lists of a table; raises Unreadable when they are of other lists."""
    tables = patterns_by(text, DRAW)
    refuse(f"{DRAW} {name}: {problem}" for name, each in tables.items() for problem in _other(each, table))
    if len(tables) < FEWEST_DRAWS:
        refuse([f"{len(tables)} draws; at least {FEWEST_DRAWS} are needed"])
    return list(tables.values())


def _other(drawn: CaptureTable, table: CaptureTable) -> list[str]:
    """Say why a draw is of other lists: whoever is on a list stays on it, whoever it may be."""
    if drawn.lists != table.lists:
        return [f"its lists are {', '.join(drawn.lists)}, not {', '.join(table.lists)}"]
    sizes = ((drawn.on(1 << at), table.on(1 << at), name) for at, name in enumerate(table.lists))
    return [
        f"column {name}: {one} people on this list, and {other} in the file of counts"
        for one, other, name in sizes
        if one != other
    ]


def pooled(tables: Sequence[CaptureTable], seed: int, model: str) -> Pooled:
    """Resample the people of each draw, estimate by the stepwise choice, and put all together.

    As many resamples for each draw, about 2,000 in all. Those without an estimate are infinite.
    All tables are of the same lists. Raises as `Stepwise.choose`.
    Source: Schomaker & Heumann 2018, Statistics in Medicine 37, 2252-2266 (MI boot pooled).
    """
    counts = np.array([each.counts for each in tables], np.float64)
    method, each_draw = Stepwise(tables[0].places), -(-REPLICATES // len(tables))
    alone = method.totals(counts)
    rng = np.random.default_rng(seed)
    people = counts.sum(axis=1)
    resampled = np.concatenate(
        [rng.multinomial(int(number), row / number, size=each_draw) for row, number in zip(counts, people, strict=True)]
    ).astype(np.float64)
    found = np.sort(method.totals(resampled))
    limits = tuple(percentile(found, level) for level in LEVELS)
    drawn = tuple(percentile(alone, level) for level in LEVELS)
    answer = Answer("links", float(found[len(found) // 2]), {"links": limits, "draws": drawn}, model, len(found))
    return Pooled(answer, drawn[0], _share(alone, found), len(tables))


def _share(alone: Numbers, found: Numbers) -> float | None:
    """Give the variance between draws over the whole variance, on logarithms.

    Those without an estimate are left out; where they are more than half of either, there is none.
    """
    kept = [each[np.isfinite(each)] for each in (alone, found)]
    if any(2 * len(some) <= len(each) for some, each in zip(kept, (alone, found), strict=True)):
        return None
    alone, found = kept
    whole = float(np.log(found).var())
    return min(1.0, float(np.log(alone).var()) / whole) if whole else 0.0
