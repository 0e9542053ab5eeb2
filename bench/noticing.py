"""Which test runs which line of the research part, recorded once: a mutant meets only those.

A line that is run once for many tests (a cache, a fixture of a file) is held against every test of
that file that runs its module.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from pathlib import Path
from typing import Any

import coverage
import pytest

from bench import nursery
from tools.places import ROOT, SOURCE

INSIGHT = SOURCE / "suar" / "insight"
KEPT = ROOT / ".state" / "mutants"
SLOW_S, MOST_S = 3.0, 8.0
"""Seconds of a test, and of all for one mutant: the quick tests shall hold the part."""
IMPORTED = ""


@dataclass(frozen=True)
class Record:
    """Seconds by test, and by module and line the tests that run it.

    A file of tests that runs a line while it is imported stands there with its own name.
    """

    seconds: Mapping[str, float]
    lines: Mapping[str, Mapping[int, frozenset[str]]]

    def tests_for(self, module: Path, first: int, last: int) -> list[str]:
        """Give the tests that could notice a change there, the likeliest and quickest first.

        Those that run the line come first, then those of the same files that run the module (or of
        all files, where the line only runs at import), then all of files that run it at import.
        """
        ran = self.lines.get(str(module.relative_to(ROOT)), {})
        here = frozenset().union(*(ran.get(line, frozenset()) for line in range(first, last + 1)))
        direct, files = here & self.seconds.keys(), {_file(each) for each in here}
        whole = frozenset().union(*ran.values()) & self.seconds.keys() if here else frozenset()
        near = {each for each in whole if not direct or _file(each) in files}
        at_import = {each for each in self.seconds if _file(each) in here}
        rank = {**dict.fromkeys(at_import, 2), **dict.fromkeys(near, 1), **dict.fromkeys(direct, 0)}
        quick = [each for each in rank if self.seconds[each] <= SLOW_S]
        quick.sort(key=lambda each: (rank[each], self.seconds[each], each))
        spent = accumulate(self.seconds[each] for each in quick)
        return [each for each, so_far in zip(quick, spent, strict=True) if so_far <= MOST_S]


def _file(test: str) -> str:
    return test.partition("::")[0]


def record(files: Sequence[str], kept: Path = KEPT, workers: int = 1) -> Record:
    """Run the tests of some files once, each file apart, and see which line runs in which test.

    What was seen is kept until the file, what it reads or the part that it runs is changed.
    """
    fresh = [each for each in files if _kept(each, kept) is None]
    for file, seen in zip(fresh, nursery.apart(map(_seeing, fresh), workers), strict=True):
        kept.mkdir(parents=True, exist_ok=True)
        whole = {**seen, "digest": _digest(file, seen["lines"])}
        (kept / f"{Path(file).stem}.json").write_text(json.dumps(whole), "utf-8")
    told = [_kept(each, kept) for each in files]
    assert all(told), "a file of tests, or what it runs, was changed meanwhile"
    lines: dict[str, dict[int, frozenset[str]]] = {}
    for file, each in zip(files, filter(None, told), strict=True):
        for path, found in each["lines"].items():
            whole = lines.setdefault(path, {})
            for line, ran in found.items():
                names = frozenset(each["tests"][at] or file for at in ran)
                whole[int(line)] = whole.get(int(line), frozenset()) | names
    seconds = chain.from_iterable(zip(each["tests"], each["seconds"], strict=True) for each in told)
    return Record({test: used for test, used in seconds if test}, lines)


def _kept(file: str, kept: Path) -> dict[str, Any] | None:
    place = kept / f"{Path(file).stem}.json"
    if not place.exists():
        return None
    told: dict[str, Any] = json.loads(place.read_text("utf-8"))
    return told if told["digest"] == _digest(file, told["lines"]) else None


def _seeing(file: str) -> Callable[[], dict[str, Any]]:
    print(f"seeing which line {file} runs", flush=True)
    return lambda: _measured([file])


def _digest(file: str, ran: Iterable[str]) -> str:
    """Name a file of tests by its text, by what it can read and by the modules that it runs."""
    beside = (each for each in (ROOT / "tests" / "insight").rglob("*") if each.is_file())
    read = [each for each in beside if not each.name.startswith("test_") and each.suffix != ".pyc"]
    whole = hashlib.sha256()
    for path in sorted({ROOT / file, *read, *(ROOT / each for each in ran)}):
        whole.update(f"{path}\0".encode() + (path.read_bytes() if path.exists() else b""))
    return whole.hexdigest()


def _measured(tests: Sequence[str]) -> dict[str, Any]:
    """Run the tests under coverage, as the child."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for each in (0, 1, 2):
        os.dup2(nowhere, each)
    seen = coverage.Coverage(data_file=None, config_file=False, source=[str(INSIGHT)])
    watching = _Watching(seen)
    seen.start()
    with tempfile.TemporaryDirectory(prefix="suar-mutant-") as folder:
        code = nursery.tests_run(tests, folder, [watching])
    seen.stop()
    failed = [said for name, said in watching.failed.items() if name not in watching.started]
    if failed or code not in (0, 1):
        raise nursery.Broken(f"without any change the tests end with {code}: {failed}")
    names = [IMPORTED, *(each for each in watching.seconds if each not in watching.started)]
    place = {name: at for at, name in enumerate(names)}
    lines = {
        str(Path(path).relative_to(ROOT)): {
            line: [place[each] for each in ran if each in place]
            for line, ran in seen.get_data().contexts_by_lineno(path).items()
        }
        for path in seen.get_data().measured_files()
        if seen.get_data().lines(path)
    }
    seconds = [watching.seconds.get(each, 0.0) for each in names]
    return {"tests": names, "seconds": seconds, "lines": lines}


class _Watching:
    """Tells coverage which test runs, takes its time, and sees whether it starts a Python.

    That reads the unchanged module, so that its test could notice nothing.
    """

    def __init__(self, seen: coverage.Coverage) -> None:
        self.seen, self.now = seen, IMPORTED
        self.seconds: dict[str, float] = {}
        self.failed: dict[str, str] = {}
        self.started: set[str] = set()
        sys.addaudithook(self._audited)

    def _audited(self, event: str, told: tuple[Any, ...]) -> None:
        if event == "subprocess.Popen" and "python" in os.path.basename(os.fsdecode(told[0])):
            self.started.add(self.now)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Go round a test with its fixtures."""
        self.now = nursery.name_of(item)
        self.seen.switch_context(self.now)
        began = time.process_time()
        found = yield
        self.seconds[self.now] = round(time.process_time() - began, 3)
        self.seen.switch_context(IMPORTED)
        return found

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember what failed."""
        if report.failed:
            self.failed[self.now] = f"{report.nodeid}: {report.longreprtext[-600:]}"
