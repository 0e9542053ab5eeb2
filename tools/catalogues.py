"""Compile the translated words (.po to .mo); run as a program it is given the files."""

import subprocess
import sys
from pathlib import Path

from tools.places import PYTHON, SOURCE, environment, say, stop


def compile_changed() -> None:
    """Compile every catalogue that is newer than what was made of it."""
    changed = [str(po) for po in sorted(SOURCE.rglob("*.po")) if _is_newer(po)]
    if changed:
        say(f"Compiling {len(changed)} catalogues of words ...")
        command = [str(PYTHON), "-m", "tools.catalogues", *changed]
        if subprocess.call(command, env=environment()):
            stop("a catalogue of words could not be compiled")


def _is_newer(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns


def _compile(names: list[str]) -> None:
    import polib

    for name in names:
        polib.pofile(name, check_for_duplicates=True).save_as_mofile(name.removesuffix("po") + "mo")


if __name__ == "__main__":
    _compile(sys.argv[1:])
