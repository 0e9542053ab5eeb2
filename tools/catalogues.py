"""Compile translations (.po to .mo); as a program it takes the files as arguments."""

import subprocess
import sys
from pathlib import Path

from tools.places import PYTHON, SOURCE, environment, report_progress, stop


def compile_changed() -> None:
    """Compile every .po file that is newer than its .mo file."""
    changed = [str(po) for po in sorted(SOURCE.rglob("*.po")) if _is_newer(po)]
    if changed:
        report_progress(f"Compiling {len(changed)} translation files ...")
        command = [str(PYTHON), "-m", "tools.catalogues", *changed]
        if subprocess.call(command, env=environment()):
            stop("a translation file could not be compiled")


def _is_newer(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns


def _compile(names: list[str]) -> None:
    import polib

    for name in names:
        polib.pofile(name, check_for_duplicates=True).save_as_mofile(name.removesuffix("po") + "mo")


if __name__ == "__main__":
    _compile(sys.argv[1:])
