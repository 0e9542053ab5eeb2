"""Replicates in pieces: in this process, in several, or on a Dask cluster, by joblib.

Each piece carries its own seed, so where it runs changes no number. Finished pieces can be kept
in a folder, so that interrupted work continues there.
"""

import hashlib
import importlib
import logging
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from joblib import Parallel, delayed, parallel_config
from numpy.typing import NDArray

from suar_research.versions import Versions, versions

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
        self,
        *,
        workers: int = 1,
        cluster: str | None = None,
        folder: Path | None = None,
        progress: bool = False,
    ) -> None:
        self._workers, self._folder, self._progress, self._elsewhere_s = workers, folder, progress, 0.0
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

    def each(self, pieces: Sequence[Piece], what: str) -> Iterator[NDArray[np.float64]]:
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
                _keep(result, files[which])
                results[which] = result
                done += 1
                self._show(done, len(pieces), what)
            yield results.pop(at)
        if not missing:
            self._show(done, done, what)

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

    def _show(self, done: int, pieces: int, what: str) -> None:
        if self._progress:
            show_progress(done, pieces, what)


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


def _keep(result: NDArray[np.float64], file: Path | None) -> None:
    """Write a finished piece in one step, so that an interruption leaves none half written."""
    if file is not None:
        beside = file.with_suffix(".part.npy")
        np.save(beside, result)
        beside.replace(file)


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
