"""Long work in pieces: by a crew, with progress told, and resumed where it was interrupted."""

from __future__ import annotations

import hashlib
import os
import pickle
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from suar_research.versions import versions

Piece = Callable[[], NDArray[np.float64]]
# What a piece gave, and the CPU seconds that it took outside of this process.
Made = tuple[NDArray[np.float64], float]
# Is told how much of how much is done, and of what.
Telling = Callable[[int, int, str], None]
BAR = 30
MOMENT_S = 0.5


class Lost(RuntimeError):
    """Whoever did the work went away in the middle of it; the message says how."""


class Crew(Protocol):
    """Does pieces of work: here, in processes beside, or on other machines."""

    def done(self, pieces: Sequence[Piece]) -> Iterator[tuple[int, Made]]:
        """Give what each piece made with its place, as they come; may raise Lost."""
        ...

    def end(self) -> None:
        """Let go of everything, at once."""
        ...


class Alone:
    """Does one piece after the other, here."""

    def done(self, pieces: Sequence[Piece]) -> Iterator[tuple[int, Made]]:
        """Give what each piece made with its place; nothing is done outside of this process."""
        return ((at, (piece(), 0.0)) for at, piece in enumerate(pieces))

    def end(self) -> None:
        """Let go of nothing."""


class Processes:
    """Does as many pieces at a time as there are processes on this machine."""

    def __init__(self, number: int) -> None:
        # Ctrl-C reaches all processes: these then end without a word, and this one says it.
        self._pool = ProcessPoolExecutor(number, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_DFL))

    def done(self, pieces: Sequence[Piece]) -> Iterator[tuple[int, Made]]:
        """Give what each piece made with its place, as they come."""
        try:
            places = {self._pool.submit(_do, piece): at for at, piece in enumerate(pieces)}
            for future in as_completed(places):
                yield places[future], future.result()
        except BrokenProcessPool as error:
            # Ctrl-C ends these processes too, perhaps before it reaches this one.
            time.sleep(MOMENT_S)
            raise Lost("a process ended in the middle of it") from error

    def end(self) -> None:
        """End the processes; what was not begun is not done."""
        self._pool.shutdown(cancel_futures=True)


class Runner:
    """Does pieces of work by `crew`: without one, here or in `workers` processes.

    `folder`: where finished pieces are kept, so that interrupted work goes on from there; None
    keeps nothing. Pieces carry their own seeds, so where they run changes no number.
    """

    def __init__(
        self,
        *,
        workers: int = 1,
        folder: Path | None = None,
        told: bool = False,
        crew: Crew | None = None,
    ) -> None:
        self._folder, self._told, self._elsewhere_s = folder, told, 0.0
        self._crew = crew or (Processes(workers) if workers > 1 else Alone())
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        """Keep the crew for the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the crew go, at once when the work was interrupted."""
        self._crew.end()

    def cpu_s(self) -> float:
        """Give CPU seconds so far, to be subtracted: of this process and of pieces done elsewhere.

        Not in it: beginning a process there and handing work to it, and pieces that were kept.
        """
        return time.process_time() + self._elsewhere_s

    def each(self, pieces: Sequence[Piece], what: str) -> Iterator[NDArray[np.float64]]:
        """Give the result of each piece, in order; each is kept as soon as it comes."""
        places = [self._place(each) for each in pieces]
        missing = [at for at, place in enumerate(places) if not _there(place)]
        coming = self._crew.done([pieces[at] for at in missing])
        found: dict[int, NDArray[np.float64]] = {}
        done = len(pieces) - len(missing)
        for at, place in enumerate(places):
            if place is not None and at not in missing:
                yield np.load(place)
                continue
            while at not in found:
                which, (result, spent) = next(coming)
                self._elsewhere_s += spent
                _keep(result, places[missing[which]])
                found[missing[which]] = result
                done += 1
                self._tell(done, len(pieces), what)
            yield found.pop(at)
        if not missing:
            self._tell(done, done, what)

    def _place(self, piece: Piece) -> Path | None:
        """Name the file of a piece by its content and by what makes it.

        Other counts or seeds have another name, and so has what another version made.
        """
        if self._folder is None:
            return None
        content = versions().words().encode() + pickle.dumps(piece)
        return self._folder / f"{hashlib.sha256(content).hexdigest()[:32]}.npy"

    def _tell(self, done: int, pieces: int, what: str) -> None:
        if self._told:
            on_screen(done, pieces, what)


def on_screen(done: int, pieces: int, what: str) -> None:
    """Draw how far the work is, where somebody looks on."""
    if sys.stderr.isatty():
        full = BAR * done // pieces
        end = "\n" if done == pieces else ""
        sys.stderr.write(f"\r{'#' * full}{'.' * (BAR - full)} {what}{end}")
        sys.stderr.flush()


def to_nobody(done: int, pieces: int, what: str) -> None:
    """Tell nobody."""


def cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0))


def _do(piece: Piece) -> Made:
    began = time.process_time()
    return piece(), time.process_time() - began


def _there(place: Path | None) -> bool:
    return place is not None and place.exists()


def _keep(result: NDArray[np.float64], place: Path | None) -> None:
    """Write a finished piece in one step, so that an interruption leaves none half written."""
    if place is not None:
        beside = place.with_suffix(".part.npy")
        np.save(beside, result)
        beside.replace(place)
