"""`suar test`: every test on the encrypted file, and those marked `db_contract` on PostgreSQL beside it."""

import argparse
import contextlib
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence

from tools import catalogues, installing, postgres
from tools.places import COMPILED_ONCE, PYTHON, ROOT, environment, say

NAMES = {"sqlite": "the encrypted file", "postgres": "PostgreSQL"}
TWO_WORKERS = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
ONE_PROCESS = ("-n", "0")
COVERED_WHOLLY = ("core", "crypto", "records", "consent", "*/rules*", "*/policy*")
"""Parts of the application of which tests must reach every line and branch."""
NO_TESTS_COLLECTED = 5
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Each worker of xdist has a core: threads of numpy would only wait for each other."""


def test(options: argparse.Namespace, words: list[str]) -> int:
    """Run the tests that were asked for, all of them without words, and return pytest's exit code.

    A word that names a folder of tests stands for that folder: `./suar test cases`.
    """
    # SIGTERM must not leave a database server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    installing.debian_packages()
    installing.python_packages("dev")
    catalogues.compile_changed()
    words = [f"tests/{word}" if (ROOT / "tests" / word).is_dir() else word for word in words]
    if options.quick:
        return run_on("sqlite", ["--quick", *TWO_WORKERS, *(words or ["tests"])])
    named = any((ROOT / word.partition("::")[0]).exists() for word in words)
    workers = () if named or "-n" in words else TWO_WORKERS
    if options.leg or options.cover or workers != TWO_WORKERS:
        return _one_by_one([options.leg] if options.leg else NAMES, [*workers, *words], cover=options.cover)
    return _both_at_once(words)


def _one_by_one(databases: Iterable[str], words: Sequence[str], *, cover: bool) -> int:
    for database in databases:
        if code := _run_leg(database, words, cover=cover):
            return code
    return 0


def _both_at_once(words: Sequence[str]) -> int:
    """Run both databases at once and return the exit code of the first that failed.

    Two workers leave a fifth of two cores idle: they wait for the browser. PostgreSQL gives way to them, so that it
    fills the gaps up to the end.
    """
    command = ["nice", "-n", "5", sys.executable, "suar", "test", "--leg", "postgres", *ONE_PROCESS, *words]
    with tempfile.TemporaryFile() as output:
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output) as beside:
            try:
                code = _run_leg("sqlite", [*TWO_WORKERS, *words])
                beside.wait()
            finally:
                beside.terminate()
        output.seek(0)
        shutil.copyfileobj(output, sys.stdout.buffer)
        sys.stdout.flush()
    return code or beside.returncode


def _run_leg(database: str, words: Sequence[str], *, cover: bool = False) -> int:
    say(f"Tests on {NAMES[database]}:")
    return run_on(database, words, cover=cover)


def run_on(database: str, words: Sequence[str], *, cover: bool = False) -> int:
    """Run pytest on one database and return its exit code; PostgreSQL is started for the run."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(postgres.running(postgres.THROWN_AWAY)) if database == "postgres" else ""
        # The workers of xdist must collect the same tests, so sets must have the same order in all of them.
        own = {"SUAR_LEG": database, "DATABASE_URL": server, "PYTHONHASHSEED": str(secrets.randbelow(2**32))}
        variables = environment(DJANGO_SETTINGS_MODULE="tests.settings", **own, **COMPILED_ONCE, **ONE_THREAD)
        measure = ["-m", "coverage", "run"] if cover else []
        code = _call([*measure, "-m", "pytest", "-c", "pyproject.toml", *words], variables)
        if cover and not code:
            code = _report_coverage(variables)
    return 0 if code == NO_TESTS_COLLECTED and database == "postgres" else code


def _report_coverage(variables: dict[str, str]) -> int:
    """Print what the tests reached, and return an error where a part must be reached wholly and is not."""
    _call(["-m", "coverage", "combine", "-q"], variables)
    _call(["-m", "coverage", "report"], variables)
    wholly = ",".join(f"src/suar/{part}*" if "/" in part else f"src/suar/{part}/*" for part in COVERED_WHOLLY)
    return _call(["-m", "coverage", "report", f"--include={wholly}", "--fail-under=100"], variables)


def _call(words: Sequence[str], variables: dict[str, str]) -> int:
    return subprocess.call([str(PYTHON), *words], cwd=ROOT, env=variables, stdin=subprocess.DEVNULL)
