"""Figures of the estimates: models chosen again and again, recruited samples, pairs of tokens.

CPU seconds of one thread. Times of R are those of the last run of `./suar prove peers`, which
compares both in turns (research/docs/speed.md); a ratio to them here is good for its size only.
"""

import time
from collections.abc import Callable

import numpy as np

from bench import peers
from bench.figures import Figure, middle, tell
from suar_research.linkage.similarity import pairs_above
from suar_research.mse import bootstrap
from suar_research.mse.stepwise import Stepwise
from suar_research.resampling import Plan
from suar_research.running import Runner
from support import published

UK, REPLICATES, MANY = "uk2013_5", 1_000, 20_000
UK_S, MANY_S = 1.0, 5.0
OTHERS = (
    "uk2013_6",
    "netherlands_6",
    "netherlands_5",
    "neworl_8_n185",
    "neworl_5_n185",
    "western_us_5",
    "kosovo_4",
    "korea_3",
)
SPARSE_TIMES, EACH_TIMES = 100, 40
SAMPLES_TIMES, TOKENS, BITS, ALIKE, PAIRS_S = 10, 10_000, 1_024, 0.64, 2.6
TIMES = 3


def stepwise(*, trial: bool) -> None:
    """Choose by steps with BCa, in the five UK lists and in eight other published tables."""
    uk = cpu_s(lambda: resampled(UK, 100 if trial else REPLICATES))
    tell(
        Figure(
            name="stepwise_uk",
            value=uk,
            unit="CPU s",
            goal=f"<= {UK_S:.0f} CPU s",
            holds=uk <= UK_S,
            database="research",
            n=TIMES,
            note=f"five lists, {REPLICATES:,} replicates, BCa",
        )
    )
    beside_r()
    many = cpu_s(lambda: resampled(UK, 500 if trial else MANY), times=1)
    tell(
        Figure(
            name="stepwise_uk_many",
            value=many,
            unit="CPU s",
            goal=f"<= {MANY_S:.0f} CPU s",
            holds=many <= MANY_S,
            database="research",
            n=1,
            note=f"the same, {MANY:,} replicates",
        )
    )
    took = {each: cpu_s(lambda at=each: resampled(at, 100 if trial else REPLICATES), times=1) for each in OTHERS}
    said = ", ".join(f"{name} {seconds:.2f}" for name, seconds in took.items())
    tell(
        Figure(
            name="stepwise_others",
            value=sum(took.values()),
            unit="CPU s",
            database="research",
            n=1,
            note=f"eight other tables, {REPLICATES:,} replicates each: {said}",
        )
    )


def beside_r() -> None:
    """Tell the ratios that were measured in turns with R, with their day."""
    told = peers.kept()
    for package, least in ((peers.SPARSE, SPARSE_TIMES), (peers.SYSTEMS, EACH_TIMES)):
        ratios = peers.ratios_of(told["stepwise"], package)
        mean = peers.geometric(list(ratios.values()))
        tell(
            Figure(
                name=f"stepwise_{package}",
                value=mean,
                unit=f"x {package}",
                goal=f">= {least} x, each >= {EACH_TIMES} x",
                database="research",
                n=len(ratios),
                holds=mean >= least and min(ratios.values()) >= EACH_TIMES,
                note=f"geometric mean of {len(ratios)} tables in turns, the least "
                f"{min(ratios.values()):.0f}; research/docs/speed.md, {told['on']}",
            )
        )


def resampled(name: str, replicates: int) -> object:
    """Estimate one published table with its interval, beginning from nothing."""
    table = published.table(name)
    plan = Plan(1, replicates, replicates)
    return bootstrap.bootstrap(Stepwise(table.places), table, plan, Runner())


def recruited(*, trial: bool) -> None:
    """Tell the ratios of recruited samples that were measured in turns with R, with their day."""
    told = peers.kept()
    ratios = peers.ratios_of(told["recruited"], peers.RDS)
    said = ", ".join(f"{name} {ratio:.1f}" for name, ratio in ratios.items())
    tell(
        Figure(
            name="recruited_bootstraps",
            value=peers.geometric(list(ratios.values())),
            unit="x R",
            goal=f">= {SAMPLES_TIMES} x R, each",
            holds=min(ratios.values()) >= SAMPLES_TIMES,
            database="research",
            n=len(ratios),
            note=f"geometric mean of {said}; research/docs/speed.md, {told['on']}",
        )
    )


def compared(*, trial: bool) -> None:
    """Compare all tokens of two lists."""
    drawn, number = np.random.default_rng(3), 500 if trial else TOKENS
    lists = [np.packbits(drawn.random((number, BITS)) < 0.3, axis=1) for _ in range(2)]
    seconds = cpu_s(lambda: pairs_above(lists[0], lists[1], ALIKE))
    tell(
        Figure(
            name="pairs_compared",
            value=seconds,
            unit="CPU s",
            goal=f"<= {PAIRS_S} CPU s",
            holds=seconds <= PAIRS_S,
            database="research",
            n=TIMES,
            note=f"{number**2:,} pairs of tokens of {BITS:,} bits, Dice from {ALIKE}",
        )
    )


def cpu_s(act: Callable[[], object], times: int = TIMES) -> float:
    """Give the CPU seconds of an act: the middle one of several runs."""
    taken = []
    for _ in range(times):
        began = time.process_time()
        act()
        taken.append(time.process_time() - began)
    return middle(taken)
