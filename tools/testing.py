"""`suar test`: every test twice, on the encrypted file and on PostgreSQL."""

import argparse
import contextlib
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable

from tools import catalogues, covering, installing, postgres
from tools.places import PYTHON, ROOT, environment, say

STORIES = {
    "sqlite": {"SUAR_STORY_LANG": "en", "SUAR_STORY_WIDTH": "360"},
    "postgres": {"SUAR_STORY_LANG": "id", "SUAR_STORY_WIDTH": "1280"},
}

NAMES = {"sqlite": "the encrypted file", "postgres": "PostgreSQL"}


def test(options: argparse.Namespace, words: list[str]) -> int:
    """Run both legs beside each other, or one of them.

    With `--cover` the whole suite on the encrypted file is judged by the bars of coverage as well.
    Measuring doubles its time, so `./suar prove coverage` does it and the daily run does not.
    """
    # A polite kill leaves no database server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    installing.debian_packages()
    installing.python_packages("dev")
    catalogues.compile_changed()
    if not options.leg and not options.cover:
        return _beside_each_other(words)
    for leg in [options.leg] if options.leg else list(STORIES):
        say(f"Tests on {NAMES[leg]}:")
        judged = options.cover and leg == "sqlite" and not words
        code = run_leg(leg, words, cover=options.cover, judged=judged)
        if code:
            return code
    return 0


def _beside_each_other(words: list[str]) -> int:
    """Run both at once, for each waits half of its time; what the first says is shown after."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as kept:
        command = [sys.executable, str(ROOT / "suar"), "test", "--leg", "sqlite", *words]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=kept,
                              stderr=subprocess.STDOUT) as beside:  # fmt: skip
            try:
                say(f"Tests on {NAMES['postgres']}:")
                second = run_leg("postgres", words, cover=False, judged=False)
                first = beside.wait()
            finally:
                beside.terminate()
        kept.seek(0)
        sys.stdout.flush()
        sys.stdout.write(kept.read())
        sys.stdout.flush()
    return first or second


def run_leg(
    leg: str, words: list[str], *, cover: bool, judged: bool, tell: Callable[[str], None] = say
) -> int:
    """Run pytest for one leg and give its exit code, or 1 when a bar of coverage is missed.

    `tell` gets the table of what was reached.
    """
    own = {"SUAR_LEG": leg, "DJANGO_SETTINGS_MODULE": "tests.settings", **STORIES[leg]}
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(postgres.running()) if leg == "postgres" else ""
        variables = environment(**own, DATABASE_URL=server)
        if not cover:
            return _call(["-m", "pytest", *words], variables)
        place = stack.enter_context(covering.place())
        variables["COVERAGE_FILE"] = str(place)
        code = _call(["-m", "coverage", "run", "-m", "pytest", *words], variables)
        return covering.judge(place, leg=leg, judged=judged, tell=tell) or code


def _call(words: list[str], variables: dict[str, str]) -> int:
    return subprocess.call([str(PYTHON), *words], cwd=ROOT, env=variables, stdin=subprocess.DEVNULL)
