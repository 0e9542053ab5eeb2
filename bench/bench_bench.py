"""`./suar bench`: every workload, short by default; `--full` for the long ones.

Prints one JSON line for each figure; progress and the count of goals go to the side.
"""

import sys

from bench import bars, signing, staging, workloads
from bench.figures import sum_up
from bench.growing import Growth
from bench.staging import Stage, side

SMALL, LARGE, HUGE = 1_000, 10_000, 100_000
FOUND_AMONG = 20_000


def main() -> int:
    """Measure and print; the exit code says nothing of the goals."""
    asked = staging.asked(__doc__ or "")
    full = asked.full
    with staging.stage(asked, services=LARGE, cases=LARGE) as stage:
        growth = Growth()
        _pages(stage, growth, full=full)
        side("finding by name")
        staging.fill(stage, people=FOUND_AMONG)
        workloads.name_search(stage, number=FOUND_AMONG, probes=100 if full else 30)
        _bars(stage, full=full)
        if full:
            side("a huge house")
            staging.fill(stage, services=HUGE, people=HUGE)
            growth.look(stage, HUGE, among=HUGE)
        growth.tell(stage)
    return sum_up()


def _pages(stage: Stage, growth: Growth, *, full: bool) -> None:
    """Measure the pages of a small house, then of a large one."""
    side("a small house")
    staging.fill(stage, services=SMALL, people=SMALL)
    stage.sign_in()
    growth.look(stage, SMALL, among=SMALL)
    side("a large house")
    rate = staging.fill(stage, services=LARGE, people=LARGE)
    workloads.directory_changes(stage, rate=rate)
    side("pages")
    workloads.public_search(stage)
    workloads.case_list(stage)
    workloads.talk_step(stage)
    workloads.submitted_talks(stage, number=2000 if full else 300)
    growth.look(stage, LARGE, among=LARGE)


def _bars(stage: Stage, *, full: bool) -> None:
    """Measure what the bars of security ask for in time."""
    side("bars")
    bars.cryptography(stage)
    bars.audit_rate(stage)
    bars.audit_walk(stage, number=1_000_000 if full else 20_000)
    signing.known_and_unknown(stage, pairs=60 if full else 15)
    signing.fifty_at_once(stage)


if __name__ == "__main__":
    sys.exit(main())
