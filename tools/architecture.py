"""Draw the parts of docs/architecture.md that follow from the contracts in pyproject.toml.

`python -m tools.architecture` writes the file anew; a test keeps the two equal.
"""

import itertools
import re
import tomllib
from collections.abc import Callable, Sequence
from typing import Any

from tools.places import ROOT, say

PAGE = ROOT / "docs" / "architecture.md"
PART = re.compile(r"(<!-- drawn: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
Contracts = dict[str, dict[str, Any]]

HOLDS = {
    "demo": "the invented world: its workers, its directory, nothing real",
    "website": "the public and the staff door, page headers, leaving quickly, the look of every page",
    "booklets": "the printed directory: editions, what changed since the last, pages set as PDF",
    "hsds": "files of other systems, read in a child process with limits: HSDS 3.0 and 3.1",
    "feedback": "feedback on help, complaints, who reads them, and what changed",
    "contact": "requests for help without an account: sealed letters, return codes, files, the desk",
    "cases": "a case after an accepted referral: needs, plan, notes, follow-ups, closing",
    "referrals": "offers and their answers, clocks, sealed packets, answering by a link",
    "screening": "the guided talk as data: steps, stop rules, urgent needs, signs, outcome",
    "directory": "providers, services and places, and why a service fits a person",
    "consent": "what a person said yes to: recipient, purpose, fields, end, withdrawal",
    "records": "records in five compartments, grants, the one way to open them, finding by name",
    "accounts": "organisations, teams, workers, roles, signing in, split sessions, keys",
    "crypto": "all cryptography, and nothing else",
    "audit": "entries that are only added, each tied to the one before it",
    "law": "act, means, purpose and the rule for children, each with its source",
    "core": "ids, the clock, decisions with a reason, refusals, code lists, languages, rate limits",
}


def contracts() -> Contracts:
    """Read the contracts of import-linter by their ids."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return {each["id"]: each for each in settings["tool"]["importlinter"]["contracts"]}


def rows_of(contract: dict[str, Any]) -> list[list[str]]:
    """List the layers of a contract from the top, siblings that never meet in one row."""
    return [re.findall(r"\w+", layer) for layer in contract["layers"]]


def drawn(page: str, found: Contracts) -> str:
    """Give the page with every drawn part made anew."""
    return PART.sub(lambda part: part[1] + PARTS[part[2]](found) + part[3], page)


def _picture(found: Contracts) -> str:
    rows = rows_of(found["order"])
    arrows = [f"    {' & '.join(above)} --> {' & '.join(below)}" for above, below in itertools.pairwise(rows)]
    return _lines(["```mermaid", "flowchart TB", *arrows, "```"])


def _stages(found: Contracts) -> str:
    rows = rows_of(found["order"])
    lines = [
        f"| {place} | `{stage}` | {HOLDS.get(stage, 'not described in tools/architecture.py')} |"
        for place, row in enumerate(rows, 1)
        for stage in row
    ]
    return _lines(["| | stage | what it holds |", "|---|---|---|", *lines])


def _storeys(found: Contracts) -> str:
    return " > ".join(f"`{row[0]}`" for row in rows_of(found["storeys"])) + "\n"


def _kept(found: Contracts) -> str:
    lines = [f"| `{name}` | {each['name']} |" for name, each in found.items()]
    return _lines(["| contract | what it says |", "|---|---|", *lines])


def _lines(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"


PARTS: dict[str, Callable[[Contracts], str]] = {
    "picture": _picture,
    "stages": _stages,
    "storeys": _storeys,
    "contracts": _kept,
}


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text("utf-8"), contracts()), "utf-8")
    say(f"{PAGE.relative_to(ROOT)} is drawn anew.")
