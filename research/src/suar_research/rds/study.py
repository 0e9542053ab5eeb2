"""One whole answer about a sample: panel, diagnostics and notices, ready to be told."""

from collections.abc import Sequence
from dataclasses import dataclass

from suar_research.rds import diagnostics, notices
from suar_research.rds.diagnostics import Mixing, Tree, Wave
from suar_research.rds.panel import Panel, panel
from suar_research.rds.samples import Sample
from suar_research.resampling import Plan
from suar_research.running import Runner


@dataclass(frozen=True)
class Study:
    """What is told about one sample."""

    sample: Sample
    found: Panel
    waves: list[Wave]
    trees: list[Tree]
    mixing: list[Mixing]
    homophily: float
    waves_needed: int | None
    notices: list[str]


def study(sample: Sample, populations: Sequence[int], plan: Plan, runner: Runner) -> Study:
    """Ask every method and every diagnostic."""
    found = panel(sample, populations, plan, runner)
    waves, trees = diagnostics.by_wave(sample), diagnostics.by_tree(sample)
    return Study(
        sample,
        found,
        waves,
        trees,
        diagnostics.mixing(sample),
        diagnostics.recruitment_homophily(sample),
        diagnostics.waves_needed(sample),
        notices.notices(sample, found, waves, trees),
    )
