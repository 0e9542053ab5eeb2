"""The panel of methods: each with its interval, its assumptions and what it cost."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from suar_research.answers import LEVELS, Answer, Limits, Refused, percentile
from suar_research.mse import classes, graphs, hierarchy, threshold
from suar_research.mse.bootstrap import BCA, PERCENTILE, Resampled, bca, bootstrap, smoothed
from suar_research.mse.fitting import Family
from suar_research.mse.hierarchy import ByBic, totals_and_likelihoods, with_terms
from suar_research.mse.multinomial import profile
from suar_research.mse.stepwise import Stepwise, choose_by_aic
from suar_research.mse.tables import CaptureTable, Flags, Numbers, terms_of
from suar_research.running import Plan, Runner

# How many of the models with the smallest BIC a replicate may choose from.
BEST_MODELS = 60


Method = Callable[[CaptureTable, Plan, Runner], Answer]


def stepwise(table: CaptureTable, plan: Plan, runner: Runner) -> Answer:
    """Add pairs by their Poisson tail; the interval chooses anew in each replicate."""
    method = Stepwise(table.places)
    result = bootstrap(method, table, plan, runner)
    (pairs,) = method.choose(table.counts[None].astype(np.float64)).pairs
    chosen = tuple(pair for pair, flag in zip(method.pairs, pairs, strict=True) if flag)
    family = Family(table.places, terms_of(table.places, 2))
    model = hierarchy.written(family, with_terms(family, chosen), table)
    return _resampled("stepwise", result, plan, model)


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
    return _profiled("main", table, family, with_terms(family, ()))


def best_aic(table: CaptureTable, plan: Plan, runner: Runner) -> Answer:
    """Add pairs by AIC and a test, as for the first UK estimate; profile interval of that model."""
    return _profiled("aic", table, *choose_by_aic(table))


def bayes_threshold(table: CaptureTable, plan: Plan, runner: Runner) -> Answer:
    """Draw from a model of all pairs, keep the clear ones, and draw again."""
    drawn = threshold.estimate(table, plan.seed)
    return _drawn("threshold", drawn.total, hierarchy.written(drawn.family, drawn.selected, table))


def graph_averaging(table: CaptureTable, plan: Plan, runner: Runner) -> Answer:
    """Average over all decomposable graphs of the lists."""
    weights = graphs.posterior(table)
    if graphs.quantile(weights, 0.975) > graphs.NEAR * len(weights):
        raise ValueError(f"more than the {len(weights):,} unseen people that are looked at are likely")

    def people(share: float) -> int:
        return table.seen + graphs.quantile(weights, share)

    limits = tuple(Limits(level, people((1 - level) / 2), people((1 + level) / 2)) for level in LEVELS)
    model = f"{len(graphs.decomposable(table.places)):,} decomposable graphs"
    return Answer("graphs", float(people(0.5)), {"posterior": limits}, model)


def latent_classes(table: CaptureTable, plan: Plan, runner: Runner) -> Answer:
    """Let classes of people differ in how easily each list meets them."""
    drawn = classes.estimate(table, plan, runner)
    result = _drawn("classes", drawn.ravel(), f"up to {classes.CLASSES} classes of people")
    return replace(result, settled=classes.agreed(drawn))


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
    """Run every method; one without an answer is refused with the reason."""
    answers, refused = [], []
    for name in names:
        began = runner.cpu_s()
        try:
            result = METHODS[name](table, plan, runner)
        except (ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
            refused.append(Refused(name, str(error)))
        except MemoryError:
            refused.append(Refused(name, "it would take more memory than there is"))
        else:
            answers.append(replace(result, cpu_s=runner.cpu_s() - began))
    return answers, refused


def order_for(lists: int) -> int:
    """Return the order of the models that are compared: 3 up to four lists, else 2."""
    return 3 if lists <= 4 else 2


def _resampled(name: str, result: Resampled, plan: Plan, model: str) -> Answer:
    if not np.isfinite(result.estimate):
        raise ValueError("the model it chooses has no estimate: the lists overlap too little")
    intervals = {PERCENTILE: tuple(percentile(result.replicates, level) for level in LEVELS)}
    try:
        limits = tuple(bca(result.estimate, result.replicates, result.acceleration, level) for level in LEVELS)
        intervals = {BCA: limits} | intervals
    except ValueError:
        if plan.interval == BCA:
            raise
    intervals = {plan.interval: intervals.pop(plan.interval)} | intervals
    answer = Answer(name, result.estimate, intervals, model, len(result.replicates), result.settled)
    return replace(answer, smoothed=smoothed(result.replicates), unsettled=result.unsettled)


def _profiled(name: str, table: CaptureTable, family: Family, chosen: Flags) -> Answer:
    counts = table.counts.astype(np.float64)
    total, _ = totals_and_likelihoods(family, counts[None], chosen[None])
    if not np.isfinite(total[0]):
        raise ValueError("the model it chooses has no estimate: the lists overlap too little")
    result = profile(counts, family, chosen, LEVELS)
    limits = tuple(Limits(level, *result.limits[level]) for level in LEVELS)
    return Answer(name, result.estimate, {"profile": limits}, hierarchy.written(family, chosen, table))


def _drawn(name: str, draws: Numbers, model: str) -> Answer:
    limits = tuple(percentile(draws, level) for level in LEVELS)
    return Answer(name, float(np.median(draws)), {"posterior": limits}, model, len(draws))
