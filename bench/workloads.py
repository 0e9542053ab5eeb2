"""The pages that people wait for, each beside the yardstick's nearest work."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, islice
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench import people, visiting
from bench.comparing import Compared, Side, side_by_side
from bench.figures import Figure, on, percentile, tell
from bench.load import Client, run
from bench.standing import Anchor, House

CLIENTS, READERS, CROWD = 4, 8, 16
READ = "/en/others"
AT_ONCE = 20
SUBMITTERS = ("ben", "lia", "esi")
LEAD = "kartika"
SEARCH_MS, SAVE_MS, LIST_MS, FIND_MS, CROWD_MS = 25, 40, 60, 1000, 100
SUM_MS = 20
READ_A_SECOND, SEARCH_HUGE_MS = 1000, 60
IMPORTED_A_SECOND, TURN_S = 1000, 1
LIST_RATIO, SUBMIT_RATIO, RECALL = 2.5, 1.45, 0.98


@dataclass(slots=True)
class Stage:
    """What the workloads work on: both servers, the sessions, and how long to measure."""

    database: str
    house: House
    anchor: Anchor
    seconds: float
    times: int
    cookies: dict[str, str] = field(default_factory=dict)
    services: int = 0
    people: int = 0

    def sign_in(self) -> None:
        """Begin the sessions that the workloads use."""
        self.cookies = self.house.ask("filling", "let_in", LEAD, *SUBMITTERS)

    def both(self, ours: Side, anchor: Side) -> Compared:
        """Measure both in turns for this stage's time."""
        return side_by_side(ours, anchor, seconds=self.seconds, times=self.times)

    def yardstick_ms(self) -> float:
        """Give the CPU of one list page of the yardstick now, for what has no nearer one."""
        client = visiting.reading(self.anchor.door, "/cases", self.anchor.cookie)
        return run(self.anchor.door, [client], seconds=1, roots=self.anchor.roots).cpu_ms

    def tell(self, figure: Figure) -> None:
        """Print a figure of this stage's database."""
        tell(on(self.database, figure))


def public_search(stage: Stage) -> None:
    """Search the directory at the public door with four clients."""
    door, theirs, seeds = stage.house.public, stage.anchor.door, count(1)
    found = stage.both(
        Side(door, stage.house.roots, lambda: [visiting.searching(door, seed=next(seeds)) for _ in range(CLIENTS)]),
        Side(
            theirs,
            stage.anchor.roots,
            lambda: [visiting.anchor_searching(theirs, seed=next(seeds)) for _ in range(CLIENTS)],
        ),
    )
    goal = f"p95 <= {SEARCH_MS} ms, {CLIENTS} clients, {stage.services:,} services"
    stage.tell(found.figure("public_search", goal=goal, holds=found.p95 <= SEARCH_MS))


def page_to_read(stage: Stage) -> None:
    """Read a page of the public door that asks nothing, with eight clients."""
    door, theirs = stage.house.public, stage.anchor.door
    found = stage.both(
        Side(door, stage.house.roots, lambda: [visiting.reading(door, READ) for _ in range(READERS)]),
        Side(theirs, stage.anchor.roots, lambda: [visiting.reading(theirs, "/cases", stage.anchor.cookie)]),
    )
    rate = found.over(lambda loop: loop.n / loop.seconds)
    shown = found.figure(
        "page_to_read", goal=f">= {READ_A_SECOND:,} requests/s, {READERS} clients", holds=rate >= READ_A_SECOND
    )
    stage.tell(replace(shown, value=rate, unit="requests/s"))


def search_among(stage: Stage, size: int) -> None:
    """Search a huge directory at the public door with four clients."""
    door = stage.house.public
    clients = [visiting.searching(door, seed=seed) for seed in range(CLIENTS)]
    loop, unit = run(door, clients, seconds=5, roots=stage.house.roots), stage.yardstick_ms()
    stage.tell(
        Figure(
            name="public_search_huge",
            value=loop.at(0.95),
            unit="ms",
            p50=loop.at(0.5),
            p95=loop.at(0.95),
            cpu_ms=loop.cpu_ms,
            anchor=unit,
            ratio=loop.cpu_ms / unit,
            n=loop.n,
            goal=f"p95 <= {SEARCH_HUGE_MS} ms, {CLIENTS} clients, {size:,} services",
            holds=loop.at(0.95) <= SEARCH_HUGE_MS,
            others=loop.others,
        )
    )


