"""The parts of a bench: pages, growth, bars; each brings the house to the sizes it needs."""

from dataclasses import dataclass

from bench import bars, prove_booklets, reading_hsds, signing, staging, workloads
from bench.growing import Growth
from bench.staging import attempt, side
from bench.workloads import Stage


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the house is, and how often something is done."""

    small: int = 1_000
    large: int = 10_000
    among: int = 20_000
    huge: int = 100_000
    talks: int = 2_000
    probes: int = 40
    pairs: int = 30
    chain: int = 100_000
    printed: int = 300


TRUE, FULL = Sizes(), Sizes(probes=100, pairs=100, chain=1_000_000)
TRIAL = Sizes(small=200, large=400, among=600, huge=1_000, talks=64, probes=8, pairs=4, chain=500, printed=30)


def pages(stage: Stage, sizes: Sizes) -> None:
    """Measure the pages of a large house."""
    side(f"pages: a house of {sizes.large:,}")
    rate = staging.fill(stage, services=sizes.large, people=sizes.large)
    attempt("changes of the directory", lambda: workloads.directory_changes(stage, rate=rate))
    attempt("public search", lambda: workloads.public_search(stage))
    attempt("a page to read", lambda: workloads.page_to_read(stage))
    attempt("the interface for other systems", lambda: reading_hsds.read(stage))
    attempt("booklets", lambda: _booklets(stage, sizes))
    attempt("list of cases", lambda: workloads.case_list(stage))
    attempt("steps of a talk", lambda: workloads.talk_step(stage))
    full = {"form": "full", "name": "full_talk_step_saved"}
    attempt("steps of a full talk", lambda: workloads.talk_step(stage, **full))
    attempt("the sum-up of a talk", lambda: workloads.sum_up(stage))
    attempt("talks that end", lambda: workloads.submitted_talks(stage, number=sizes.talks))


def _booklets(stage: Stage, sizes: Sizes) -> None:
    """Set the booklet of a district, in a folder of its own: what it takes knows no database."""
    for figure in prove_booklets.measured(sizes.printed):
        stage.tell(figure)


def growth(stage: Stage, sizes: Sizes) -> None:
    """Measure the same pages in a small and in a huge house."""
    grown = Growth()
    for size in (sizes.small, sizes.huge):
        side(f"growth: a house of {size:,}")
        grown.took_over(size, rate=staging.fill(stage, services=size, people=size))
        grown.look(stage, size, among=size)
    attempt("public search", lambda: workloads.search_among(stage, sizes.huge))
    grown.tell(stage)


def timed_bars(stage: Stage, sizes: Sizes) -> None:
    """Measure what the bars of security ask for in time: B5, B6, B7 and B9."""
    side(f"bars: a house of {sizes.among:,}")
    staging.fill(stage, people=sizes.among)
    among, probes = sizes.among, sizes.probes
    attempt("cryptography", lambda: bars.cryptography(stage))
    attempt("a name", lambda: workloads.name_search(stage, number=among, probes=probes))
    attempt("entries of the audit", lambda: bars.audit_rate(stage))
    attempt("the chain", lambda: bars.audit_walk(stage, number=sizes.chain))
    attempt("known names", lambda: signing.known_and_unknown(stage, pairs=sizes.pairs))
    attempt("signing in", lambda: signing.fifty_at_once(stage))
