"""Replicates in blocks with seeds of their own, run here, in several processes, or on a Dask cluster.

Each piece carries its own seed, so where it runs changes no number. Finished pieces can be stored
in a folder, so that interrupted work continues there. The versions of this code, numpy and Python
decide the last digits of an answer, so every worker must have the same.
"""

import hashlib
import importlib
import logging
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from joblib import Parallel, delayed, parallel_config
from numpy.typing import NDArray

from suar_research import __version__
from suar_research.answers import Numbers


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions an answer is made with: if one differs, its last digits may differ."""

    suar: str
    code: str
    numpy: str
    python: str

    def words(self) -> str:
        """Return the versions in words."""
        return f"Suar {self.suar} ({self.code}), numpy {self.numpy} and Python {self.python}"


@cache
def versions() -> Versions:
    """Return the versions here; `code` is a digest of all modules of this package."""
    here = Path(__file__).parent
    code = hashlib.sha256()
    for path in sorted(here.rglob("*.py")):
        content = path.read_bytes()
        code.update(f"{path.relative_to(here).as_posix()} {len(content)}\n".encode() + content)
    python = ".".join(map(str, sys.version_info[:2]))
    return Versions(__version__, code.hexdigest()[:8], np.__version__, python)


Piece = Callable[[], NDArray[np.float64]]
# Called with how many of how many pieces are done, and of what.
Progress = Callable[[int, int, str], None]
SCHEME = "dask://"
BAR = 30
CONNECT_S = 10


class Lost(RuntimeError):
    """The workers went away in the middle of the work; the message says how."""


class NoCluster(RuntimeError):
    """No cluster can do the work; the message says why."""


class Runner:
    """Runs pieces of work in `workers` processes, or on `cluster` (dask://HOST:PORT).

    `folder` keeps finished pieces; None keeps nothing. Raises NoCluster if no scheduler answers.
    """

    def __init__(
        self, *, workers: int = 1, cluster: str | None = None, folder: Path | None = None, progress: bool = False
    ) -> None:
        self._workers, self._folder, self._elsewhere_s = workers, folder, 0.0
        self._progress = show_progress if progress else no_progress
        self._client = _connect(cluster) if cluster else None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        """Return the runner."""
        return self

    def __exit__(self, *error: object) -> None:
        """Leave the cluster; its unfinished pieces are dropped."""
        if self._client is not None:
            self._client.close(timeout=CONNECT_S)

    def cpu_s(self) -> float:
        """Return CPU seconds so far, of this process and of pieces run elsewhere, to be subtracted.

        Not counted: starting processes, sending work to them, and pieces that were kept.
        """
        return time.process_time() + self._elsewhere_s

    def results(self, pieces: Sequence[Piece], what: str) -> Iterator[NDArray[np.float64]]:
        """Yield the result of each piece, in order; each is kept as soon as it is finished.

        Raises Lost if workers go away, and NoCluster if a worker has other versions than this process.
        """
        files = [self._file(piece) for piece in pieces]
        missing = [at for at, file in enumerate(files) if file is None or not file.exists()]
        results: dict[int, NDArray[np.float64]] = {}
        done, coming = len(pieces) - len(missing), self._run(pieces, missing)
        for at, file in enumerate(files):
            if file is not None and at not in missing:
                yield np.load(file)
                continue
            while at not in results:
                which, result, spent = next(coming)
                self._elsewhere_s += spent
                if (path := files[which]) is not None:
                    # In one step, so that an interruption leaves no piece half written.
                    beside = path.with_suffix(".part.npy")
                    np.save(beside, result)
                    beside.replace(path)
                results[which] = result
                done += 1
                self._progress(done, len(pieces), what)
            yield results.pop(at)
        if not missing:
            self._progress(done, done, what)

    def _run(self, pieces: Sequence[Piece], missing: Sequence[int]) -> Iterator[tuple[int, NDArray[np.float64], float]]:
        if self._client is None and self._workers == 1:
            yield from ((at, pieces[at](), 0.0) for at in missing)
            return
        # One piece at a time: joblib must not wait for a batch before the first is kept.
        if self._client is None:
            parallel = Parallel(self._workers, return_as="generator_unordered", batch_size=1)
        else:
            with parallel_config(backend="dask", client=self._client, wait_for_workers_timeout=CONNECT_S):
                parallel = Parallel(return_as="generator_unordered", batch_size=1)
        try:
            yield from parallel(delayed(_timed)(at, pieces[at], versions()) for at in missing)
        except (ImportError, NoCluster) as error:
            raise NoCluster(str(error)) from error
        except Exception as error:
            raise Lost(f"workers ended in the middle of it ({type(error).__name__})") from error

    def _file(self, piece: Piece) -> Path | None:
        """Return the file of a piece, named by its content and by the code that makes it."""
        if self._folder is None:
            return None
        content = versions().words().encode() + pickle.dumps(piece)
        return self._folder / f"{hashlib.sha256(content).hexdigest()[:32]}.npy"


def _timed(at: int, piece: Piece, expected: Versions) -> tuple[int, NDArray[np.float64], float]:
    if expected != versions():
        raise NoCluster(
            f"a worker has {versions().words()}, and here are {expected.words()}; the same seed gives "
            "the same answer only with the same versions"
        )
    start = time.thread_time()
    return at, piece(), time.thread_time() - start


def _connect(address: str) -> Any:
    """Connect to the scheduler of a Dask cluster; raises NoCluster."""
    try:
        dask: Any = importlib.import_module("distributed")
    except ImportError as error:
        raise NoCluster("the package `distributed` is not installed; requirements/cluster.lock has it") from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    where = f"tcp://{address.removeprefix(SCHEME)}"
    try:
        return dask.Client(where, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise NoCluster(f"no Dask scheduler answered there in {CONNECT_S} seconds") from error


def show_progress(done: int, pieces: int, what: str) -> None:
    """Draw a progress bar if a person is watching."""
    if sys.stderr.isatty():
        full = BAR * done // pieces
        end = "\n" if done == pieces else ""
        sys.stderr.write(f"\r{'#' * full}{'.' * (BAR - full)} {what}{end}")
        sys.stderr.flush()


def no_progress(done: int, pieces: int, what: str) -> None:
    """Show nothing."""


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0))


BLOCK = 500
LEFT_OUT = 20

Making = Callable[[np.random.SeedSequence, int], Piece]


@dataclass(frozen=True)
class Plan:
    """The number of replicates: at least, at most, and when the 95% limits count as settled.

    `wander` is the Monte Carlo standard error of a limit as a share of that limit. With
    `least == most` the number is fixed. Latent classes take turns by `least`, and settle by a rule
    of their own. `interval` is which one of an estimate of multiple systems must settle, and is
    shown first.
    """

    seed: int = 1
    least: int = 2_000
    most: int = 40_000
    wander: float = 0.01
    interval: str = "percentile"


def until_settled(
    block: Making, moved: Callable[[Numbers], float], plan: Plan, runner: Runner
) -> tuple[Numbers, float]:
    """Draw replicates until their limits settle; give all of them and how far limits still move.

    `block` makes the piece of work for a seed and a number of replicates; its results are laid one
    under the other, shape (replicates, ...). The number of workers changes nothing: each block of
    500 has its own seed, and settling is looked at after the same numbers of blocks.
    """
    replicates: list[Numbers] = []
    seeds, done, far = np.random.SeedSequence(plan.seed), 0, np.inf
    while done < plan.most:
        # Each round adds as many as half of what there is, or `least`.
        wanted = min(max(plan.least, done // 2), plan.most - done)
        sizes = [min(BLOCK, wanted - start) for start in range(0, wanted, BLOCK)]
        done += wanted
        pieces = [block(seed, size) for seed, size in zip(seeds.spawn(len(sizes)), sizes, strict=True)]
        replicates.extend(runner.results(pieces, f"{done:,} replicates"))
        far = moved(np.concatenate(replicates))
        if far <= plan.wander:
            break
    return np.concatenate(replicates), far


def without_one_block(replicates: Numbers, limits: Callable[[Numbers], tuple[float, ...]]) -> Numbers:
    """Return the limits with one of 20 blocks of replicates left out at a time: shape (20, sides)."""
    blocks = np.array_split(replicates, LEFT_OUT)
    rest = (np.concatenate([item for place, item in enumerate(blocks) if place != out]) for out in range(LEFT_OUT))
    return np.array([limits(item) for item in rest])


def jackknife_error(left_out: Numbers) -> float:
    """Return the standard error from values with one block left out each, shape (blocks,)."""
    apart = left_out - left_out.mean()
    return float(np.sqrt((len(left_out) - 1) / len(left_out) * (apart**2).sum()))
