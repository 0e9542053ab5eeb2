"""CPU and memory of process trees, read from /proc."""

import os
from collections.abc import Collection, Iterator
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
MIB_A_PAGE = os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


def cpu_s(roots: Collection[int]) -> float:
    """Return the CPU seconds, user and system, of the process trees under `roots`."""
    return sum(ticks for _, ticks in _within(roots)) / TICKS_A_SECOND


def own_mib(roots: Collection[int]) -> float:
    """Return the memory in MiB that the trees under `roots` hold alone, without shared pages."""
    pages = 0
    for process, _ in _within(roots):
        try:
            total, shared = map(int, Path(f"/proc/{process}/statm").read_text("ascii").split()[1:3])
            pages += total - shared
        except (OSError, ValueError):
            continue
    return pages * MIB_A_PAGE


def children_of(parent: int) -> set[int]:
    """Return the processes that a process has started and that still run."""
    return {process for process, (above, _) in _all().items() if above == parent}


def parent_of(process: int) -> int:
    """Return the process that started this one."""
    return _stat(process)[0]


def _within(roots: Collection[int]) -> Iterator[tuple[int, int]]:
    processes = _all()
    for process, (_, ticks) in processes.items():
        above = process
        while above and above not in roots:
            above = processes.get(above, (0, 0))[0]
        if above:
            yield process, ticks


def _all() -> dict[int, tuple[int, int]]:
    result = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                result[int(entry.name)] = _stat(int(entry.name))
            except (OSError, ValueError):
                continue
    return result


def _stat(process: int) -> tuple[int, int]:
    """Return the parent of a process, and its ticks with those of its ended children."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return int(fields[1]), sum(map(int, fields[11:15]))
