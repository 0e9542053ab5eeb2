"""A small invented directory for the tests, in the shape of a directory file."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps

from suar.accounts.acting import Acting, Anonymous
from suar.accounts.keys import Keys
from suar.accounts.roles import Role, Viewer, permissions_of
from suar.core import clock
from suar.crypto import kdf
from suar.crypto.pairs import BoxPair, SignPair
from suar.directory import importing, proposals, provider_links, revisions
from suar.directory.codes import How
from suar.directory.documents import ImportPlan, ParsedDirectory, Stamp
from suar.directory.models import EntryLink
from suar.hsds import files
from tests.hsds.files import an_id, as_json, provider, service

HADI, RANI, ORGANISATION = UUID(int=0xED170), UUID(int=0x41), UUID(int=0x40)
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
    """Return a service open to everyone, with some values changed."""
    outside = {k: more.pop(k) for k in ("service_at_locations", "phones", "status") if k in more}
    dated = more.pop("assured_date", "2026-11-20")
    return service(name, assured_date=dated, suar={**OPEN, "types": types, "areas": areas, **more}, **outside)


def place(name: str, /, **more: Any) -> dict[str, Any]:
    """Return an open place with an address."""
    address = {
        "id": an_id(f"address {name}"),
        "address_1": "Jalan Rekaan 1",
        "city": "Rekaan",
        "state_province": "Rekaan",
        "postal_code": "00000",
        "country": "ID",
        "address_type": "physical",
    }
    details = {
        "latitude": -6.7,
        "longitude": 108.5,
        "name": f"Invented {name}",
        "addresses": [address],
        "suar": {"district": "32.74"},
    }
    return {"id": an_id(name), "location_type": "physical", **details, **more}


def at_place(name: str) -> list[dict[str, Any]]:
    """Return the link of a service to a place."""
    return [{"id": an_id(f"at {name}"), "location_id": an_id(name)}]


def load(*entries: dict[str, Any], dry_run: bool = False, at: datetime = AT) -> ImportPlan:
    """Import entries."""
    return apply(files.parse(as_json(*entries)), dry_run=dry_run, at=at)


def apply(
    parsed: ParsedDirectory, *, dry_run: bool = False, at: datetime = AT, file_wins: tuple[str, ...] = ()
) -> ImportPlan:
    """Import a parsed file."""
    try:
        plan = importing.plan_import(parsed, today=clock.local_date(at), file_wins=file_wins)
        if dry_run:
            return plan
        if not file_wins:
            return importing.import_file(parsed, by=Anonymous(at=at))
        upload = importing.store_upload("", file_name="x", by=editing(at=at))
        return importing.import_upload(
            upload, lambda _: parsed, file_wins=file_wins, seen_warnings=plan.warnings_digest, by=editing(RANI, at=at)
        )
    except importing.NotImported as error:
        return error.plan


def editing(by: UUID = HADI, *, at: datetime = AT) -> Acting:
    """Return the acting context of an editor."""
    role = Role.DIRECTORY_EDITOR
    keys = Keys(by, read=BoxPair.new(), sign=SignPair.new())
    return Acting(at=at, viewer=Viewer(by, ORGANISATION, role, permissions_of(role)), keys=keys)


def link_to(service: UUID, *, by: UUID = RANI, at: datetime = AT) -> str:
    """Return the token of a link that an editor made, without asking the provider."""
    token = kdf.new_token()
    EntryLink.objects.create(
        service_id=service,
        digest=kdf.token_digest(token),
        made_by=by,
        made_at=at,
        expires_at=at + provider_links.LIFETIME,
    )
    return token


def publish(draft: UUID | None, *, by: UUID = RANI, at: datetime = AT, seen: bool = False) -> None:
    """Check and publish a proposal as a second editor."""
    assert draft is not None
    for confirm in (proposals.check_proposal, proposals.publish_proposal):
        row = proposals.get_proposal(draft)
        confirm(row, over=row.edition, districts_seen=seen, by=editing(by, at=at))


def merge(stays: UUID, goes: UUID, *, paths: Collection[str] = (), over: int = 1, at: datetime = AT) -> None:
    """Propose a merge as one editor and publish it as another."""
    publish(proposals.propose_merge(stays, goes, paths=paths, over=over, by=editing(at=at)), at=at)


def propose(service: UUID, fields: dict[str, Any], *, at: datetime = AT, over: int = 1, note: str = "") -> UUID | None:
    """Propose a change by a link of the provider."""
    by = Anonymous(at=at)
    return provider_links.propose_by_link(link_to(service, at=at), fields, turn=0, over=over, note=note, by=by)


def first_apps() -> StateApps:
    """Return the models as the first migrations of the directory know them."""
    return MigrationExecutor(connection).loader.project_state(("directory", "0014_entries_added_here")).apps


def entry_id(name: str) -> UUID:
    """Return the id of a named entry."""
    return UUID(an_id(name))


def day(text: str) -> date:
    """Parse a date."""
    return date.fromisoformat(text)


__all__ = [
    "AT",
    "HADI",
    "OPEN",
    "RANI",
    "apply",
    "at_place",
    "day",
    "editing",
    "entry",
    "entry_id",
    "first_apps",
    "link_to",
    "load",
    "merge",
    "place",
    "propose",
    "provider",
    "publish",
]


def rewrite(service: UUID, **values: Any) -> None:
    """Publish a changed entry."""
    revisions.write_revision(service, lambda document: replace(document, **values), Stamp(None, AT, How.EDIT))
