"""docs/htcds.md, written from the table in suar/cases/data/htcds.json: `python -m tests.house.htcds`."""

from suar.cases.htcds.mapping import FIELDS, OWN_COLUMNS, TABLE, HtcdsField
from tests.house.reading import ROOT

PAGE = ROOT / "docs/htcds.md"
OPENING = """# HTCDS 2.0

After this page you know which fields of the Human Trafficking Case Data Standard (HTCDS) Suar writes
and reads, and what happens to the others. It is written by `python -m tests.house.htcds` from
[the table](../src/suar/cases/data/htcds.json), not by hand. A test checks that every live field of the
standard has a row.

Human Trafficking Case Data Standard (HTCDS) by IOM is licensed under CC BY 4.0. Names, labels and codes
of fields are the standard's. What stands in the other columns is ours. IOM does not endorse Suar.

## Export

A lead exports one person (page *Exchange*) or the people of their teams (page of the team), as
CSV or XLSX in the layout of the standard's templates: one row with names of fields, one with labels,
then the people. The file is in an encrypted archive. It is made in memory while the browser waits, and
nothing of it is stored. The audit log names everybody in it, the purpose, and the mark that each row
carries in `suar_Export`.

- Without identity: only codes, countries, languages, dates, ages and counts, under a number of our own.
  This is the default.
- Restricted and merged records, and people who named somebody who must never know of them, are exported
  one by one only.
- People who came by referral or import are exported for another organisation only after they were asked
  who must never know of them.
- Above 25 people somebody else must agree first: the privacy officer or another lead is asked on the page
  of accesses to review. An agreement is for one purpose and one file within a day. The file then raises an
  alarm. A decoy in it raises its own alarm.
- What another organisation shared under a consent is never exported.
- A person with several episodes has one more row for each; it repeats `suar_Case` and has only `hte_`
  fields.
- A cell that a spreadsheet program might run as a formula begins with an apostrophe, and so does what a
  program that splits lines at semicolons would take for a cell.

Columns of our own: {own}

## Import

A lead chooses a CSV file (comma, semicolon or tab, UTF-8 or UTF-16) or an XLSX workbook. The first time
the file is checked and nothing changes: how many people are new, how many are here already, what is wrong
in which row. When the same file is chosen again, the people without an error are imported, each as a case
of the chosen team, in one transaction. Nothing of the file is stored in between.

- A row with an error is left out with all other rows of its person.
- A value that has no field in Suar stays with the person, sealed, on the page *Exchange*. The same is
  true of codes and columns that the standard does not have. Nothing of a row is lost.
- An imported person has agreed to nothing. Their number is unsafe until a worker has asked.
- A case is known again by `suar_Case`, or by a column such as `CaseNumber` or `_uuid`. Without one, equal
  rows are the same person. Only people in the teams of the worker who imports are compared.
- Other names that are understood: names without underscores or in other capitals, with the group of a form
  before them, labels, and the misspelt names of the standard's own templates and survey.
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
        rows = [_line(field) for field in FIELDS.values() if field.entity == entity]
        parts += ["", f"### {entity}", "", *HEAD, *rows]
    return "\n".join([*parts, ""])


def _line(field: HtcdsField) -> str:
    place = f"`{field.into}`" if field.into else ""
    core = "yes" if field.core else ""
    return f"| `{field.name}` | {core} | {place} | {field.compartment or ''} | {field.how} |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
