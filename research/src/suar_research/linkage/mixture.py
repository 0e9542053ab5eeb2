"""How likely two records are of one person by their likeness alone: a mixture without labels.

Source: Fellegi & Sunter 1969 (matches and non-matches, each with its own distribution); Qin 1999,
Annals of Statistics 27, 1368-1384 (a mixture beside a sample of one of its two parts, whose ratio
is exponential), fitted by EM as in Zou, Fine & Yandell 2002, Biometrika 89, 61-75. That the sample
of non-matches comes from inside the lists is own design, docs/decisions/linkage.md.
"""

from dataclasses import dataclass

import numpy as np

from suar_research.linkage.likenesses import Likenesses, Numbers

WIDTH = 0.0025
MOST_ROUNDS, NEWTON_STEPS, SETTLED = 500, 30, 1e-3
RIDGE, FAR = 1e-3, 40.0
FARTHEST, CLOSE = 20.0, 1e-7


@dataclass(frozen=True, slots=True)
class Mixture:
    """The logarithm of the odds of a match: `start + slope * likeness`."""

    start: float
    slope: float

    def log_odds(self, alike: Numbers) -> Numbers:
        """Give the logarithm of the odds that records so alike are one person; shape as given."""
        return np.clip(self.start + self.slope * alike, -FAR, FAR)


def fitted(seen: Likenesses) -> Mixture:
    """Fit by EM: strangers inside lists stay strangers, pairs between lists may be either.

    Likenesses are counted in steps of 0.0025. Each round weighs pairs between lists by how likely
    they are matches, then asks by which straight line in log odds matches differ from strangers.
    Strangers grow rare as likeness grows; matches may not, where likeness begins to be looked at:
    without that, a chance surplus of faint likenesses would be taken for matches.
    Log odds come as a function of likeness from 0 to 1. Raises nothing.
    Source: Qin 1999, Annals of Statistics 27, 1368-1384; Zou, Fine & Yandell 2002, Biometrika 89,
    61-75 (EM).
    """
    alike = np.concatenate([each.alike for each in seen.between])
    edges = np.arange(seen.floor - WIDTH / 2, 1 + WIDTH, WIDTH)
    middle = (edges[:-1] + edges[1:]) / 2
    between, inside = (np.histogram(each, edges)[0].astype(float) for each in (alike, seen.inside))
    # Of all who are surely or likely strangers, this share stands between lists.
    share = seen.scale / (1 + seen.scale)
    least = 1 / max(float((seen.inside - seen.floor).mean()), WIDTH)
    chance, line = _begun(between, seen.scale * inside), np.array([-least, least])
    for _ in range(MOST_ROUNDS):
        matches = between * chance
        line = _line(middle, matches, inside + between - matches, line)
        if line[1] < least:
            line = _line(middle, matches, inside + between - matches, line, slope=least)
        odds = np.exp(np.clip(line[0] + line[1] * middle, -FAR, FAR)) / share
        before, chance = chance, odds / (1 + odds)
        if float(between @ np.abs(chance - before)) < SETTLED:
            break
    return Mixture(float(line[0] - np.log(share)), float(line[1]))


def _begun(between: Numbers, strangers: Numbers) -> Numbers:
    """Begin with what is seen more often between lists than strangers would be, never falling."""
    more = (between - strangers) / np.maximum(between, 1)
    begun: Numbers = np.maximum.accumulate(np.clip(more, 0.001, 0.999))
    return begun


def _line(
    middle: Numbers,
    matches: Numbers,
    strangers: Numbers,
    line: Numbers,
    slope: float | None = None,
) -> Numbers:
    """Fit a logistic line to weighted likenesses by Newton steps, hardly held back.

    With a `slope` only where the line starts is fitted.
    """
    rows = np.stack([np.ones_like(middle), middle], axis=1)
    whole = matches + strangers
    if slope is not None:
        line = np.array([line[0] + (line[1] - slope) * middle.mean(), slope])
    for _ in range(NEWTON_STEPS):
        share = 1 / (1 + np.exp(-np.clip(rows @ line, -FAR, FAR)))
        rise = rows.T @ (matches - whole * share) - RIDGE * line
        bend = rows.T @ ((whole * share * (1 - share))[:, None] * rows) + RIDGE * np.eye(2)
        if slope is None:
            step = np.linalg.solve(bend, rise)
        else:
            step = np.array([rise[0] / bend[0, 0], 0.0])
        line = line + step * min(1.0, FARTHEST / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < CLOSE:
            break
    return line
