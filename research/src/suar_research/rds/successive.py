"""The chance to be drawn when people are drawn one after another and nobody twice.

Drawing in proportion to contacts without putting back is the same as giving each person a clock
that rings at a rate of as many per hour as they have contacts, and taking the first who ring
(Rosén 1972, Annals of Mathematical Statistics 43, 373-397). With hundreds of people the hour at
which the sample is full is nearly the same in every draw. The chance of somebody with k contacts
is then 1 - exp(-k t), with t such that the chances add up to the size of the sample. So no draw
has to be simulated; the page research/docs/rds.md shows the difference from simulated draws.
"""

import numpy as np

from suar_research.answers import Numbers

STEPS = 60
CLOSE = 1e-10


def inclusion(degrees: Numbers, sampled: Numbers, population: float) -> Numbers:
    """Give the chance of each class of contacts to be drawn: shape (replicates, classes).

    `degrees`, shape (classes,); `sampled`, shape (replicates, classes), counts those drawn. A
    replicate with as many people as the population, or more, has met everybody: its chances are 1.
    Raises nothing.

    Source: Gile 2011, JASA 106, 135-146, the mapping from the population to chances and its fixed
    point. The paper finds the chances by simulation and the fixed point by going round; here both
    are one equation, `full_at`.
    """
    open_ = sampled.sum(axis=1) < population
    chances = np.ones_like(sampled)
    hour = full_at(degrees, sampled[open_], population)
    chances[open_] = -np.expm1(-degrees * hour[:, None])
    return chances


def full_at(degrees: Numbers, sampled: Numbers, population: float) -> Numbers:
    """Give the hour at which a sample that was drawn so was full, shape (replicates,).

    Chances say how many people of each class there are: those drawn, each weighed by one over its
    chance. Made to add up to the population, they ring as often by the hour t as people were drawn
    just when they add up to it without being made to. So t is where the sum of n_k / (1 - exp(-k
    t)) is the population. That sum falls with t, ever slower, so that Newton's steps from an hour
    too early come nearer and never pass. It is too early when k t stands for 1 - exp(-k t).
    """
    hour: Numbers = (sampled / degrees).sum(axis=1) / population
    for _ in range(STEPS):
        chances = -np.expm1(-degrees * hour[:, None])
        people = sampled / chances
        falls = (people / chances - people) @ degrees
        step = (people.sum(axis=1) - population) / falls
        hour = hour + step
        if (step <= CLOSE * hour).all():
            break
    return hour
