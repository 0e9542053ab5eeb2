"""Pieces of work on a Dask cluster: `--on dask://HOST:PORT`.

Only this module knows the package `distributed`, and only once a cluster was asked for.
"""

from __future__ import annotations

import importlib
import logging
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from suar_research.running import Lost, Made, Piece
from suar_research.versions import Versions, versions

SCHEME = "dask://"
REACHED_S, LOOKED_S, ALONE_S = 10, 2, 30
AWAY = "the scheduler of the cluster went away"


class NoCluster(RuntimeError):
    """There is no cluster that could do the work; the message is a sentence that says why."""


def there(made: Versions, piece: Piece) -> Made:
    """Do a piece on a worker; raises NoCluster on one that is made otherwise than the asker.

    Several pieces may be done in threads of one worker: only the time of this thread is counted.
    """
    if made != versions():
        raise NoCluster(
            f"a worker has {versions().words()}, and here are {made.words()}; the same seed gives "
            "the same answer only where they are the same"
        )
    began = time.thread_time()
    return piece(), time.thread_time() - began


class Cluster:
    """The workers of a Dask cluster, as a crew for a `Runner`.

    `address` is `dask://HOST:PORT` of its scheduler. Where a piece is done changes no number, for
    each brings its own seed. Without workers it is left after `alone_s` seconds, looked at every
    `looked_s`. Raises NoCluster where nothing answers.
    """

    def __init__(self, address: str, *, looked_s: float = LOOKED_S, alone_s: float = ALONE_S) -> None:
        self._looked_s, self._alone_s = looked_s, alone_s
        try:
            self._dask: Any = importlib.import_module("distributed")
        except ImportError as error:
            raise NoCluster(
                "the package `distributed` is not installed; requirements/cluster.lock brings it"
            ) from error
        # What it logs about a scheduler that went away is said by us in one sentence.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        where = f"tcp://{address.removeprefix(SCHEME)}"
        try:
            self._client = self._dask.Client(where, timeout=REACHED_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise NoCluster(f"no Dask scheduler answered there in {REACHED_S} seconds") from error

    def done(self, pieces: Sequence[Piece]) -> Iterator[tuple[int, Made]]:
        """Give what each piece made with its place, as they come.

        Raises Lost when the cluster goes away, and NoCluster when its workers are of other versions
        or cannot import Suar. What one worker that ends was doing is done again by another.
        """
        futures = self._client.map(there, [versions()] * len(pieces), pieces, pure=False)
        places = {future: at for at, future in enumerate(futures)}
        while places:
            for future in self._next(list(places)):
                yield places.pop(future), self._result(future)

    def end(self) -> None:
        """Leave the cluster; what it still does for us is let go."""
        self._client.close(timeout=REACHED_S)

    def _next(self, futures: list[Any]) -> list[Any]:
        """Wait until some are done."""
        looked = time.monotonic()
        while True:
            try:
                return self._some(futures)
            except TimeoutError:
                if self._workers():
                    looked = time.monotonic()
                elif time.monotonic() - looked > self._alone_s:
                    raise Lost("the cluster has no workers") from None
            except (self._dask.CancelledError, OSError) as error:
                raise Lost(AWAY) from error

    def _some(self, futures: list[Any]) -> list[Any]:
        with self._client.as_current():
            found = self._dask.wait(futures, timeout=self._looked_s, return_when="FIRST_COMPLETED")
        return list(found.done)

    def _workers(self) -> int:
        try:
            return len(self._client.nthreads())
        except (OSError, TimeoutError) as error:
            raise Lost(AWAY) from error

    def _result(self, future: Any) -> Made:
        try:
            found, spent = future.result(timeout=REACHED_S)
            return np.asarray(found, dtype=np.float64), float(spent)
        except ImportError as error:
            raise NoCluster(f"a worker cannot import {error.name}: give it suar-research") from error
        except self._dask.KilledWorker as error:
            raise Lost("workers of the cluster end while they do a piece") from error
        except (self._dask.CancelledError, OSError) as error:
            raise Lost(AWAY) from error
