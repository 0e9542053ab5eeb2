"""One task of `./suar prove peers` on our side: prints its CPU seconds and its estimate.

`python -m research.bench.python_side stepwise TABLE REPLICATES SEED [WORKERS]`, or
`python -m research.bench.python_side recruited SAMPLE WAY METHOD POPULATION REPLICATES SEED`.
"""

import resource
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np

from suar_research.mse import bootstrap
from suar_research.mse.intervals import BCA, bca
from suar_research.mse.reading import read
from suar_research.mse.stepwise import Stepwise
from suar_research.rds.panel import Block, methods_for
from suar_research.rds.samples import tallied
from suar_research.resampling import Plan
from suar_research.running import Runner
from support import published, samples


def main(words: Sequence[str]) -> None:
    """Do the task that is asked for."""
    {"stepwise": stepwise, "recruited": recruited}[words[0]](*words[1:])


def stepwise(name: str, replicates: str, seed: str, workers: str = "1") -> None:
    """Choose by steps, with the BCa interval."""
    table = read(published.text(name))["all"]
    plan = Plan(int(seed), int(replicates), int(replicates), interval=BCA)

    def act() -> float:
        with Runner(workers=int(workers)) as runner:
            found = bootstrap.bootstrap(Stepwise(table.places), table, plan, runner)
        bca(found.estimate, found.replicates, found.acceleration, 0.95)
        return found.estimate

    _told(act)


def recruited(name: str, way: str, method: str, population: str, replicates: str, seed: str) -> None:
    """Estimate a share, and draw the sample again."""
    sample, people = samples.sample(name), int(population)
    own = next(each for each in methods_for([people]) if each.name == method)
    drawn = Block(
        way,
        people if way == "gile" else None,
        (own.estimator,),
        sample,
        np.random.SeedSequence(int(seed)),
        int(replicates),
    )

    def act() -> float:
        drawn()
        return float(own.estimator(tallied(sample))[0][0])

    _told(act)


def _told(act: Callable[[], float]) -> None:
    began, clock = _cpu_s(), time.perf_counter()
    estimate = act()
    print(f"cpu_s {_cpu_s() - began:.6f}")
    print(f"clock_s {time.perf_counter() - clock:.6f}")
    print(f"estimate {estimate!r}")


def _cpu_s() -> float:
    """Give the CPU seconds of this process and of those that it waited for."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(each)[:2]) for each in whose)


if __name__ == "__main__":
    main(sys.argv[1:])
