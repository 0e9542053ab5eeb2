"""`./suar prove coverage`: run every test measured on the encrypted file, and say what was reached.

The exit code is 1 when a test failed or a bar of pyproject.toml was missed; docs/coverage.md is
written either way, so that it never says more than the last run did.
"""

import argparse
import sys
from datetime import UTC, datetime

from bench.keeping import DOCS, commit
from tools import catalogues, installing
from tools.places import say
from tools.testing import run_leg

PAGE = DOCS / "coverage.md"
HEAD = """# What the tests reach

Written by `./suar prove coverage`: not by hand. Lines and branches together, on the encrypted file,
with every door and command that a test starts. The rules, the keys and the records are asked for
wholly (`tool.suar.coverage` in pyproject.toml), the rest for nine tenths.

"""


def main() -> int:
    """Run, tell and keep the table, and give the verdict."""
    argparse.ArgumentParser(prog="./suar prove coverage", description=__doc__).parse_args()
    installing.debian_packages()
    catalogues.compile_changed()
    drawn: list[str] = []
    code = run_leg("sqlite", [], cover=True, judged=True, tell=drawn.append)
    verdict = "Every test passed and every bar was met." if code == 0 else "**Not met.**"
    on = f"{datetime.now(UTC).date().isoformat()}, commit {commit()}"
    say(drawn[0])
    PAGE.write_text(f"{HEAD}{verdict} {on}.\n\n```\n{drawn[0]}\n```\n", "utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
