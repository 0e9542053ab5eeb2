"""`suar test`: every test on the encrypted file, and on PostgreSQL all that knows a database."""

import argparse
import contextlib
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tools import catalogues, covering, installing, postgres
from tools.places import COMPILED_ONCE, PYTHON, ROOT, environment, say

STORIES = {
    "sqlite": {"SUAR_STORY_LANG": "en", "SUAR_STORY_WIDTH": "360"},
    "postgres": {"SUAR_STORY_LANG": "id", "SUAR_STORY_WIDTH": "1280"},
}

NAMES = {"sqlite": "the encrypted file", "postgres": "PostgreSQL"}
RESEARCH = "research/tests"
"""A distribution of its own, without a database: it runs as a part of its own."""


@dataclass(frozen=True)
class Part:
    """A leg, and which of its tests; without words all of them."""

    leg: str
    said: str = ""
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Name it for the person at the keyboard."""
        return f"{NAMES[self.leg]}, {self.said}" if self.said else NAMES[self.leg]


WHOLE = [Part(leg) for leg in STORIES]
PARTS = [
    Part("sqlite", "through a browser", ("-m", "story")),
    Part("postgres", "through a browser", ("-m", "story")),
    Part("sqlite", "without a browser", ("-m", "not story", f"--ignore={RESEARCH}")),
    Part("postgres", "without a browser", ("-m", "not story")),
    Part("sqlite", "research", (RESEARCH,)),
]
"""Together they hold every test that either leg runs, each once."""


def test(options: argparse.Namespace, words: list[str]) -> int:
    """Run both legs beside each other, each in parts, or one of them.

    What knows no database runs on the encrypted file only, and of a test with many rows of values
    the first alone on PostgreSQL: see `tests.once`.

    With `--cover` every row runs on both, and the whole suite on the encrypted file is judged by
    the bars of coverage as well.
    Measuring doubles its time, so `./suar prove coverage` does it and the daily run does not.
    """
    # A polite kill leaves no database server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    installing.debian_packages()
    installing.python_packages("dev")
    catalogues.compile_changed()
    if not options.leg and not options.cover:
        return _beside_each_other(WHOLE if words else PARTS, words)
    for leg in [options.leg] if options.leg else list(STORIES):
        say(f"Tests on {NAMES[leg]}:")
        judged = options.cover and leg == "sqlite" and not words
        code = run_leg(leg, words, cover=options.cover, judged=judged)
        if code:
            return code
    return 0


def _beside_each_other(parts: Sequence[Part], words: Sequence[str]) -> int:
    """Run all parts at once, for each waits half of its time, and show each when it has ended.

    What failed is shown again at the end, so that the last lines say what was found.
    """
    with contextlib.ExitStack() as stack:
        say(f"{len(parts)} parts run beside each other; each is shown when it has ended.")
        going = [_Started(part, words, stack) for part in parts]
        faults = [each for each in _as_they_end(going) if each.code()]
    for each in faults:
        sys.stdout.write(each.said)
        sys.stdout.flush()
    return faults[0].code() if faults else 0


class _Started:
    """A part that runs by itself; what it says is kept until it has ended."""

    def __init__(self, part: Part, words: Sequence[str], stack: contextlib.ExitStack) -> None:
        self.name = str(part)
        self.said = ""
        kept = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - the stack closes it
        self._kept = stack.enter_context(kept)
        chosen = ["--leg", part.leg, *part.words, *words]
        command = [sys.executable, str(ROOT / "suar"), "test", *chosen]
        self._child = stack.enter_context(
            subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self._kept, stderr=subprocess.STDOUT)
        )
        stack.callback(self._child.terminate)

    def ended(self) -> bool:
        """Tell whether it has ended."""
        return self._child.poll() is not None

    def code(self) -> int:
        """Give the exit code of a part that has ended."""
        return self._child.wait()

    def tell(self) -> None:
        """Show what an ended part has said."""
        self._kept.seek(0)
        self.said = self._kept.read()
        sys.stdout.write(self.said)
        sys.stdout.flush()


def _as_they_end(going: Sequence[_Started]) -> Iterator[_Started]:
    started, waiting = time.monotonic(), list(going)
    while waiting:
        for each in [one for one in waiting if one.ended()]:
            waiting.remove(each)
            say(f"Tests on {each.name}, ended after {time.monotonic() - started:.0f} s:")
            each.tell()
            yield each
        time.sleep(0.2)


def run_leg(leg: str, words: list[str], *, cover: bool, judged: bool, tell: Callable[[str], None] = say) -> int:
    """Run pytest for one leg and give its exit code, or 1 when a bar of coverage is missed.

    `tell` gets the table of what was reached.
    """
    own = {"SUAR_LEG": leg, "DJANGO_SETTINGS_MODULE": "tests.settings", **STORIES[leg], **COMPILED_ONCE}
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(postgres.running(postgres.THROWN_AWAY)) if leg == "postgres" else ""
        variables = environment(**own, DATABASE_URL=server)
        if not cover:
            return _call(["-m", "pytest", *words], variables)
        variables["SUAR_ROWS"] = "every"
        place = stack.enter_context(covering.place())
        variables["COVERAGE_FILE"] = str(place)
        code = _call(["-m", "coverage", "run", "-m", "pytest", *words], variables)
        return covering.judge(place, leg=leg, judged=judged, tell=tell) or code


def _call(words: list[str], variables: dict[str, str]) -> int:
    return subprocess.call([str(PYTHON), *words], cwd=ROOT, env=variables, stdin=subprocess.DEVNULL)
