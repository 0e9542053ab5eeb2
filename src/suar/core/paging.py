"""Long lists in parts of fifty: which part is asked for, and where those beside it are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from suar.core.refusals import NotYours

MOST, MOST_DIGITS = 50, 6
Row = TypeVar("Row")
Other = TypeVar("Other")


class Rows(Protocol):
    """What can be cut: a list, or a query that has not run yet."""

    def __getitem__(self, place: slice, /) -> Iterable[Any]: ...


@dataclass(frozen=True, slots=True)
class Part(Generic[Row]):
    """A part of a list; `earlier` and `later` lead to those beside it, empty when there is none."""

    rows: Sequence[Row] = ()
    earlier: str = ""
    later: str = ""

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: int) -> Row:
        return self.rows[place]

    @property
    def whole(self) -> bool:
        """Return whether this part is all of the list."""
        return not self.earlier and not self.later

    def said(self, rows: Sequence[Other]) -> "Part[Other]":
        """Return the same part with its rows said in another way."""
        return Part(rows, self.earlier, self.later)


def part_of(rows: Rows, name: str, *, number: int = 1) -> Part[Any]:
    """Cut a part, counted from 1, out of a list in a settled order; `name` is the list's own."""
    begin = (number - 1) * MOST
    found = list(rows[begin : begin + MOST + 1])
    return Part(
        found[:MOST],
        _way(name, number - 1) if number > 1 else "",
        _way(name, number + 1) if len(found) > MOST else "",
    )


def asked(query: Mapping[str, str], *names: str) -> dict[str, int]:
    """Read from an address which part of each list is asked for; NotYours for what is none."""
    return {name: _number(query.get(name, "1")) for name in names}


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS and int(text)):
        raise NotYours
    return int(text)


def _way(name: str, number: int) -> str:
    return f"?{name}={number}#{name}"
