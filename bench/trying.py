"""Tries mutants on the tests that run them, and goes on where an interrupted run was.

A verdict is kept as long as the module and the files of the tests that were to notice stay as they
were.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench import noticing, nursery
from bench.mutating import Mutant
from tools.places import ROOT, SOURCE

VERDICTS = "verdicts.jsonl"


@dataclass(frozen=True)
class Tried:
    """A mutant, and the test that noticed it or None."""

    mutant: Mutant
    by: str | None


def tried(mutants: Sequence[Mutant], seen: noticing.Record, kept: Path, workers: int) -> Iterator[tuple[Tried, float]]:
    """Try all, with the seconds of each, after one module unchanged, which nobody may notice."""
    jobs = [_job(str(at), mutant, seen) for at, mutant in enumerate(mutants)]
    known, names = _known(kept), [_name(*each) for each in zip(mutants, jobs, strict=True)]
    rest = []
    for at, job in enumerate(jobs):
        if not job.tests:
            yield Tried(mutants[at], None), 0.0
        elif names[at] in known:
            yield Tried(mutants[at], known[names[at]]), 0.0
        else:
            rest.append(job)
    for job in rest[:1]:
        _control(job, mutants[int(job.name)].module, seen)
    with (kept / VERDICTS).open("a", encoding="utf-8") as file:
        for verdict in nursery.run(rest, seen.seconds, workers):
            at = int(verdict.name)
            file.write(json.dumps({"of": names[at], "by": verdict.by}) + "\n")
            file.flush()
            yield Tried(mutants[at], verdict.by), verdict.seconds


def _known(kept: Path) -> dict[str, str | None]:
    path = kept / VERDICTS
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return {each["of"]: each["by"] for each in map(json.loads, lines)}


def _name(mutant: Mutant, job: nursery.Job) -> str:
    """Name a verdict by all that decides it."""
    files = sorted({each.partition("::")[0] for each in job.tests})
    parts = [_digest(mutant.module), str(mutant.line), mutant.kind, mutant.says]
    parts += [_digest(ROOT / each) for each in files]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _job(name: str, mutant: Mutant, seen: noticing.Record) -> nursery.Job:
    tests = seen.tests_for(mutant.module, *mutant.lines)
    module = ".".join(mutant.module.relative_to(SOURCE).with_suffix("").parts)
    return nursery.Job(name, module, mutant.code(), tests)


def _control(job: nursery.Job, module: Path, seen: noticing.Record) -> None:
    """Put a module unchanged in its own place: if a test noticed that, it would notice anything."""
    code = compile(module.read_text("utf-8"), str(module), "exec", dont_inherit=True)
    unchanged = nursery.Job("unchanged", job.module, code, job.tests)
    (verdict,) = nursery.run([unchanged], seen.seconds, 1)
    if verdict.by is not None:
        raise nursery.Broken(f"{verdict.by} failed on {job.module} without any change")
