"""The chance to be drawn when people are drawn one after another and nobody twice.

Drawing in proportion to contacts without putting back is the same as giving each person a clock
that rings at a rate of as many per hour as they have contacts, and taking the first who ring
(Rosén 1972, Annals of Mathematical Statistics 43, 373-397). With hundreds of people the hour at
which the sample is full is nearly the same in every draw. The chance of somebody with k contacts
is then 1 - exp(-k t), with t such that the chances add up to the size of the sample. So no draw
has to be simulated; the page docs/research/rds.md shows the difference from simulated draws.
"""

from __future__ import annotations

import numpy as np

from suar.insight.answers import Numbers

ROUNDS = 60
STEPS = 60
CLOSE = 1e-10


def inclusion(degrees: Numbers, sampled: Numbers, population: float) -> Numbers:
    """Give the chance of each class of contacts to be drawn: shape (replicates, classes).

    `degrees`, shape (classes,); `sampled`, shape (replicates, classes), counts those drawn. Starts
    from chances in proportion to contacts, says from them how many people of each class there
    are, and from those the chances again, until they stay. A replicate with as many people as the
    population, or more, has met everybody: its chances are 1.
    Raises nothing.

    Source: Gile 2011, JASA 106, 135-146, the mapping from the population to chances and its fixed
    point. The paper finds the chances by simulation; here they are computed.
    """
    drawn = sampled.sum(axis=1)
    open_ = drawn < population
    chances = np.ones_like(sampled)
    rows, size = sampled[open_], drawn[open_]
    if not len(rows):
        return chances
    found = np.broadcast_to(degrees / degrees.max(), rows.shape)
    hour = np.zeros(len(rows))
    for _ in range(ROUNDS):
        there = rows / found
        there *= (population / there.sum(axis=1))[:, None]
        before, hour = hour, full_at(degrees, there, size)
        found = -np.expm1(-degrees * hour[:, None])
        if (np.abs(hour - before) <= CLOSE * hour).all():
            break
    chances[open_] = found
    return chances


def full_at(degrees: Numbers, there: Numbers, size: Numbers) -> Numbers:
    """Give the hour at which as many as `size` have been drawn, shape (replicates,).

    `there`, shape (replicates, classes): people of each class. The number drawn grows ever slower
    with time, so that Newton's steps from 0 come nearer from below and never pass.
    """
    hour = np.zeros(len(size))
    for _ in range(STEPS):
        left = there * np.exp(-degrees * hour[:, None])
        short = size - (there.sum(axis=1) - left.sum(axis=1))
        step = short / (left @ degrees)
        hour = hour + step
        if (step <= CLOSE * hour).all():
            break
    return hour
