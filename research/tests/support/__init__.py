"""Data and helpers that several test modules share."""

import os
from pathlib import Path

RESEARCH = Path(__file__).resolve().parents[2]
DOCS = RESEARCH / "docs"
EXAMPLES = DOCS / "examples"
FIXTURES = RESEARCH / "tests" / "fixtures"


def environment(**more: str) -> dict[str, str]:
    """Return the environment for a child process that runs `python -m suar_research`."""
    return {**os.environ, "PYTHONPATH": str(RESEARCH / "src"), "PYTHONUNBUFFERED": "1", **more}
