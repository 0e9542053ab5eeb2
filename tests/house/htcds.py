"""docs/htcds.md, written from the table in suar/cases/data/htcds.json: `python -m tests.house.htcds`."""

from collections.abc import Sequence
from itertools import groupby

from suar.cases.htcds.mapping import FIELDS, OWN_COLUMNS, TABLE, HtcdsField
from tests.house.reading import ROOT

PAGE = ROOT / "docs/htcds.md"
OPENING = """# HTCDS 2.0

After this page you know which fields of the Human Trafficking Case Data Standard (HTCDS) Suar
writes and reads, and what happens to the others. `python -m tests.house.htcds` writes it from
[the table](../src/suar/cases/data/htcds.json).

HTCDS by IOM is licensed under CC BY 4.0. Names, labels and codes of fields are the standard's, the
other columns ours. IOM does not endorse Suar.

## Export

A lead exports one person (page *Exchange*) or the people of their teams (page of the team), as CSV
or XLSX in the layout of the standard's templates: one row with names of fields, one with labels,
then the people. The file is made in memory, leaves in an encrypted archive, and nothing of it is
stored. The audit log names everybody in it, the purpose, and the mark that each row carries in
`suar_Export`.

- Without identity, which is the default: only codes, countries, languages, dates, ages and counts,
  under a number of our own.
- Restricted and merged records, and people who named somebody who must never know of them, are
  exported one by one only.
- People who came by referral or import are exported for another organisation only after they were
  asked who must never know of them.
- Above 25 people the privacy officer or another lead must agree first, on the page of accesses to
  review, to one purpose and one file within a day. The file then raises an alarm. A decoy in it
  raises its own.
- What another organisation shared under a consent is never exported.
- A person with several episodes has one more row for each; it repeats `suar_Case` and has only
  `hte_` fields.
- A cell that a spreadsheet might run as a formula, or split at a semicolon, begins with an
  apostrophe.

Columns of our own: {own}

## Import

A lead chooses a CSV file (comma, semicolon or tab, UTF-8 or UTF-16) or an XLSX workbook. The first
time the file is only checked: how many people are new, how many are here already, what is wrong in
which row. When the same file is chosen again, the people without an error are imported, each as a
case of the chosen team, in one transaction. Nothing of the file is stored in between.

- A row with an error is left out with all other rows of its person.
- A value, code or column that has no field in Suar stays with the person, sealed, on the page
  *Exchange*. Nothing of a row is lost.
- An imported person has agreed to nothing. Their number is unsafe until a worker has asked.
- A case is known again by `suar_Case`, or by a column such as `CaseNumber` or `_uuid`. Without one,
  equal rows are the same person. Only people in the teams of the worker who imports are compared.
- Names without underscores, in other capitals or with the group of a form before them, labels, and
  the misspelt names of the standard's own templates and survey are understood too.
- Limits: 10 MB, 20 MB unpacked, 10,000 rows, 1,000,000 cells. A workbook with formulas is refused.
- 500 people are imported at a time. The same file, chosen again, imports the next ones.
"""
HEAD = ["| field | core | Suar | after an import it stays | how |", "| --- | --- | --- | --- | --- |"]


def page() -> str:
    """Return the page."""
    own = ", ".join(f"`{name}`" for name in OWN_COLUMNS)
    live = [field for field in FIELDS.values() if not field.deprecated]
    filled = sum(bool(field.into) for field in live)
    parts = [OPENING.format(own=f"{own}."), "## Fields", ""]
    parts.append(f"{len(live)} live fields, {filled} of them with a place in Suar. Source: {TABLE['source']}.")
    for entity in dict.fromkeys(field.entity for field in FIELDS.values()):
        fields = [field for field in FIELDS.values() if field.entity == entity]
        rows = [_line(list(alike)) for _, alike in groupby(fields, _cells)]
        parts += ["", f"### {entity}", "", *HEAD, *rows]
    return "\n".join([*parts, ""])


def _cells(field: HtcdsField) -> list[str]:
    place = f"`{field.into}`" if field.into else ""
    return ["yes" if field.core else "", place, field.compartment or "", field.how]


def _line(alike: Sequence[HtcdsField]) -> str:
    """Return one row for neighbours of which the same is said."""
    names = ", ".join(f"`{field.name}`" for field in alike)
    return f"| {' | '.join([names, *_cells(alike[0])])} |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
