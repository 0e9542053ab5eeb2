"""`suar check`: form, types, the order of the house, and migrations."""

import argparse
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools import catalogues, installing
from tools.places import COMPILED_ONCE, ROOT, SOURCE, VENV, environment, say

LOOKED_AT = ["src", "tests", "tools", "suar", "research"]
PURE_STAGES = ("core", "law", "crypto", "settings")
PURE_STOREYS = ("rules", "terms", "policy", "visibility")


def check(options: argparse.Namespace) -> int:
    """Run every check, say which ones failed, and give 1 when any did."""
    installing.python_packages("dev")
    catalogues.compile_changed()
    keep = [] if options.fix else ["--check"]
    steps = {
        "form": ["ruff", "format", "--output-format", "concise", *keep, *LOOKED_AT],
        "lint": [
            "ruff",
            "check",
            "--output-format",
            "concise",
            *(["--fix"] if options.fix else []),
            *LOOKED_AT,
        ],
        "types": ["mypy", *_typed()],
        "order": ["lint-imports"],
        "settings": ["django-admin", "check", "--fail-level", "WARNING"],
        "migrations": ["django-admin", "makemigrations", "--check", "--dry-run"],
    }
    failed = []
    # Two at once, one for each core; what repairs files goes by itself.
    with ThreadPoolExecutor(1 if options.fix else 2) as beside:
        for name, done in zip(steps, beside.map(_done, steps.values()), strict=True):
            say(f"-- {name}\n{done.stdout}".rstrip())
            if done.returncode:
                failed.append(name)
    say(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def _done(step: list[str]) -> "subprocess.CompletedProcess[str]":
    program, *words = step
    return subprocess.run(
        [str(VENV / "bin" / program), *words],
        cwd=ROOT,
        check=False,
        text=True,
        env=environment(DJANGO_SETTINGS_MODULE="tests.settings", DATABASE_URL="", **COMPILED_ONCE),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _typed() -> list[str]:
    """List the files whose types are checked strictly."""
    suar = SOURCE / "suar"
    storeys = [path for storey in PURE_STOREYS for path in suar.glob(f"*/{storey}*")]
    stages = [suar / stage for stage in PURE_STAGES if (suar / stage).is_dir()]
    files = {each for path in [*storeys, *stages] for each in _python_of(path)}
    return [*sorted(str(each.relative_to(ROOT)) for each in files), "tools", "research/src"]


def _python_of(path: Path) -> list[Path]:
    return [path] if path.suffix == ".py" else list(path.rglob("*.py"))
