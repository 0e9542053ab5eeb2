"""Case files as tables: one row per person, or one per kind of person with a count.

Error messages name row and column and never repeat a cell: it may be a name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from suar_research.files import Unreadable, refuse, rows_of
from suar_research.tables.statistics import Counts

# More values than this are names, numbers or dates of people, not categories.
MOST_VALUES = 60
LARGEST = 10**9
MISSING, EVERYBODY = "not recorded", "everybody"
DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Selection:
    """The selection from a file.

    `count` is the column that counts people, if any. `rows` keeps rows that hold all of these
    pairs of column and value. `missing` are words that mean nothing was recorded. `order` of
    values is "name", "size" or "file".
    """

    count: str | None = None
    rows: tuple[tuple[str, str], ...] = ()
    missing: frozenset[str] = frozenset()
    order: str = "name"


@dataclass(frozen=True)
class CaseFile:
    """The selected rows: words by column, row numbers in the file, and how many people each row is.

    `left_out` counts the people in rows that were not selected.
    """

    cells: pd.DataFrame
    people: Counts
    selection: Selection
    left_out: int = 0

    @property
    def total(self) -> int:
        """Count the people."""
        return int(self.people.sum())

    def is_missing(self, cell: str) -> bool:
        """Return True if a cell is empty or one of the words for nothing recorded."""
        return not cell or cell in self.selection.missing


@dataclass(frozen=True)
class Variable:
    """A column as codes: `values` in order, `codes` of shape (rows,), -1 where nothing is recorded."""

    name: str
    values: tuple[str, ...]
    codes: Counts


@dataclass(frozen=True)
class CrossTable:
    """Counts of shape (rows + 1, columns + 1); the last row and column lack a value.

    With one variable `columns` is None and `counts` has shape (rows + 1, 1).
    """

    stratum: str
    rows: Variable
    columns: Variable | None
    counts: Counts

    @property
    def name(self) -> str:
        """The names of the crossed columns."""
        return f"{self.rows.name} by {self.columns.name}" if self.columns else self.rows.name

    @property
    def column_values(self) -> tuple[str, ...]:
        """Return the values of the columns, empty without columns."""
        return self.columns.values if self.columns else ()

    @property
    def known(self) -> Counts:
        """Return the counts of people with both values, shape (rows, columns)."""
        return self.counts[:-1, :-1] if self.columns else self.counts[:-1]

    @property
    def total(self) -> int:
        """Count all people in the table."""
        return int(self.counts.sum())

    @property
    def lacking(self) -> int:
        """Count the people who lack one of the values."""
        return self.total - int(self.known.sum())

    def summed(self, rows: Sequence[int], columns: Sequence[int]) -> int:
        """Sum the counts of some rows and columns."""
        return int(self.counts[np.ix_(rows, columns)].sum())


def read(text: str, columns: Sequence[str], selection: Selection) -> CaseFile:
    """Read columns of a CSV file; raises Unreadable."""
    wanted = [*columns, *(column for column, _ in selection.rows)]
    header, body = rows_of(text, [*wanted, *([selection.count] if selection.count else [])])
    if not body:
        raise Unreadable(["there is no row under the names of the columns"])
    frame = pd.DataFrame([row for _, row in body], columns=header, index=[number for number, _ in body], dtype=object)
    frame = frame.map(str.strip)
    people = _people(frame, selection.count)
    matches = [(frame[column] == value).to_numpy() for column, value in selection.rows]
    selected = np.logical_and.reduce(matches) if matches else np.ones(len(frame), dtype=bool)
    if not selected.any():
        never = zip(selection.rows, matches, strict=True)
        refuse(
            f"column {column}: no row has the value that was asked for"
            for (column, _), match in never
            if not match.any()
        )
        raise Unreadable(["no row has all the values that were asked for"])
    result = CaseFile(
        frame.loc[selected, list(dict.fromkeys(columns))], people[selected], selection, int(people[~selected].sum())
    )
    if not result.total:
        raise Unreadable(["nobody is counted in the rows that were asked for"])
    return result


def _people(frame: pd.DataFrame, count: str | None) -> Counts:
    if count is None:
        return np.ones(len(frame), dtype=np.int64)
    refuse(
        f"row {number}, column {count}: not a whole number of people from 0"
        for number, word in frame[count].items()
        if not (word.isascii() and word.isdigit() and int(word) <= LARGEST)
    )
    return np.array(frame[count], dtype=np.int64)


def variable(file: CaseFile, name: str) -> Variable:
    """Code one column; raises Unreadable if it is empty or has too many different words."""
    cells = file.cells[name]
    known = [cell for cell in cells.unique() if not file.is_missing(cell)]
    if not known:
        raise Unreadable([f"column {name}: no row says anything"])
    if len(known) > MOST_VALUES:
        raise Unreadable(
            [
                f"column {name}: {len(known)} different values; at most {MOST_VALUES} can be a "
                "table, and names or numbers of people never should be"
            ]
        )
    if file.selection.order != "file":
        known.sort(key=natural_order)
    if file.selection.order == "size":
        sizes = pd.Series(file.people).groupby(cells.to_numpy()).sum()
        known.sort(key=lambda value: -sizes[value])
    return Variable(name, tuple(known), pd.Index(known).get_indexer(cells).astype(np.int64))


def natural_order(word: str) -> tuple[list[tuple[int, int, str]], str]:
    """Return a sort key: 9 before 10, capitals beside small letters."""
    parts = DIGITS.split(word.casefold())
    return [(1, 0, part) if at % 2 == 0 else (0, int(part), "") for at, part in enumerate(parts)], word


def cross_tables(file: CaseFile, rows: str, columns: str | None, stratum: str | None) -> list[CrossTable]:
    """Count one table for everybody, then one for each stratum; raises Unreadable."""
    names = [name for name in (rows, columns, stratum) if name]
    if len(set(names)) < len(names):
        raise Unreadable([f"column {rows}: it cannot be crossed with itself"])
    down = variable(file, rows)
    across = variable(file, columns) if columns else None
    result = [CrossTable(EVERYBODY, down, across, _counts(down, across, file.people))]
    if stratum is not None:
        layer = variable(file, stratum)
        for code, name in [*enumerate(layer.values), *([(-1, MISSING)] if (layer.codes < 0).any() else [])]:
            people = np.where(layer.codes == code, file.people, 0)
            result.append(CrossTable(f"{stratum}: {name}", down, across, _counts(down, across, people)))
    return result


def _counts(rows: Variable, columns: Variable | None, people: Counts) -> Counts:
    codes = columns.codes if columns else np.zeros(len(people), dtype=np.int64)
    counts = np.zeros((len(rows.values) + 1, len(columns.values) + 1 if columns else 1), dtype=np.int64)
    np.add.at(counts, (rows.codes, codes), people)
    return counts
