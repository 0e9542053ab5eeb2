"""What is compared with R packages, how either side is run, and what is made of what they tell.

Both sides are programs of their own that print `name value` lines, so that each begins from
nothing: `r_side.R` and `python_side.py`. Times are CPU seconds, user and system, of the call
alone; `process_s` is the same of the whole process, with its start.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from bench.keeping import ROOT

TOLD = ROOT / "research" / "docs" / "speed.json"
SCRIPT = ROOT / "research" / "bench" / "r_side.R"
TABLES = ROOT / "research" / "tests" / "fixtures" / "mse"
SAMPLES = ROOT / "research" / "tests" / "fixtures" / "rds"
STEPWISE, RECRUITED = "stepwise", "recruited"
SPARSE, SYSTEMS, RDS = "SparseMSE", "MultipleSystemsEstimation", "RDS"
# All with published figures of the stepwise choice and its BCa interval.
SETS = (
    "uk2013_5",
    "uk2013_6",
    "netherlands_6",
    "netherlands_5",
    "neworl_8_n185",
    "neworl_5_n185",
    "western_us_5",
    "kosovo_4",
    "korea_3",
)
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
ALIKE = 1e-6
MISSING = """R and three of its packages are needed, and these were not found: {missing}.
On Debian: sudo apt-get install r-base r-cran-lpsolve r-cran-hmisc r-cran-igraph
then in R: install.packages(c("SparseMSE", "MultipleSystemsEstimation", "RDS"))
A package that CRAN has archived, or has in another version, is at https://github.com/cran/NAME:
R CMD INSTALL NAME. A library of one's own is named to R by the variable R_LIBS."""


class Broken(RuntimeError):
    """A side did not end as it should; the message says how."""


@dataclass(frozen=True)
class Recruited:
    """A sample, how many people there may be, the estimator, how it is drawn again, and columns.

    `compiled`: whether RDS draws in C, as it does unless told otherwise. Only `gile` is in C at all.
    """

    sample: str
    population: int
    method: str
    way: str
    columns: tuple[str, str, str, str]
    compiled: bool = True

    @property
    def in_c(self) -> bool:
        """Say whether RDS draws this in C."""
        return self.compiled and self.way == "gile"

    @property
    def name(self) -> str:
        """Name it in one word."""
        return f"{self.sample}_{self.way}" + ("" if self.compiled else "_in_R")


_MADRONA = ("id", "recruiter.id", "degree", "disease")
_FAUX = ("id", "recruiter.id", "network.size", "X")
DRAWN = (
    Recruited("fauxmadrona", 1000, "ss", "gile", _MADRONA),
    Recruited("fauxmadrona", 1000, "ss", "gile", _MADRONA, compiled=False),
    Recruited("fauxmadrona", 1000, "rds2", "salganik", _MADRONA),
    Recruited("fauxmadrona", 1000, "rds2", "tree", _MADRONA),
    Recruited("faux", 1000, "rds2", "salganik", _FAUX),
    Recruited("faux", 1000, "rds2", "tree", _FAUX),
    Recruited("fauxsycamore", 715, "ss", "gile", _MADRONA),
    Recruited("fauxtime", 1000, "ss", "gile", ("SER", "recruiter.id", "NETWORK", "var1")),
)


@dataclass(frozen=True)
class Run:
    """One run of one side; `cpu_s` and `estimate` are None where the package stopped by itself."""

    replicates: int
    cpu_s: float | None
    process_s: float
    estimate: float | None
    made_with: str
    clock_s: float | None = None


