"""`suar check`: format, lint, types, import contracts, settings, migrations, budgets and commit subjects."""

import argparse
import subprocess
from concurrent.futures import ThreadPoolExecutor

from tools import budgets, catalogues, installing
from tools.places import COMPILED_ONCE, ROOT, VENV, environment, say

CHECKED = ["src", "tests", "tools", "bench", "suar", "research"]
TYPED = ["src/suar", "tools", "bench", "research/src"]
NAMES_CHECKED = ["research/tests", "research/bench"]
"""Tests without annotations, many of them long: mypy finds what they call by a name that is no longer there."""


def check(options: argparse.Namespace) -> int:
    """Run every check, name those that failed, and return 1 when one did."""
    installing.python_packages("dev")
    catalogues.compile_changed()
    keep = [] if options.fix else ["--check"]
    repair = ["--fix"] if options.fix else []
    steps = {
        "format": ["ruff", "format", "--output-format", "concise", *keep, *CHECKED],
        "lint": ["ruff", "check", "--output-format", "concise", *repair, *CHECKED],
        "templates": ["djlint", "--quiet", "--reformat" if options.fix else "--check", "src"],
        "types": ["mypy", *TYPED],
        "names": ["mypy", "--config-file", "research/pyproject.toml", *NAMES_CHECKED],
        "imports": ["lint-imports"],
        "settings": ["django-admin", "check", "--fail-level", "WARNING"],
        "migrations": ["django-admin", "makemigrations", "--check", "--dry-run"],
    }
    failed = []
    # Two at once, one for each core; --fix changes files, so it runs them one after the other.
    with ThreadPoolExecutor(1 if options.fix else 2) as executor:
        for name, done in zip(steps, executor.map(_run, steps.values()), strict=True):
            say(f"-- {name}\n{done.stdout}".rstrip())
            failed += [name] if done.returncode else []
    table, exceeded = budgets.check_budgets()
    for name, faults in (("budgets", exceeded), ("form", budgets.check_sizes()), ("commits", budgets.check_commits())):
        say("\n".join([f"-- {name}", *([table] if name == "budgets" else []), *faults]))
        failed += [name] if faults else []
    say(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def _run(step: list[str]) -> "subprocess.CompletedProcess[str]":
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
