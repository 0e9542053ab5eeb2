"""`suar test`: every test twice, on the encrypted file and on PostgreSQL."""

import argparse
import signal
import subprocess
import sys

from tools import catalogues, installing, postgres
from tools.places import PYTHON, ROOT, environment, say

STORIES = {
    "sqlite": {"SUAR_STORY_LANG": "en", "SUAR_STORY_WIDTH": "360"},
    "postgres": {"SUAR_STORY_LANG": "id", "SUAR_STORY_WIDTH": "1280"},
}


def test(options: argparse.Namespace, words: list[str]) -> int:
    """Run the legs one after the other; the first that fails ends the run."""
    # A polite kill leaves no database server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    legs = [options.leg] if options.leg else list(STORIES)
    installing.debian_packages()
    installing.python_packages("dev")
    catalogues.compile_changed()
    for leg in legs:
        say(f"Tests on {'PostgreSQL' if leg == 'postgres' else 'the encrypted file'}:")
        code = _leg(leg, words, cover=options.cover)
        if code:
            return code
    return 0


def _leg(leg: str, words: list[str], *, cover: bool) -> int:
    """Run pytest for one leg and give its exit code."""
    start = ["-m", "coverage", "run"] if cover else []
    command = [str(PYTHON), *start, "-m", "pytest", *words]
    own = {"SUAR_LEG": leg, "DJANGO_SETTINGS_MODULE": "tests.settings", **STORIES[leg]}
    if leg == "sqlite":
        return _call(command, {**own, "DATABASE_URL": ""}, cover=cover)
    with postgres.running() as url:
        return _call(command, {**own, "DATABASE_URL": url}, cover=cover)


def _call(command: list[str], own: dict[str, str], *, cover: bool) -> int:
    code = subprocess.call(command, cwd=ROOT, env=environment(**own), stdin=subprocess.DEVNULL)
    if cover:
        for words in (["combine", "-q"], ["report"]):
            subprocess.call([str(PYTHON), "-m", "coverage", *words], cwd=ROOT)
    return code
