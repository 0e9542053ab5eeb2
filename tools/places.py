"""Where things are, and how the script stops with a plain sentence."""

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
"""Keeps what Python compiles, whatever the shell says: a run of all tests begins many processes."""


def stop(sentence: str, *, code: int = 1) -> NoReturn:
    """End with a sentence for the person at the keyboard, and a failure for a program."""
    print(f"suar: {sentence}", file=sys.stderr)
    raise SystemExit(code)


def say(sentence: str) -> None:
    """Tell the person at the keyboard what is going on."""
    print(sentence, flush=True)


def environment(**more: str) -> dict[str, str]:
    """Give the environment of a child: the caller's, the source folder, and what is added."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SUAR_")}
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(map(str, PATHS)),
        "DJANGO_SETTINGS_MODULE": "suar.settings",
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def has_command(name: str) -> bool:
    """Say whether a stage brings the management command `name`."""
    return any(SOURCE.glob(f"suar/*/management/commands/{name}.py"))
