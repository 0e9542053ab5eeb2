"""`suar check`: form, types, the order of the house, and migrations."""

import argparse
import subprocess

from tools import catalogues, installing
from tools.places import ROOT, VENV, environment, say

LOOKED_AT = ["src", "tests", "tools", "suar"]


def check(options: argparse.Namespace) -> int:
    """Run every check, say which ones failed, and give 1 when any did."""
    installing.python_packages("dev")
    catalogues.compile_changed()
    keep = [] if options.fix else ["--check"]
    steps = {
        "form": ["ruff", "format", *keep, *LOOKED_AT],
        "lint": ["ruff", "check", *(["--fix"] if options.fix else []), *LOOKED_AT],
        "types": ["mypy"],
        "order": ["lint-imports"],
        "settings": ["django-admin", "check", "--fail-level", "WARNING"],
        "migrations": ["django-admin", "makemigrations", "--check", "--dry-run"],
    }
    surroundings = environment(DJANGO_SETTINGS_MODULE="tests.settings", DATABASE_URL="")
    failed = []
    for name, (program, *words) in steps.items():
        say(f"-- {name}")
        if subprocess.call([str(VENV / "bin" / program), *words], cwd=ROOT, env=surroundings):
            failed.append(name)
    say(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0