def directory_changes(stage: Stage, *, rate: float) -> None:
    """Tell how fast a large directory was taken over, and confirm one of its entries."""
    told, unit = stage.house.ask("filling", "confirm_one"), stage.yardstick_ms()
    stage.tell(
        Figure(
            name="directory_import",
            value=rate,
            unit="services/s",
            n=stage.services,
            anchor=unit,
            ratio=1000 / rate / unit,
            goal=f">= {IMPORTED_A_SECOND} services/s",
            holds=rate >= IMPORTED_A_SECOND,
            note="the ratio is the time of one service",
        )
    )
    stage.tell(
        Figure(
            name="directory_confirm_one",
            value=told["seconds"],
            unit="s",
            n=told["services"],
            anchor=unit,
            ratio=told["seconds"] * 1000 / unit,
            holds=told["seconds"] <= TURN_S,
            goal=f"<= {TURN_S} s, for others wait to write",
        )
    )


def case_list(stage: Stage) -> None:
    """Show a team's page of 50 names out of all its people."""
    door, theirs = stage.house.staff, stage.anchor.door
    found = stage.both(
        Side(door, stage.house.roots, lambda: [visiting.reading(door, "/team", stage.cookies[LEAD])]),
        Side(theirs, stage.anchor.roots, lambda: [visiting.reading(theirs, "/cases", stage.anchor.cookie)]),
    )
    goal = f"p95 <= {LIST_MS} ms, 1 client, 50 of {stage.people:,} with names"
    stage.tell(found.figure("case_list", goal=goal, holds=found.p95 <= LIST_MS))
    stage.tell(_ratio("case_list_cpu", found, LIST_RATIO))


def talk_step(stage: Stage, *, form: str = "short", name: str = "talk_step_saved") -> None:
    """Save steps of a talk of one form, each a sealed draft, with four clients."""
    door = stage.house.staff
    asked = ("filling", "talks", ",".join(SUBMITTERS), CLIENTS * 3, form)
    talks = stage.house.ask(*asked)["talks"]
    shares = [talks[start::CLIENTS] for start in range(CLIENTS)]
    going = [visiting.Saver(door, share, stage.cookies) for share in shares]
    found = stage.both(
        Side(door, stage.house.roots, lambda: [each.client() for each in going]),
        _anchor_submits(stage, CLIENTS),
    )
    goal = f"p95 <= {SAVE_MS} ms, {CLIENTS} clients"
    stage.tell(found.figure(name, goal=goal, holds=found.p95 <= SAVE_MS))


def sum_up(stage: Stage, *, times: int = 60) -> None:
    """Sum up a full talk: elements, signs, and what would change the suggestion."""
    unit, told = stage.yardstick_ms(), stage.house.ask("locked", "summing", times)
    stage.tell(
        Figure(
            name="talk_summed_up",
            value=told["p95"],
            unit="ms CPU",
            **told,
            cpu_ms=told["p50"],
            anchor=unit,
            ratio=told["p50"] / unit,
            goal=f"<= {SUM_MS} ms",
            n=times,
            holds=told["p95"] <= SUM_MS,
        )
    )


