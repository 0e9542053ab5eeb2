"""`./suar prove estimates`: each published figure beside ours, in research/docs/validation.md.

Runs every method in full on the published tables of research/tests/fixtures/mse; a few minutes. What the page says
about the coverage of intervals was measured once and stays as it is.
"""

import argparse
from collections.abc import Callable, Iterator

import numpy as np

from bench.figures import ROOT, run_facts
from suar_research.mse import classes, graphs, stepwise, threshold
from suar_research.mse.bootstrap import bca, bootstrap
from suar_research.mse.hierarchy import ByBic, compare
from suar_research.mse.multinomial import profile
from suar_research.mse.stepwise import Stepwise
from suar_research.mse.tables import CaptureTable
from suar_research.running import Plan, Runner
from support import published
from support.fixed import Fixed

PAGE = ROOT / "research" / "docs" / "validation.md"
NAMES = ("point", "lo95", "hi95")
Row = dict[str, str]
HEAD = """# Published figures beside ours

Written by `./suar prove estimates` on {on} at commit {commit}. Published tables and figures: `research/tests/fixtures/mse`, where each
has its source. "R" is the software that the published figure was made with. Intervals by resampling or by chains differ by the
noise of both sides: R used 1,000 replicates, which is too few in sparse tables, and ours run until they settle. The tests hold the
estimates to 0.05, 5,000 replicates and 2,289 models to one in a million, and BCa on the same replicates.

| table | method | figure | R | ours | difference |
|---|---|---|---|---|---|
"""
APART = """
## Not reproduced, or not for sure

- `netherlands_6` by AIC: the published computation ends at another model, which none of our runs finds. The other five agree.
- `netherlands_6` by threshold: about 54,000 here, 71,000 published. The pair of lists P and R stands 1.97 of its deviations from 0, where 2 are asked for: ours
  does not keep it. With it ours are 71,900 (56,800 to 93,100), within 3% of what is published, so one chain is likely to have kept it by chance.
- `korea_3` by BIC: in 1.3% of resamples the best model has no estimate. Ours counts them as infinite, R leaves them out, so our upper
  limit is higher.
- `uk2013_5` by BIC: our upper limit is 29% above the published 43,894. A thousand replicates, as R drew, can give either: ten runs of
  ours with as many, on 2026-11-26, ended between 38,649 and 64,164.
- `neworl_8_n185`, `neworl_5_n185` and `western_us_5` by the stepwise choice: our lower limits are 26%, 19% and 17% under the published 717,
  589 and 1,293. Thirty runs of ours with 1,000 replicates ended between 577 and 777, 465 and 608, 929 and 1,386, so each published limit
  is one that a thousand replicates can give. With more of them the limit comes down. On R's own replicates our limits are R's.
- Latent classes on `uk2013_5`, `uk2013_4` and `netherlands_5`: the published numbers are of one chain, which stays for long where it is. Ours are drawn by
  runs of parallel tempering ([estimates](decisions/estimates.md)), which agree on `uk2013_5` with each other, and with the published chain on the larger
  `uk2013_6`. On `uk2013_4` a second answer near 5,000 people holds less than 3% here, so that the lower limit is between 8,500 and 10,100 from seed to seed.
  On `netherlands_5` the upper limit hangs on how often a second answer, above 110,000 people, is met; runs differ in it from seed to seed.
- The often quoted "9,878-12,690" for five UK lists was found nowhere and comes from no method here.
"""
COVERAGE = "\n## How often intervals hold"


def main() -> None:
    """Run everything and write the page."""
    argparse.ArgumentParser(prog="./suar prove estimates", description=__doc__).parse_args()
    rows = [row for row in published.estimates("") if row["method"] in METHODS]
    lines = [line for row in rows for line in _lines(row)]
    measured_once = COVERAGE + PAGE.read_text("utf-8").partition(COVERAGE)[2]
    page = HEAD.format(**run_facts()) + "\n".join(lines) + "\n" + APART.rstrip("\n") + "\n" + measured_once
    PAGE.write_text(page, "utf-8")
    print(f"{PAGE.relative_to(ROOT)} is written.")


def _lines(row: Row) -> Iterator[str]:
    table = published.table(row["dataset"])
    result = METHODS[row["method"]](table, row)
    print(row["dataset"], row["method"], [round(item) for item in result], flush=True)
    for name, ours in zip(NAMES, result, strict=False):
        if row[name]:
            theirs = float(row[name])
            yield (
                f"| {row['dataset']} | {row['method']}, {row['settings']} | {name} | {theirs:,.2f} | "
                f"{ours:,.2f} | {100 * (ours / theirs - 1):+.2f}% |"
            )


def _stepwise(table: CaptureTable, row: Row) -> list[float]:
    method = Stepwise(table.places)
    if "bca" not in row["method"]:
        return [float(method.totals(published.counts(row["dataset"]))[0])]
    return _resampled(method, table)


def _bic(table: CaptureTable, row: Row) -> list[float]:
    order = 3 if "order 3" in row["settings"] else 2
    words = row["settings"].replace(";", " ").split()
    most = int(words[words.index("top") + 1]) if "top" in words else 10**6
    return _resampled(ByBic(compare(table, order), most), table)


def _resampled(method: ByBic | Stepwise, table: CaptureTable) -> list[float]:
    result = bootstrap(method, table, Plan(seed=1, most=20_000, interval="bca"), Runner())
    limits = bca(result.estimate, result.replicates, result.acceleration, 0.95)
    return [result.estimate, limits.low, limits.high]


def _aic(table: CaptureTable, row: Row) -> list[float]:
    family, chosen = stepwise.choose_by_aic(table)
    result = profile(table.counts.astype(float), family, chosen)
    return [result.estimate, *result.limits[0.95]]


def _main(table: CaptureTable, row: Row) -> list[float]:
    return [float(Fixed(table.places, 1).totals(table.counts[None].astype(float))[0])]


def _graphs(table: CaptureTable, row: Row) -> list[float]:
    farthest = int(row["settings"].split(";")[0].split()[1]) - table.seen
    weights = graphs.posterior(table, farthest)
    return [table.seen + graphs.quantile(weights, share) for share in (0.5, 0.025, 0.975)]


def _threshold(table: CaptureTable, row: Row) -> list[float]:
    return list(np.quantile(threshold.estimate(table, 1).total, [0.5, 0.025, 0.975]))


def _classes(table: CaptureTable, row: Row) -> list[float]:
    return list(np.quantile(classes.estimate(table, Plan(), Runner()), [0.5, 0.025, 0.975]))


METHODS: dict[str, Callable[[CaptureTable, Row], list[float]]] = {
    "stepwise_poisson+bca": _stepwise,
    "stepwise_poisson": _stepwise,
    "main_effects": _main,
    "bic+bca": _bic,
    "aic_stepwise_multinomial": _aic,
    "graphical_bma": _graphs,
    "bayes_threshold": _threshold,
    "latent_class_bayes": _classes,
}


if __name__ == "__main__":
    main()
