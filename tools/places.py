"""Paths, the environment of child processes, and messages to the terminal."""

import os
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SOURCE = ROOT / "src"
DEMO = ROOT / ".demo"
PATHS = (SOURCE, ROOT, ROOT / "research" / "src", ROOT / "research" / "tests")
COMPILED_ONCE = {"PYTHONDONTWRITEBYTECODE": ""}
"""Makes Python store compiled modules, whatever the shell says: a test run starts many processes."""


def stop(sentence: str, *, code: int = 1) -> NoReturn:
    """Print a sentence to stderr and exit with a failure."""
    print(f"suar: {sentence}", file=sys.stderr)
    raise SystemExit(code)


def say(sentence: str) -> None:
    """Print a result."""
    print(sentence, flush=True)


def report_progress(sentence: str) -> None:
    """Print what is going on to stderr, so that the output of a command stays clean."""
    print(sentence, file=sys.stderr, flush=True)


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a child process: the caller's without SUAR_ variables, our source, and `more`."""
    selected = {name: value for name, value in os.environ.items() if not name.startswith("SUAR_")}
    return {
        **selected,
        "PYTHONPATH": os.pathsep.join(map(str, PATHS)),
        "DJANGO_SETTINGS_MODULE": "suar.settings",
        "PYTHONUNBUFFERED": "1",
        **more,
    }
