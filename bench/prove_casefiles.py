"""`./suar prove casefiles`: printed figures beside ours, for tables, tests, intervals and curves.

Writes research/docs/casefiles-validation.md. The same figures are held by the tests.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np

from bench.keeping import ROOT, commit
from suar_research.casefiles.changing import changed
from suar_research.casefiles.counting import Layout, counted
from suar_research.casefiles.crossing import crosses
from suar_research.casefiles.fisher import fisher
from suar_research.casefiles.frames import Wanted, read
from suar_research.casefiles.shares import MINUS
from suar_research.casefiles.sheets import Cell, shown
from support import casefile_figures as figures

PAGE = ROOT / "research" / "docs" / "casefiles-validation.md"
NRM = ROOT / "research" / "docs" / "examples" / "uk-nrm-2023.csv"
HEAD = """# Case-file tables: printed figures beside ours

Written by `./suar prove casefiles` on {on} at commit {commit}: not by hand. The tests hold every row here to half of the last printed
digit, and other tests hold tests, intervals and curves to scipy, statsmodels and lifelines (1e-8 relative or better; versions and answers in
`research/tests/fixtures/casefiles/oracle.json`). R prints 621.93 for the upper limit of the tea's odds ratio: its search stops early; the
limit is {tea:.2f}, as scipy has it.

| what | printed | ours | difference | source |
|---|---|---|---|---|
"""
UK = """
## The UK's referrals of 2023

Home Office, 7 March 2024 (source and licence: [casefiles.md](casefiles.md)). Printed is what stands in the bulletin.

| what | figure | printed | ours | difference |
|---|---|---|---|---|
"""
PRINTED = {
    "Single Competent Authority": "13,704 81%",
    "Immigration Enforcement Competent Authority": "3,300 19%",
    "male": "12,903 76%",
    "female": "4,088 24%",
    "child": "7,432 44%",
    "adult": "8,622 51%",
}
OF_YEAR = ("people", "share")
OF_TWO = ("people, 2022", "share, 2022", "people, 2023", "share, 2023", "change")
CHANGED = {
    "UK": "4,172 25% 4,299 25% +3%",
    "Albania": f"4,609 27% 4,052 24% {MINUS}12%",
    "Vietnam": "766 5% 991 6% +29%",
    "Sudan": "850 5% 940 6% +11%",
    "Eritrea": f"1,172 7% 898 5% {MINUS}23%",
}


def main() -> int:
    """Write the page; it takes no options."""
    argparse.ArgumentParser(prog="./suar prove casefiles", description=__doc__).parse_args()
    tea = fisher(np.array([[3, 1], [1, 3]])).limits.high
    head = HEAD.format(on=datetime.now(UTC).date(), commit=commit(), tea=tea)
    PAGE.write_text(head + "".join(rows()) + UK + "".join(referrals()), "utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")
    return 0


def rows() -> Iterator[str]:
    """Give a line for each printed figure."""
    source = ""
    for row in figures.PUBLISHED:
        source = source if row["source"] == "the same" else row["source"]
        ours = figures.ours(row)
        apart = difference(row["printed"], ours)
        yield f"| {row['what']} | {row['printed']} | {ours:.7g} | {apart} | {source} |\n"


def difference(printed: str, ours: float) -> str:
    """Give ours less a printed figure, to two digits."""
    apart = ours - number(printed)
    return f"{apart:+.2g}" if apart else "0"


def number(printed: str) -> float:
    """Read a figure as tables print it, with commas, a percent sign or a minus sign."""
    return float(printed.replace(MINUS, "-").replace(",", "").removesuffix("%"))


def referrals() -> Iterator[str]:
    """Give a line for each figure of the bulletin."""
    text = NRM.read_text("utf-8")
    for kind in ("competent authority", "sex", "age at exploitation"):
        frame = read(text, ["value"], Wanted("people", (("characteristic", kind),)))
        sheet = counted(crosses(frame, "value", None, None)[0], Layout())
        yield from _lines(sheet.rows, PRINTED, (1, 2), OF_YEAR)
    frame = read(text, ["value", "year"], Wanted("people", (("characteristic", "nationality"),)))
    sheet = changed(frame, "value", ("year", "2022", "2023"), Layout())
    yield from _lines(sheet.rows, CHANGED, (1, 2, 3, 4, 6), OF_TWO)


def _lines(
    found: tuple[tuple[Cell, ...], ...],
    printed: dict[str, str],
    places: tuple[int, ...],
    named: tuple[str, ...],
) -> Iterator[str]:
    for row in found:
        name, ours = shown(row[0]), [shown(row[at]) for at in places]
        if name not in printed:
            continue
        for what, theirs, own in zip(named, printed[name].split(), ours, strict=True):
            apart = difference(theirs, number(own))
            yield f"| {name} | {what} | {theirs} | {own} | {apart} |\n"


if __name__ == "__main__":
    sys.exit(main())
