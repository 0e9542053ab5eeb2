"""`./suar bench bars`: only the timed bars of security.md, B5, B6, B7 and B9."""

import sys

from bench import bars, signing, staging, workloads
from bench.figures import sum_up
from bench.staging import side

PEOPLE = 20_000


def main() -> int:
    """Measure and print; the exit code says nothing of the goals."""
    asked = staging.asked(__doc__ or "")
    with staging.stage(asked, services=100, cases=10_000) as stage:
        staging.fill(stage, people=PEOPLE)
        stage.sign_in()
        side("bars")
        bars.cryptography(stage)
        workloads.name_search(stage, number=PEOPLE, probes=100 if asked.full else 30)
        bars.audit_rate(stage)
        bars.audit_walk(stage, number=1_000_000 if asked.full else 50_000)
        signing.known_and_unknown(stage, pairs=100 if asked.full else 30)
        signing.fifty_at_once(stage)
    return sum_up()


if __name__ == "__main__":
    sys.exit(main())
