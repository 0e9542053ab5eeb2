"""What a machine tells of its processes: CPU of whole trees, memory, how busy it is."""

import os
from collections.abc import Collection, Iterator
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
MIB = 1024 * 1024


def cpu_s(roots: Collection[int]) -> float:
    """Give the CPU seconds, user and system, of the trees under these processes.

    A child that has ended and was waited for stands in its parent's sum.
    """
    return sum(used for _, used in _within(roots)) / TICKS_A_SECOND


def own_mib(roots: Collection[int]) -> float:
    """Give the memory that the trees under these processes hold for themselves alone.

    Shared pages stay out: of a database's cache each of its processes shows the whole.
    """
    pages = 0
    for process, _ in _within(roots):
        try:
            told = Path(f"/proc/{process}/statm").read_text("ascii").split()
            pages += int(told[1]) - int(told[2])
        except (OSError, IndexError):
            continue
    return pages * PAGE_BYTES / MIB


def busy_s() -> float:
    """Give the seconds that all cores together have been busy, whoever kept them so."""
    with Path("/proc/stat").open(encoding="ascii") as told:
        values = [int(value) for value in told.readline().split()[1:9]]
    return (sum(values) - values[3] - values[4]) / TICKS_A_SECOND


def children_of(parent: int) -> set[int]:
    """List the processes that a process has started and that still run."""
    return {process for process, (above, _) in _all().items() if above == parent}


def parent_of(process: int) -> int:
    """Give the process that started this one."""
    return _stat(process)[0]


def cores() -> int:
    """Count the cores this process may use."""
    return len(os.sched_getaffinity(0))


def _within(roots: Collection[int]) -> Iterator[tuple[int, int]]:
    found = _all()
    for process, (_, used) in found.items():
        above = process
        while above and above not in roots:
            above = found.get(above, (0, 0))[0]
        if above:
            yield process, used


def _all() -> dict[int, tuple[int, int]]:
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found[int(entry.name)] = _stat(int(entry.name))
            except (OSError, ValueError):
                continue
    return found


def _stat(process: int) -> tuple[int, int]:
    """Read the parent and the ticks used; the name in brackets may hold anything."""
    text = Path(f"/proc/{process}/stat").read_text("utf-8", "replace")
    fields = text[text.rindex(")") + 2 :].split()
    return int(fields[1]), sum(map(int, fields[11:15]))
