"""`suar test`: every test twice, on the encrypted file and on PostgreSQL."""

import argparse
import contextlib
import signal
import subprocess
import sys
from collections.abc import Callable

from tools import catalogues, covering, installing, postgres
from tools.places import PYTHON, ROOT, environment, say

STORIES = {
    "sqlite": {"SUAR_STORY_LANG": "en", "SUAR_STORY_WIDTH": "360"},
    "postgres": {"SUAR_STORY_LANG": "id", "SUAR_STORY_WIDTH": "1280"},
}


def test(options: argparse.Namespace, words: list[str]) -> int:
    """Run the legs one after the other; the first that fails ends the run.

    With `--cover` the whole suite on the encrypted file is judged by the bars of coverage as well.
    Measuring doubles its time, so `./suar prove coverage` does it and the daily run does not.
    """
    # A polite kill leaves no database server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    legs = [options.leg] if options.leg else list(STORIES)
    installing.debian_packages()
    installing.python_packages("dev")
    catalogues.compile_changed()
    for leg in legs:
        say(f"Tests on {'PostgreSQL' if leg == 'postgres' else 'the encrypted file'}:")
        judged = options.cover and leg == "sqlite" and not words
        code = run_leg(leg, words, cover=options.cover, judged=judged)
        if code:
            return code
    return 0


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