def name_search(stage: Stage, *, number: int, probes: int) -> None:
    """Find people among all whom a team holds, with a typing error in each part of the name."""
    every = people.people(number)
    names = [people.full_name(each) for each in islice(every, 7, number, number // probes)]
    found: dict[str, list[str]] = {}
    client = visiting.finding(stage.house.staff, names, stage.cookies[LEAD], found)
    loop = run(stage.house.staff, [client], seconds=60, roots=stage.house.roots)
    p95, unit = percentile(loop.times, 0.95), stage.yardstick_ms()
    recall = sum(name in shown for name, shown in found.items()) / max(1, len(found))
    among = f"among {number:,}"
    stage.tell(
        Figure(
            name="name_search",
            value=p95,
            unit="ms",
            p50=loop.at(0.5),
            p95=p95,
            cpu_ms=loop.cpu_ms,
            anchor=unit,
            ratio=loop.cpu_ms / unit,
            goal=f"p95 <= {FIND_MS} ms {among}",
            holds=p95 <= FIND_MS,
            n=loop.n,
            others=loop.others,
        )
    )
    stage.tell(
        Figure(
            name="name_search_recall",
            value=recall,
            unit="share",
            n=len(found),
            goal=f"recall@20 >= {RECALL}, one typing error per part, {among}",
            holds=recall >= RECALL,
        )
    )


def submitted_talks(stage: Stage, *, number: int) -> None:
    """End talks with 16 clients, then some that several clients end at once."""
    talks = stage.house.ask("filling", "talks", ",".join(SUBMITTERS), number + AT_ONCE)["talks"]
    for place, each in enumerate(talks):
        each["number"] = place
    before, part = _left(stage, talks), -(-number // stage.times)
    parts = iter([talks[at : min(at + part, number)] for at in range(0, number, part)])
    found = side_by_side(
        Side(stage.house.staff, stage.house.roots, lambda: _enders(stage, next(parts))),
        _anchor_submits(stage, CROWD, each=part),
        seconds=60,
        times=stage.times,
        warm_s=0,
    )
    goal = f"p95 <= {CROWD_MS} ms, {CROWD} clients"
    stage.tell(found.figure("talk_submitted", goal=goal, holds=found.p95 <= CROWD_MS))
    stage.tell(_ratio("talk_submitted_cpu", found, SUBMIT_RATIO))
    several = [{**each, "twice": True} for each in talks[number:] for _ in range(CLIENTS)]
    run(stage.house.staff, _enders(stage, several), seconds=60)
    after = _left(stage, talks)
    lost = len(talks) - after["still_there"]
    doubled = after["persons"] - before["persons"] - after["distinct"]
    stage.tell(
        Figure(
            name="talks_lost_or_doubled",
            value=lost + abs(doubled),
            unit="records",
            n=len(talks),
            goal="0 lost, 0 doubled",
            holds=lost == 0 and doubled == 0,
            note=f"lost {lost}, doubled {doubled}; {AT_ONCE} talks were ended by {CLIENTS} at once",
        )
    )


def _enders(stage: Stage, talks: Sequence[dict[str, Any]]) -> Sequence[Client]:
    shared = visiting.OneByOne(talks)
    return [visiting.ending(stage.house.staff, shared) for _ in range(CROWD)]


def _left(stage: Stage, talks: Sequence[dict[str, Any]]) -> dict[str, int]:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(each["id"] for each in talks))
        file.flush()
        left: dict[str, int] = stage.house.ask("filling", "ended", Path(file.name))
    return left


def _anchor_submits(stage: Stage, clients: int, *, each: int | None = None) -> Side:
    """Give the yardstick's side of a form sent in; with `each`, so many in a loop."""
    door = stage.anchor.door

    def made() -> Sequence[Client]:
        shared = _forms() if each is None else islice(_forms(), each)
        one_by_one = visiting.OneByOne(shared)
        return [visiting.anchor_submitting(door, one_by_one) for _ in range(clients)]

    return Side(door, stage.anchor.roots, made)


def _forms() -> Iterator[str]:
    written = [people.as_form(each) for each in people.people(200)]
    for place in count():
        yield written[place % len(written)].replace("@@UID@@", str(uuid4()))


def _ratio(name: str, found: Compared, most: float) -> Figure:
    return Figure(
        name=name,
        value=found.ratio,
        unit="x",
        cpu_ms=found.over(lambda loop: loop.cpu_ms),
        anchor=found.anchor_cpu_ms,
        ratio=found.ratio,
        holds=found.ratio <= most,
        goal=f"CPU <= {most} x the yardstick's",
        n=sum(loop.n for loop in found.ours),
    )
