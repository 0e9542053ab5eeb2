"""Runs ours and the yardstick in turns, so that drift of a shared machine falls on both."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from bench.figures import Figure, middle
from bench.load import Client, Loop, run
from bench.wire import Door

WARM_S = 1.0
Clients = Callable[[], Sequence[Client]]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: its door, its processes, and how its clients are made anew."""

    door: Door
    roots: Collection[int]
    clients: Clients

    def loop(self, seconds: float) -> Loop:
        """Let the clients work for this long."""
        return run(self.door, self.clients(), seconds=seconds, roots=self.roots)


@dataclass(slots=True)
class Compared:
    """Loops of both sides, pairwise."""

    ours: list[Loop] = field(default_factory=list)
    anchor: list[Loop] = field(default_factory=list)

    def over(self, value: Callable[[Loop], float]) -> float:
        """Give the median of something over our loops."""
        return middle([value(loop) for loop in self.ours])

    @property
    def p50(self) -> float:
        """Give the median of our medians, in milliseconds."""
        return self.over(lambda loop: loop.at(0.5))

    @property
    def p95(self) -> float:
        """Give the median of our 95th percentiles, in milliseconds."""
        return self.over(lambda loop: loop.at(0.95))

    @property
    def anchor_cpu_ms(self) -> float:
        """Give the yardstick's CPU for a request."""
        return middle([loop.cpu_ms for loop in self.anchor])

    @property
    def ratio(self) -> float:
        """Give the median of our CPU over the yardstick's, pair by pair."""
        pairs = zip(self.ours, self.anchor, strict=True)
        return middle([ours.cpu_ms / anchor.cpu_ms for ours, anchor in pairs])

    def figure(self, name: str, *, goal: str, holds: bool | None) -> Figure:
        """Give the figure of our 95th percentile."""
        return Figure(
            name=name,
            value=self.p95,
            unit="ms",
            p50=self.p50,
            p95=self.p95,
            cpu_ms=self.over(lambda loop: loop.cpu_ms),
            anchor=self.anchor_cpu_ms,
            ratio=self.ratio,
            goal=goal,
            holds=holds,
            n=sum(loop.n for loop in self.ours),
            others=self.over(lambda loop: loop.others),
        )


def side_by_side(ours: Side, anchor: Side, *, seconds: float, times: int, warm_s: float = WARM_S) -> Compared:
    """Warm both up, then measure them in turns."""
    found = Compared()
    if warm_s:
        ours.loop(warm_s)
        anchor.loop(warm_s)
    for _ in range(times):
        found.ours.append(ours.loop(seconds))
        found.anchor.append(anchor.loop(seconds))
    return found
