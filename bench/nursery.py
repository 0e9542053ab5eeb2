"""Runs chosen tests against a mutant in a process of its own, forked from one that is warm.

What the tests stand on (pytest, numpy, scipy ...) is imported once; the mutant and everything that
imports it is read afresh by the child. A test that needs far more CPU than it does otherwise ends
its child: a mutant that loops was noticed.
"""

from __future__ import annotations

import gc
import importlib.abc
import importlib.util
import json
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest

from tools.places import ROOT, SOURCE

ADDRESS_SPACE = 6 << 30
FRESH = ("suar", "tests")
"""Packages that every child imports for itself."""
OPTIONS = ("-W", "error", "--import-mode=importlib", "-p", "no:cacheprovider", "-p", "no:terminal", f"--rootdir={ROOT}")
DONE, FAILED, NOTHING = 0, (1, 2), 5
Seconds = Mapping[str, float]
"""What each test needs by itself, by its name."""


@dataclass(frozen=True)
class Job:
    """Code that stands in the place of a module, and the tests that shall notice it, in order."""

    name: str
    module: str
    code: CodeType | None
    tests: Sequence[str]


@dataclass(frozen=True)
class Verdict:
    """What became of a job: who noticed it, None when nobody did; and what it needed."""

    name: str
    by: str | None
    seconds: float


class Broken(RuntimeError):
    """The tests could not be run at all: nothing was learnt."""


def warm() -> None:
    """Import what the tests stand on, and forget what every child shall read afresh."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    # Compiled once for all children, and beside nobody else's: a mutant itself is never kept.
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(ROOT / ".state" / "bytecode")
    sys.path[:0] = [each for each in (str(SOURCE), str(ROOT)) if each not in sys.path]
    import hypothesis

    hypothesis.settings.register_profile("mutants", derandomize=True, database=None, deadline=None)
    hypothesis.settings.load_profile("mutants")
    for place in (SOURCE / "suar" / "insight", ROOT / "tests" / "insight"):
        for path in sorted(place.rglob("*.py")):
            if not path.stem.startswith(("__", "test_", "conftest")):
                # What stands on a package that is not installed here stays cold.
                with suppress(ImportError):
                    importlib.import_module(_named(path))
    for name in [each for each in sys.modules if each.partition(".")[0] in FRESH]:
        del sys.modules[name]
    gc.collect()
    gc.freeze()


def run(jobs: Iterable[Job], seconds: Seconds, workers: int) -> Iterator[Verdict]:
    """Give the verdict of each job as it comes, `workers` at a time."""
    waiting, going = iter(jobs), {}
    while True:
        while len(going) < workers and (job := next(waiting, None)):
            child = _Child(job, seconds)
            going[child.exits] = child
        if not going:
            return
        ready, _, _ = select.select(list(going), [], [], 1)
        ended = [going[each] for each in ready] + [each for each in going.values() if each.late()]
        for child in dict.fromkeys(ended):
            del going[child.exits]
            yield child.verdict()


class _Child:
    """A forked process: it tells the name of each test it begins; its exit code says the rest."""

    def __init__(self, job: Job, seconds: Seconds) -> None:
        self.job, self.began = job, time.monotonic()
        self.limit = 60 + 10 * sum(seconds.get(each, 1) for each in job.tests)
        self.folder = tempfile.mkdtemp(prefix="suar-mutant-")
        self.ends, begins = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(self.ends)
            _live(job, seconds, self.folder, begins)
        os.close(begins)
        self.exits = os.pidfd_open(self.pid)

    def late(self) -> bool:
        """Say whether it waits for something that never comes."""
        return time.monotonic() - self.began > self.limit

    def verdict(self) -> Verdict:
        """Wait for the end, and say who noticed."""
        if self.late():
            _end_group(self.pid)
        _, status = os.waitpid(self.pid, 0)
        os.close(self.exits)
        _end_group(self.pid)
        with os.fdopen(self.ends, "rb") as told:
            last = told.read().decode().splitlines()
        shutil.rmtree(self.folder, ignore_errors=True)
        took, code = time.monotonic() - self.began, os.waitstatus_to_exitcode(status)
        if code == DONE:
            return Verdict(self.job.name, None, took)
        if code > 0 and code not in FAILED:
            raise Broken(f"{self.job.name}: pytest ended with {code}")
        by = last[-1] if last else "the import"
        return Verdict(self.job.name, by if code > 0 else f"{by} (out of time)", took)


def _end_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _live(job: Job, seconds: Seconds, folder: str, told: int) -> None:
    """Run the tests as the child, and never come back."""
    code = 70
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for each in (0, 1, 2):
            os.dup2(nowhere, each)
        if job.code is not None:
            sys.meta_path.insert(0, _Instead(job.module, job.code))
        code = tests_run(job.tests, folder, [_Told(told, seconds)], "-x")
    finally:
        os._exit(code)


def tests_run(tests: Sequence[str], folder: str, plugins: Sequence[Any], *more: str) -> int:
    """Run tests in this process, in the order that is given, and give pytest's exit code."""
    settings = Path(folder) / "pytest.ini"
    settings.write_text(f"[pytest]\npythonpath = {SOURCE} {ROOT}\nmarkers =\n    both_legs: any\n")
    files = dict.fromkeys(each.partition("::")[0] for each in tests)
    places = [str(ROOT / each) for each in files]
    confined = f"--confcutdir={Path(places[0]).parent}"
    words = [
        *OPTIONS,
        *more,
        "-c",
        str(settings),
        confined,
        "--basetemp",
        f"{folder}/kept",
        *places,
    ]
    return int(pytest.main(words, plugins=[_Order(tests), *plugins]))


