"""People in lists, told apart: a name, a short number that can be said aloud, the month begun."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from suar.cases import labels
from suar.core.ids import short_code
from suar.records.queries import Listed
from suar.records.terms import Kind


@dataclass(frozen=True, slots=True)
class Named:
    """A record in a list: its name, and what tells it from another of the same name."""

    id: UUID
    name: str
    number: str
    since: str


def named(found: Iterable[Listed]) -> list[Named]:
    """Name records of a list by their sheets, in the order given.

    The rows must come from `visible()`: nobody is asked here who may know of them.
    """
    rows = list(found)
    since = {month: labels.begun_in(month) for month in {each.opened_month for each in rows}}
    return [
        Named(
            each.id,
            each.sheet["name"],
            number_of(each.id, each.sheet, each.kind),
            since[each.opened_month],
        )
        for each in rows
    ]


def number_of(record: UUID, sheet: Mapping, kind: str) -> str:
    """Give the number of a record: a person's own; of a case its code, unless that is its name."""
    if kind == Kind.PERSON:
        return short_code(record)
    return next(iter(sheet.get("aliases", ())), "")
