"""A small invented directory for the tests, in the shape of a directory file."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps

from suar.directory import actions
from suar.directory.documents import ImportReport, ParsedDirectory
from suar.hsds import files
from tests.hsds.files import an_id, as_json, provider, service

HADI = UUID(int=0xED170)
AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
OPEN: dict[str, Any] = {
    "sex": ["ANY"],
    "age_min": 0,
    "age_max": 120,
    "papers": "NONE",
    "formal": "NONE",
    "cooperation": False,
    "cost": "FREE",
    "languages": ["id", "INTERPRETER"],
    "opening": "24_7",
}


def entry(name: str, *, types: list[str], areas: list[str], **more: Any) -> dict[str, Any]:
    """Make a service open to everyone, with one thing or another changed."""
    outside = {k: more.pop(k) for k in ("service_at_locations", "phones", "status") if k in more}
    dated = more.pop("assured_date", "2026-11-20")
    return service(name, assured_date=dated, suar={**OPEN, "types": types, "areas": areas, **more}, **outside)


def place(name: str, /, **more: Any) -> dict[str, Any]:
    """Make an open place with an address."""
    address = {
        "id": an_id(f"address {name}"),
        "address_1": "Jalan Rekaan 1",
        "city": "Rekaan",
        "state_province": "Rekaan",
        "postal_code": "00000",
        "country": "ID",
        "address_type": "physical",
    }
    told = {
        "latitude": -6.7,
        "longitude": 108.5,
        "name": f"Invented {name}",
        "addresses": [address],
        "suar": {"district": "32.74"},
    }
    return {"id": an_id(name), "location_type": "physical", **told, **more}


def at_place(name: str) -> list[dict[str, Any]]:
    """Link a service to a place."""
    return [{"id": an_id(f"at {name}"), "location_id": an_id(name)}]


def load(*entries: dict[str, Any], dry_run: bool = False, at: datetime = AT) -> ImportReport:
    """Take entries over."""
    return apply(files.parse(as_json(*entries)), dry_run=dry_run, at=at)


def apply(parsed: ParsedDirectory, *, dry_run: bool = False, at: datetime = AT) -> ImportReport:
    """Take a read file over."""
    return actions.apply_import(parsed, by=HADI, at=at, dry_run=dry_run)


def first_apps() -> StateApps:
    """Return the models as the first migrations of the directory know them."""
    return MigrationExecutor(connection).loader.project_state(("directory", "0014_entries_added_here")).apps


def found_id(name: str) -> UUID:
    """Give the id of a named entry."""
    return UUID(an_id(name))


def day(text: str) -> date:
    """Read a date."""
    return date.fromisoformat(text)


__all__ = [
    "AT",
    "HADI",
    "OPEN",
    "apply",
    "at_place",
    "day",
    "entry",
    "first_apps",
    "found_id",
    "load",
    "place",
    "provider",
]