def name_of(item: pytest.Item) -> str:
    """Name a test by its file, seen from the root wherever it stands, and by the rest as pytest."""
    return f"{os.path.relpath(item.path, ROOT)}::{item.nodeid.partition('::')[2]}"


class _Order:
    """Keeps the tests that are wanted, in their order; a file named alone means all of it."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.place = {name: at for at, name in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort and leave out."""
        if any("::" in each for each in self.place):
            items[:] = sorted(
                (each for each in items if name_of(each) in self.place),
                key=lambda each: self.place[name_of(each)],
            )


class _Told:
    """Tells which test begins, and lets none use much more CPU than it does otherwise."""

    def __init__(self, told: int, seconds: Seconds) -> None:
        self.told, self.seconds = told, seconds

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Tell the name and set the alarm; the kernel ends a process that does not answer."""
        os.write(self.told, f"{name_of(item)}\n".encode())
        signal.setitimer(signal.ITIMER_PROF, 5 + 5 * self.seconds.get(name_of(item), 1))


class _Instead(importlib.abc.MetaPathFinder):
    """Finds the mutant where the module was asked for."""

    def __init__(self, module: str, code: CodeType) -> None:
        self.module, self.code = module, code

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Give the mutant under the module's own name."""
        if name != self.module:
            return None
        place = _path(name)
        return importlib.util.spec_from_file_location(name, place, loader=_Coded(name, place, self.code))


class _Coded(SourceFileLoader):
    def __init__(self, name: str, place: str, code: CodeType) -> None:
        super().__init__(name, place)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        return self._code


def _path(name: str) -> str:
    return str(SOURCE.joinpath(*name.split(".")).with_suffix(".py"))


def _named(path: Path) -> str:
    base = SOURCE if path.is_relative_to(SOURCE) else ROOT
    return ".".join(path.relative_to(base).with_suffix("").parts)


def apart(works: Iterable[Callable[[], Any]], workers: int) -> Iterator[Any]:
    """Do each work in a forked process, some at a time, and give what was found, in order."""
    going: deque[tuple[int, int]] = deque()
    for work in works:
        if len(going) == workers:
            yield _ended(*going.popleft())
        going.append(_begun(work))
    while going:
        yield _ended(*going.popleft())


def _begun(work: Callable[[], Any]) -> tuple[int, int]:
    ends, begins = os.pipe()
    child = os.fork()
    if child:
        os.close(begins)
        return child, ends
    code = 1
    try:
        with os.fdopen(begins, "w") as told:
            try:
                told.write(json.dumps(work()))
                code = 0
            except Exception:
                # Changed code may raise anything; the parent reads what it was and goes on.
                told.write(traceback.format_exc())
    finally:
        os._exit(code)


def _ended(child: int, ends: int) -> Any:
    with os.fdopen(ends) as told:
        found = told.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise Broken(f"the tests could not be seen: {found}")
    return json.loads(found)
