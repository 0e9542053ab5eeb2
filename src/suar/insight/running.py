"""Long work in pieces: on all cores, with progress told, and resumed where it was interrupted."""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

Piece = Callable[[], NDArray[np.float64]]
BAR = 30


class Runner:
    """Does pieces of work in their order, here or in `workers` processes.

    `folder`: where finished pieces are kept, so that interrupted work goes on from there; None
    keeps nothing. Pieces carry their own seeds, so where they run changes no number.
    """

    def __init__(self, *, workers: int = 1, folder: Path | None = None, told: bool = False) -> None:
        self._folder, self._told = folder, told
        self._pool = ProcessPoolExecutor(workers) if workers > 1 else None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        """Keep the processes for the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        """End the processes, at once when the work was interrupted."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def each(self, pieces: Sequence[Piece], what: str) -> Iterator[NDArray[np.float64]]:
        """Give the result of each piece, in order."""
        places = [self._place(each) for each in pieces]
        missing = [each for each, place in zip(pieces, places, strict=True) if not _there(place)]
        fresh = self._pool.map(_do, missing) if self._pool else map(_do, missing)
        for done, place in enumerate(places, 1):
            if place is not None and place.exists():
                yield np.load(place)
            else:
                result = next(fresh)
                _keep(result, place)
                yield result
            self._tell(done, len(pieces), what)

    def _place(self, piece: Piece) -> Path | None:
        """Name the file of a piece by its content: other counts or seeds have another name."""
        if self._folder is None:
            return None
        return self._folder / f"{hashlib.sha256(pickle.dumps(piece)).hexdigest()[:32]}.npy"

    def _tell(self, done: int, pieces: int, what: str) -> None:
        if self._told and sys.stderr.isatty():
            full = BAR * done // pieces
            end = "\n" if done == pieces else ""
            sys.stderr.write(f"\r{'#' * full}{'.' * (BAR - full)} {what}{end}")
            sys.stderr.flush()


def cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0))


def _do(piece: Piece) -> NDArray[np.float64]:
    return piece()


def _there(place: Path | None) -> bool:
    return place is not None and place.exists()


def _keep(result: NDArray[np.float64], place: Path | None) -> None:
    """Write a finished piece in one step, so that an interruption leaves none half written."""
    if place is not None:
        beside = place.with_suffix(".part.npy")
        np.save(beside, result)
        beside.replace(place)