def missing() -> list[str]:
    """List what of R is not on this machine."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return ["Rscript"]
    asked = "cat(nzchar(vapply(commandArgs(TRUE), function(p) system.file(package = p), '')))"
    words = [rscript, "-e", asked, SPARSE, SYSTEMS, RDS]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    return [name for name, there in zip((SPARSE, SYSTEMS, RDS), told, strict=True) if there != "TRUE"]


def theirs(words: Sequence[str], replicates: int) -> Run:
    """Let an R package do a task."""
    return _run(["Rscript", str(SCRIPT), *words], replicates)


def ours(words: Sequence[str], replicates: int) -> Run:
    """Let Suar do a task, in a process of its own."""
    return _run([sys.executable, "-m", "research.bench.python_side", *words], replicates)


def stepwise_words(name: str, package: str, replicates: int, seed: int) -> list[str]:
    """Ask the R side for an estimate with its interval."""
    return [STEPWISE, package, str(TABLES / f"{name}.csv"), str(replicates), str(seed)]


def recruited_words(task: Recruited, replicates: int, seed: int) -> list[str]:
    """Ask the R side for a share with its interval."""
    numbers = map(str, (task.population, replicates, seed))
    sample = str(SAMPLES / f"{task.sample}.csv")
    compiled = str(task.compiled).upper()
    return [RECRUITED, sample, task.way, task.method, *numbers, *task.columns, compiled]


def _run(words: Sequence[str], replicates: int) -> Run:
    began = _children_s()
    done = subprocess.run(
        words,
        cwd=ROOT,
        env={**os.environ, **ONE_THREAD},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Broken(f"{' '.join(words)}: {done.stderr.strip()[-500:]}")
    return read(done.stdout, replicates, _children_s() - began)


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def read(told: str, replicates: int, process_s: float) -> Run:
    """Read the lines that a side printed; packages may print others besides."""
    lines = dict(line.split(" ", 1) for line in told.splitlines() if " " in line)
    if "stopped" in lines:
        return Run(replicates, None, process_s, None, lines.get("made_with", ""))
    if not {"cpu_s", "estimate"} <= lines.keys():
        raise Broken(f"no time and no estimate in: {told.strip()[-500:]}")
    made_with = f"{lines.get('made_with', '')} on R {lines['r']}" if "r" in lines else "Suar"
    clock_s = float(lines["clock_s"]) if "clock_s" in lines else None
    cpu_s, estimate = float(lines["cpu_s"]), float(lines["estimate"])
    return Run(replicates, cpu_s, process_s, estimate, made_with, clock_s)


def counted_up(small: Run, large: Run, replicates: int) -> float | None:
    """Give the CPU seconds that `replicates` take, from a run of few and one of more of them.

    What both have in common (the estimate and each person left out) is counted once; each further
    replicate costs what the larger run's did. None where the package stopped.
    """
    if small.cpu_s is None or large.cpu_s is None:
        return None
    if large.replicates <= small.replicates:
        raise ValueError("the second run needs more replicates than the first")
    each = (large.cpu_s - small.cpu_s) / (large.replicates - small.replicates)
    return large.cpu_s + max(each, 0.0) * (replicates - large.replicates)


def geometric(ratios: Sequence[float]) -> float:
    """Give the geometric mean of ratios."""
    return prod(ratios) ** (1 / len(ratios))


def ratios_of(rows: Sequence[Mapping[str, Any]], package: str) -> dict[str, float]:
    """Give the ratio of each row that has one."""
    return {row["name"]: row["ratio"] for row in rows if row["package"] == package and row["ratio"] is not None}


def kept() -> dict[str, Any]:
    """Read what the last whole run told."""
    told: dict[str, Any] = json.loads(TOLD.read_text("utf-8"))
    return told


def apart(one: float | None, other: float | None) -> float | None:
    """Give how far two estimates are apart, as a share of the second."""
    return None if one is None or other is None else abs(one - other) / abs(other)


def unlike(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """List the rows whose estimates differ: then times of unlike things were compared.

    Successive sampling is simulated there and computed here, so it is not looked at.
    """
    return [
        f"{row['name']} beside {row['package']}"
        for row in rows
        if row.get("method") != "ss" and row["apart"] is not None and row["apart"] > ALIKE
    ]
