"""The panel of methods: each with its interval, its assumptions and what it cost."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from suar_research.answers import LEVELS, Answer, Limits, Refused, percentile
from suar_research.mse import classes, graphs, hierarchy, threshold
from suar_research.mse.bootstrap import BCA, PERCENTILE, Resampled, Totals, bca, bootstrap, smoothed
from suar_research.mse.fitting import Family
from suar_research.mse.hierarchy import ByBic, totals_and_likelihoods, with_terms
from suar_research.mse.multinomial import profile
from suar_research.mse.stepwise import Stepwise, choose_by_aic
from suar_research.mse.tables import CaptureTable, Flags, Numbers, terms_of
from suar_research.running import Plan, Runner

# How many of the models with the smallest BIC a replicate may choose from.
BEST_MODELS = 60


Method = Callable[[CaptureTable, Plan, Runner], Answer]


class Fixed:
    """Estimates with one model, the same for every table."""

    def __init__(self, lists: int, order: int, terms: tuple[int, ...] = ()) -> None:
        self._family = Family(lists, terms_of(lists, max(order, 1)))
        self._chosen = with_terms(self._family, terms)

    def totals(self, counts: Numbers) -> Numbers:
        """Estimate how many people there are for each table, shape (rows, 2**lists)."""
        chosen = np.repeat(self._chosen[None], len(counts), axis=0)
        return totals_and_likelihoods(self._family, counts, chosen)[0]


def stepwise(table: CaptureTable, plan: Plan, runner: Runner) -> Answer:
    """Add pairs by their Poisson tail; the interval chooses anew in each replicate."""
    method = Stepwise(table.places)
    found = bootstrap(method, table, plan, runner)
    (pairs,) = method.choose(table.counts[None].astype(np.float64)).pairs
    chosen = tuple(pair for pair, flag in zip(method.pairs, pairs, strict=True) if flag)
    family = Family(table.places, terms_of(table.places, 2))
    model = hierarchy.written(family, with_terms(family, chosen), table)
    return _resampled("stepwise", found, plan, model)


def best_bic(table: CaptureTable, plan: Plan, runner: Runner) -> Answer:
    """Take the hierarchical model of smallest BIC; replicates choose among the 60 best.

    Raises ValueError where no model has an estimate or there are too many to compare.
    Source: Silverman, Chan & Vincent 2024, Statistics and Computing 34:44 (the 60 best).
    """
    compared = hierarchy.compare(table, order_for(table.places))
    best = compared.by_bic()
    if not len(best):
        raise ValueError("no model has an estimate")
    method = ByBic(compared, BEST_MODELS)
    model = hierarchy.written(compared.family, compared.chosen[best[0]], table)
    return _resampled("bic", bootstrap(method, table, plan, runner), plan, model)


def main_effects(table: CaptureTable, plan: Plan, runner: Runner) -> Answer:
    """Take all lists to be independent."""
    family = Family(table.places, terms_of(table.places, 1))
    chosen = with_terms(family, ())
    return _profiled("main", table, family, chosen, hierarchy.written(family, chosen, table))


def fixed(table: CaptureTable, terms: tuple[int, ...], plan: Plan, runner: Runner) -> Answer:
    """Take the one model that was named, without any choice."""
    order = max((term.bit_count() for term in terms), default=1)
    method: Totals = Fixed(table.places, order, terms)
    family = Family(table.places, terms_of(table.places, order))
    model = hierarchy.written(family, with_terms(family, terms), table)
    found = _resampled("fixed", bootstrap(method, table, plan, runner), plan, model)
    return replace(found, smoothed=None)


def best_aic(table: CaptureTable, plan: Plan, runner: Runner) -> Answer:
    """Add pairs by AIC and a test, as for the first UK estimate; profile interval of that model."""
    family, chosen = choose_by_aic(table)
    return _profiled("aic", table, family, chosen, hierarchy.written(family, chosen, table))


def bayes_threshold(table: CaptureTable, plan: Plan, runner: Runner) -> Answer:
    """Draw from a model of all pairs, keep the clear ones, and draw again."""
    drawn = threshold.estimate(table, plan.seed)
    return _drawn("threshold", drawn.total, hierarchy.written(drawn.family, drawn.kept, table))


def graph_averaging(table: CaptureTable, plan: Plan, runner: Runner) -> Answer:
    """Average over all decomposable graphs of the lists."""
    weights = graphs.posterior(table)
    if graphs.quantile(weights, 0.975) > graphs.NEAR * len(weights):
        raise ValueError(f"more than the {len(weights):,} unseen people that are looked at are likely")
    limits = tuple(
        Limits(
            level,
            table.seen + graphs.quantile(weights, (1 - level) / 2),
            table.seen + graphs.quantile(weights, (1 + level) / 2),
        )
        for level in LEVELS
    )
    middle = float(table.seen + graphs.quantile(weights, 0.5))
    model = f"{len(graphs.decomposable(table.places)):,} decomposable graphs"
    return Answer("graphs", middle, {"posterior": limits}, model)


def latent_classes(table: CaptureTable, plan: Plan, runner: Runner) -> Answer:
    """Let classes of people differ in how easily each list meets them."""
    drawn = classes.estimate(table, plan, runner)
    found = _drawn("classes", drawn.ravel(), f"up to {classes.CLASSES} classes of people")
    return replace(found, settled=classes.agreed(drawn))


METHODS: dict[str, Method] = {
    "stepwise": stepwise,
    "bic": best_bic,
    "aic": best_aic,
    "main": main_effects,
    "threshold": bayes_threshold,
    "graphs": graph_averaging,
    "classes": latent_classes,
}


def panel(
    table: CaptureTable, plan: Plan, runner: Runner, names: Sequence[str] = tuple(METHODS)
) -> tuple[list[Answer], list[Refused]]:
    """Ask every method; one that cannot answer says why."""
    answers, refused = [], []
    for name in names:
        began = runner.cpu_s()
        try:
            found = METHODS[name](table, plan, runner)
        except (ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
            refused.append(Refused(name, str(error)))
        except MemoryError:
            refused.append(Refused(name, "it would take more memory than there is"))
        else:
            answers.append(replace(found, cpu_s=runner.cpu_s() - began))
    return answers, refused


def order_for(lists: int) -> int:
    """Give the order of the models that are compared: 3 up to four lists, else 2."""
    return 3 if lists <= 4 else 2


def _resampled(name: str, found: Resampled, plan: Plan, model: str) -> Answer:
    if not np.isfinite(found.estimate):
        raise ValueError("the model it chooses has no estimate: the lists overlap too little")
    intervals = {
        BCA: tuple(bca(found.estimate, found.replicates, found.acceleration, level) for level in LEVELS),
        PERCENTILE: tuple(percentile(found.replicates, level) for level in LEVELS),
    }
    first = {plan.interval: intervals.pop(plan.interval)}
    return Answer(
        name,
        found.estimate,
        first | intervals,
        model,
        len(found.replicates),
        found.settled,
        smoothed=smoothed(found.replicates),
        unsettled=found.unsettled,
    )


def _profiled(name: str, table: CaptureTable, family: Family, chosen: Flags, model: str) -> Answer:
    counts = table.counts.astype(np.float64)
    total, _ = totals_and_likelihoods(family, counts[None], chosen[None])
    if not np.isfinite(total[0]):
        raise ValueError("the model it chooses has no estimate: the lists overlap too little")
    found = profile(counts, family, chosen, LEVELS)
    limits = tuple(Limits(level, *found.limits[level]) for level in LEVELS)
    return Answer(name, found.estimate, {"profile": limits}, model)


def _drawn(name: str, draws: Numbers, model: str) -> Answer:
    limits = tuple(percentile(draws, level) for level in LEVELS)
    return Answer(name, float(np.median(draws)), {"posterior": limits}, model, len(draws))
