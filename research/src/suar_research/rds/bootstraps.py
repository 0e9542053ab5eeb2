"""Two ways to draw a sample again: whole trees, and chains of recruits.

Each gives `Tallies` of many replicates at once, drawn side by side. None of them can come to a
place where it has nobody to draw: what each does there is said with it. The third way, from a
synthetic population, is in `synthetic_population`.
"""

import numpy as np

from suar_research.rds.samples import SEED, Sample, Tallies, tally


def trees(sample: Sample, replicates: int, rng: np.random.Generator) -> Tallies:
    """Draw seeds with replacement, then again and again the recruits of each who was drawn.

    As many seeds as there were, and for each drawn person as many recruits as that person had. So
    replicates differ in how many people they hold, and are as many as the sample on average.
    Tallies have shape (replicates, ...). Raises nothing.

    Source: Baraff, McCormick & Raftery 2016, PNAS 113, 14668-14673, the tree bootstrap.
    """
    order = np.argsort(sample.recruiter, kind="stable")
    starts = np.searchsorted(sample.recruiter[order], np.arange(sample.people))
    seeds = len(sample.seeds)
    replicate = np.repeat(np.arange(replicates), seeds)
    person = sample.seeds[rng.integers(seeds, size=len(replicate))]
    recruiter = np.full(len(person), SEED)
    found = [(replicate, person, recruiter)]
    while len(person):
        branches = sample.recruits[person]
        replicate, recruiter = np.repeat(replicate, branches), np.repeat(person, branches)
        chosen = (rng.random(len(recruiter)) * sample.recruits[recruiter]).astype(np.int64)
        person = order[starts[recruiter] + chosen]
        found.append((replicate, person, recruiter))
    whole = [np.concatenate(part) for part in zip(*found, strict=True)]
    return tally(sample, replicates, whole[0], whole[1], whole[2])


def chains(sample: Sample, replicates: int, rng: np.random.Generator) -> Tallies:
    """Draw one chain as long as the sample: each next from those whom a like person recruited.

    Like means of the same group. The first is drawn from everybody and counts as the seed. Where
    nobody of a group recruited anybody, the next is drawn from all who were recruited.
    Tallies have shape (replicates, ...). Raises nothing.

    Source: Salganik 2006, Journal of Urban Health 83, i98-i112.
    """
    everybody = np.flatnonzero(sample.recruiter != SEED)
    of_group = sample.group[sample.recruiter[everybody]]
    pools = [everybody[of_group == group] for group in range(sample.groups)]
    pools = [pool if len(pool) else everybody for pool in pools]
    sizes = np.array([len(pool) for pool in pools])
    starts, pool = np.cumsum(sizes) - sizes, np.concatenate(pools)
    drawn = np.empty((sample.people, replicates), dtype=np.int64)
    drawn[0] = rng.integers(sample.people, size=replicates)
    for step, share in enumerate(rng.random((sample.people - 1, replicates)), 1):
        group = sample.group[drawn[step - 1]]
        drawn[step] = pool[starts[group] + (share * sizes[group]).astype(np.int64)]
    before = np.vstack([np.full((1, replicates), SEED), drawn[:-1]])
    replicate = np.tile(np.arange(replicates), sample.people)
    return tally(sample, replicates, replicate, drawn.ravel(), before.ravel())
