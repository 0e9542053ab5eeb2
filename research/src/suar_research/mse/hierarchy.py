"""All hierarchical models up to an order, compared by an information criterion.

Source: Bishop, Fienberg & Holland 1975, chapter 6; Silverman, Chan & Vincent 2024, Statistics and
Computing 34:44 (BIC over all models, and a bootstrap over the best of them).
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import special

from suar_research.mse.fitting import Family, all_fine
from suar_research.mse.tables import CaptureTable, Flags, Numbers, members, terms_of

# Above so many models nothing is compared: seven lists have two million models of pairs alone.
MOST_MODELS = 40_000
ROWS = 2_000


@dataclass(frozen=True)
class AllModels:
    """Every model of a table: shape (models, terms of the family) and (models,) for the rest.

    `total` is infinite where the estimate does not exist or is not the only one; `deviance` is
    against the table itself; `aic` and `bic` count parameters at minus infinity as parameters.
    """

    family: Family
    chosen: Flags
    total: Numbers
    deviance: Numbers
    aic: Numbers
    bic: Numbers

    def by_bic(self) -> np.ndarray:
        """Order the models that have an estimate by their BIC, the best first."""
        order = np.argsort(self.bic, kind="stable")
        return order[np.isfinite(self.total[order])]


def models(lists: int, order: int) -> list[tuple[int, ...]]:
    """List all hierarchical models with every list in them: their terms of two and more lists.

    ValueError when there would be more than MOST_MODELS.
    A term is a whole number whose bits are lists.
    Source: Bishop, Fienberg & Holland 1975, chapter 6.
    """
    larger = [term for term in terms_of(lists, order) if term.bit_count() > 1]
    result: list[tuple[int, ...]] = [()]
    for term in larger:
        result += [(*model, term) for model in result if _closed(term, model)]
        if len(result) > MOST_MODELS:
            raise ValueError(f"{lists} lists have too many models of order {order} to compare")
    return result


def _closed(term: int, model: tuple[int, ...]) -> bool:
    """Return True if the model holds every pair, triple ... inside the term."""
    if term.bit_count() == 2:
        return True
    inside = combinations(members(term), term.bit_count() - 1)
    return all(sum(1 << place for place in part) in model for part in inside)


def flags(family: Family, wanted: list[tuple[int, ...]]) -> Flags:
    """Turn models into shape (models, terms), with the intercept and every list in each."""
    chosen = np.zeros((len(wanted), len(family.terms)), dtype=bool)
    places = {term: place for place, term in enumerate(family.terms)}
    chosen[:, [place for term, place in places.items() if term.bit_count() < 2]] = True
    for row, model in enumerate(wanted):
        chosen[row, [places[term] for term in model]] = True
    return chosen


def with_terms(family: Family, terms: tuple[int, ...]) -> Flags:
    """Turn one model into shape (terms of the family,), as `flags` does."""
    (chosen,) = flags(family, [terms])
    return np.asarray(chosen)


def compare(table: CaptureTable, order: int) -> AllModels:
    """Fit every hierarchical model up to `order` lists in a term to one table.

    Totals are people, shape (models,); infinite where there is no estimate. Raises ValueError when
    there would be more than MOST_MODELS.
    Source: Silverman, Chan & Vincent 2024, Statistics and Computing 34:44 (BIC over all models).
    """
    family = Family(table.places, terms_of(table.places, order))
    chosen = flags(family, models(table.places, order))
    counts = table.counts.astype(np.float64)
    parts = [_fitted(family, counts, chosen[at : at + ROWS]) for at in range(0, len(chosen), ROWS)]
    total, likelihood = (np.concatenate(item) for item in zip(*parts, strict=True))
    size = chosen.sum(axis=1)
    logs = special.gammaln(counts + 1.0).sum()
    perfect = (counts * np.log(np.maximum(counts, 1)) - counts).sum()
    return AllModels(
        family,
        chosen,
        total,
        2 * (perfect - likelihood),
        2 * size - 2 * (likelihood - logs),
        np.log(table.seen) * size - 2 * (likelihood - logs),
    )


def _fitted(family: Family, counts: Numbers, chosen: Flags) -> tuple[Numbers, Numbers]:
    rows = np.repeat(counts[None], len(chosen), axis=0)
    return totals_and_likelihoods(family, rows, chosen)


def totals_and_likelihoods(family: Family, counts: Numbers, chosen: Flags) -> tuple[Numbers, Numbers]:
    """Estimate the total of each table under its model, and the log-likelihood without factorials.

    Both have shape (rows,). Where there is no estimate the total is infinite and the likelihood
    that of the last turn.
    """
    fit = family.fit(counts, chosen)
    expected = fit.expected[:, 1:]
    logs = np.log(np.where(expected > 0, expected, 1.0))
    likelihood = (counts[:, 1:] * logs - expected).sum(axis=1)
    fine = all_fine(counts, chosen, family) & fit.settled
    return np.where(fine, counts.sum(axis=1) + fit.unseen, np.inf), likelihood


class ByBic:
    """Takes the model of smallest BIC, among the `most` that were best for one table."""

    def __init__(self, best: AllModels, most: int) -> None:
        self.family = best.family
        self.chosen = best.chosen[best.by_bic()[:most]]

    def totals(self, counts: Numbers) -> Numbers:
        """Estimate how many people there are for each table, shape (rows, 2**lists).

        Returns people, shape (rows,), infinite where none of the models has an estimate. Raises nothing.
        Source: Silverman, Chan & Vincent 2024 (a bootstrap that chooses anew among the best).
        """
        total, lowest = np.full(len(counts), np.inf), np.full(len(counts), np.inf)
        people = np.log(counts.sum(axis=1))
        for model in self.chosen:
            chosen = np.repeat(model[None], len(counts), axis=0)
            result, likelihood = totals_and_likelihoods(self.family, counts, chosen)
            bic = np.where(np.isfinite(result), people * model.sum() - 2 * likelihood, np.inf)
            better = bic < lowest
            total, lowest = np.where(better, result, total), np.where(better, bic, lowest)
        return total


def written(family: Family, chosen: Flags, table: CaptureTable) -> str:
    """Write a model by its largest terms: `NG:LA, PF`."""
    terms = [term for term, flag in zip(family.terms, chosen, strict=True) if flag and term]
    largest = [item for item in terms if not any(item & other == item != other for other in terms)]
    return ", ".join(table.name_of(item) for item in largest)
