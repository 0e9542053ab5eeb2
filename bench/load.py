"""A load driver: some clients at once, each on one connection, for a bounded time.

A client is a generator: it yields requests and is sent the answers, as a browser would go on
from page to page. Only this machine is asked, and no loop is longer than a minute.
"""

import contextlib
import gc
import threading
import time
from collections import Counter
from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass, field

from bench import machine
from bench.figures import percentile
from bench.wire import Answer, Connection, Door

LONGEST_S = 60
READY_WITHIN_S = 60


@dataclass(frozen=True, slots=True)
class Ask:
    """A request; one that does not count is a step on the way and stays out of the figures."""

    raw: bytes
    counts: bool = True


Client = Generator[Ask, Answer, None]


@dataclass(slots=True)
class Loop:
    """What one loop found; times in milliseconds."""

    seconds: float = 0
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    cpu_s: float = 0
    others: float = 0

    @property
    def n(self) -> int:
        """Count the requests that counted."""
        return len(self.times)

    @property
    def cpu_ms(self) -> float:
        """Give the CPU of the servers for one request."""
        return self.cpu_s * 1000 / max(1, self.n)

    def at(self, share: float) -> float:
        """Give a percentile of the times."""
        return percentile(self.times, share)


def run(door: Door, clients: Sequence[Client], *, seconds: float, roots: Collection[int] = ()) -> Loop:
    """Let all clients go at once until the time is over or they have nothing more to ask.

    `roots` are the processes whose trees' CPU is counted. What a client asks before its first
    request that counts is sent before the clock starts.
    """
    if seconds > LONGEST_S:
        raise ValueError("a loop takes at most a minute")
    round_ = _Round(door, len(clients), seconds)
    threads = [threading.Thread(target=round_.drive, args=(client,)) for client in clients]
    gc.disable()
    for thread in threads:
        thread.start()
    round_.meet()
    cpu, busy, own, start = machine.cpu_s(roots), machine.busy_s(), time.process_time(), _now()
    round_.meet()
    for thread in threads:
        thread.join()
    gc.enable()
    if round_.failed:
        raise round_.failed[0]
    loop = round_.loop
    loop.seconds = _now() - start
    loop.cpu_s = machine.cpu_s(roots) - cpu
    rest = machine.busy_s() - busy - loop.cpu_s - (time.process_time() - own)
    loop.others = max(0.0, rest / loop.seconds / machine.cores())
    return loop


class _Round:
    """What the clients of one loop share."""

    def __init__(self, door: Door, clients: int, seconds: float) -> None:
        self.loop = Loop()
        self.failed: list[BaseException] = []
        self._ready = threading.Barrier(clients + 1, timeout=READY_WITHIN_S)
        self._door, self._seconds, self._lock = door, seconds, threading.Lock()

    def drive(self, client: Client) -> None:
        """Let one client ask until the time is over."""
        try:
            with Connection(self._door) as connection:
                self._drive(client, connection)
        except BaseException as failure:
            self.failed.append(failure)
            self._ready.abort()

    def meet(self) -> None:
        """Wait for all clients; one that failed ends the waiting."""
        with contextlib.suppress(threading.BrokenBarrierError):
            self._ready.wait()

    def _drive(self, client: Client, connection: Connection) -> None:
        times: list[float] = []
        statuses: Counter[int] = Counter()
        ask = next(client, None)
        while ask and not ask.counts:
            ask = _next(client, connection.send(ask.raw))
        self.meet()
        self.meet()
        until = _now() + self._seconds
        while ask and _now() < until:
            start = _now()
            answer = connection.send(ask.raw)
            if ask.counts:
                times.append((_now() - start) * 1000)
                statuses[answer.status] += 1
            ask = _next(client, answer)
        with self._lock:
            self.loop.times += times
            self.loop.statuses += statuses


def _next(client: Client, answer: Answer) -> Ask | None:
    try:
        return client.send(answer)
    except StopIteration:
        return None


def _now() -> float:
    return time.perf_counter()
