"""People in lists, told apart: a name, a short number that can be said aloud, the month begun."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from suar.accounts.terms import Viewer
from suar.cases import labels
from suar.kernel.ids import short_code
from suar.vault import queries as vault
from suar.vault.terms import Kind


@dataclass(frozen=True, slots=True)
class Named:
    """A record in a list: its name, and what tells it from another of the same name."""

    id: UUID
    name: str
    number: str
    since: str


def named(sheets: Mapping[UUID, dict], *, viewer: Viewer) -> list[Named]:
    """Name records that a viewer may see by their sheets, in the order given."""
    rows = vault.visible(viewer, *vault.PEOPLE).filter(id__in=list(sheets))
    begun = {key: (kind, day) for key, kind, day in rows.values_list("id", "kind", "opened_month")}
    return [_named(key, sheet, *begun[key]) for key, sheet in sheets.items() if key in begun]


def _named(record: UUID, sheet: Mapping, kind: str, month: date) -> Named:
    number = number_of(record, sheet, kind)
    return Named(record, sheet["name"], number, labels.begun_in(month))


def number_of(record: UUID, sheet: Mapping, kind: str) -> str:
    """Give the number of a record: a person's own; of a case its code, unless that is its name."""
    if kind == Kind.PERSON:
        return short_code(record)
    return next(iter(sheet.get("aliases", ())), "")
