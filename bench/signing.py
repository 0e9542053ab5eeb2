"""The bars of signing in: what fifty at once cost (B6), and whether a missing name shows (B7)."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from bench import machine
from bench.figures import Figure, middle, percentile
from bench.load import Ask, Client, run
from bench.visiting import FORM_COOKIE, FORM_TOKEN
from bench.wire import Connection, Door, request
from bench.workloads import LEAD, Stage
from suar.crypto import totp

AT_ONCE, EXTRA_MIB, OTHERS_MS, CPU_MS = 50, 400, 1000, 300
APART = 0.05
KNOWN_COOKIE = "__Host-suar-known"
LET_IN, REFUSED, BUSY = 302, 400, 503
REAL_NAME, NOBODY = "ben", "bea"
LOOK_S = 0.05
LONGEST_S = 60


@dataclass(slots=True)
class Meanwhile:
    """What others saw while many signed in: their times, their statuses, the memory held."""

    times: list[float] = field(default_factory=list)
    wrong: int = 0
    most_mib: float = 0


def fifty_at_once(stage: Stage) -> None:
    """Let fifty workers sign in at the same moment while others read pages."""
    hired, door = stage.house.ask("filling", "hire", AT_ONCE), stage.house.staff
    step = totp.step_at(datetime.now(UTC))
    clients = [_entering(door, each, totp.code_at(bytes.fromhex(each["totp"]), step)) for each in hired]
    before = machine.own_mib(stage.house.own)
    with _meanwhile(stage) as seen:
        loop = run(door, clients, seconds=LONGEST_S, roots=stage.house.roots)
    extra, p95 = seen.most_mib - before, percentile(seen.times, 0.95)
    errors = loop.n - loop.statuses[LET_IN] - loop.statuses[BUSY] + seen.wrong
    told = ", ".join(f"{count} x {status}" for status, count in sorted(loop.statuses.items()))
    stage.tell(
        Figure(
            name="B6_extra_memory",
            value=extra,
            unit="MiB",
            goal=f"<= {EXTRA_MIB} MiB",
            holds=extra <= EXTRA_MIB,
            n=AT_ONCE,
            note=told,
        )
    )
    stage.tell(
        Figure(
            name="B6_other_pages",
            value=p95,
            unit="ms",
            p50=percentile(seen.times, 0.5),
            p95=p95,
            goal=f"p95 <= {OTHERS_MS} ms while {AT_ONCE} sign in",
            holds=p95 <= OTHERS_MS,
            n=len(seen.times),
            others=loop.others,
        )
    )
    stage.tell(
        Figure(
            name="B6_errors",
            value=errors,
            unit="answers",
            goal="no error but 503",
            n=AT_ONCE,
            holds=errors == 0,
            note=told,
        )
    )
    unit = stage.yardstick_ms()
    stage.tell(
        Figure(
            name="B6_sign_in",
            value=loop.at(0.5),
            unit="ms",
            p50=loop.at(0.5),
            p95=loop.at(0.95),
            cpu_ms=loop.cpu_ms,
            anchor=unit,
            ratio=loop.cpu_ms / unit,
            n=loop.n,
            goal=f"CPU <= {CPU_MS} ms",
            holds=loop.cpu_ms <= CPU_MS,
        )
    )


def known_and_unknown(stage: Stage, *, pairs: int) -> None:
    """Compare how long a wrong password takes for a name that is known and one that is not."""
    door, found = stage.house.staff, {REAL_NAME: list[float](), NOBODY: list[float]()}
    browsers = {name: stage.house.ask("filling", "known", name, pairs) for name in found}
    refused = True
    with Connection(door) as connection:
        for turn in range(pairs):
            for name in sorted(found, reverse=turn % 2 == 0):
                raw = _sign_in(door, name, "not the password", "000000", browsers[name][turn])
                start = time.perf_counter()
                answer = connection.send(raw)
                found[name].append((time.perf_counter() - start) * 1000)
                refused = refused and answer.status == REFUSED
    known, unknown = middle(found[REAL_NAME]), middle(found[NOBODY])
    apart, unit = abs(known - unknown) / known, stage.yardstick_ms()
    stage.tell(
        Figure(
            name="B7_known_and_unknown_name",
            value=apart,
            unit="share",
            p50=known,
            p95=percentile(found[REAL_NAME], 0.95),
            anchor=unit,
            ratio=known / unit,
            n=pairs,
            goal=f"medians within {APART:.0%}",
            holds=refused and apart <= APART,
            note=f"medians {known:.0f} and {unknown:.0f} ms" + ("" if refused else "; not refused"),
        )
    )


@contextmanager
def _meanwhile(stage: Stage) -> Iterator[Meanwhile]:
    """Read a signed-in page and the public start, and look at the memory, until the block ends."""
    seen, over = Meanwhile(), threading.Event()
    pages = [
        (
            stage.house.staff,
            request(stage.house.staff, "GET", "/find", cookies=stage.cookies[LEAD]),
        ),
        (stage.house.public, request(stage.house.public, "GET", "/en/")),
    ]
    threads = [threading.Thread(target=_reader, args=(*page, seen, over)) for page in pages]
    threads.append(threading.Thread(target=_looker, args=(stage, seen, over)))
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _reader(door: Door, raw: bytes, seen: Meanwhile, over: threading.Event) -> None:
    with Connection(door) as connection:
        while not over.wait(LOOK_S):
            start = time.perf_counter()
            answer = connection.send(raw)
            seen.times.append((time.perf_counter() - start) * 1000)
            seen.wrong += answer.status not in (200, BUSY)


def _looker(stage: Stage, seen: Meanwhile, over: threading.Event) -> None:
    while not over.wait(LOOK_S):
        seen.most_mib = max(seen.most_mib, machine.own_mib(stage.house.own))


def _entering(door: Door, worker: dict[str, Any], code: str) -> Client:
    known = worker["known"]
    yield Ask(_sign_in(door, worker["name"], worker["password"], code, known))


def _sign_in(door: Door, name: str, password: str, code: str, known: str) -> bytes:
    typed = {"name": name, "password": password, "code": code, "csrfmiddlewaretoken": FORM_TOKEN}
    cookies = f"{FORM_COOKIE}; {KNOWN_COOKIE}={known}"
    return request(door, "POST", "/sign-in", body=urlencode(typed), cookies=cookies)
