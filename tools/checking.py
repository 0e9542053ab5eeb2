"""`suar check`: format, lint, types, import contracts, settings, migrations, budgets and commit subjects."""

import argparse
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

from tools import budgets, catalogues, installing
from tools.places import COMPILED_ONCE, ROOT, VENV, environment, say

CHECKED = ["src", "tests", "tools", "bench", "suar", "research"]
TYPED = ["src/suar", "tools", "bench", "research/src"]
ERRORS = re.compile(r"Found (\d+) errors?")


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
        "imports": ["lint-imports"],
        "settings": ["django-admin", "check", "--fail-level", "WARNING"],
        "migrations": ["django-admin", "makemigrations", "--check", "--dry-run"],
    }
    failed = []
    # Two at once, one for each core; --fix changes files, so it runs them one after the other.
    with ThreadPoolExecutor(1 if options.fix else 2) as executor:
        for name, done in zip(steps, executor.map(_run, steps.values()), strict=True):
            good = done.returncode == 0 or (name == "types" and _types_hold(done.stdout))
            say(f"-- {name}\n{'' if good and name == 'types' else done.stdout}".rstrip())
            failed += [] if good else [name]
    table, exceeded = budgets.check_budgets()
    for name, faults in (("budgets", exceeded), ("form", budgets.check_form()), ("commits", budgets.check_commits())):
        say("\n".join([f"-- {name}", *([table] if name == "budgets" else []), *faults]))
        failed += [name] if faults else []
    say(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def _types_hold(output: str) -> bool:
    """Return True if mypy found no more errors than the baseline, which only goes down."""
    result, allowed = ERRORS.search(output), budgets.settings()["limits"]["mypy_errors"]
    if result is None or int(result[1]) > allowed:
        return False
    say(f"types: {result[1]} errors, {allowed} allowed by the baseline")
    return True


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
