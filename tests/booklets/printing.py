"""A small invented directory to print, and its booklet as it can be read."""

from typing import Any
from uuid import UUID

from suar.core import clock
from suar.hsds import files
from suar.website.print import actions, queries
from suar.website.print.models import Layout
from tests.booklets.reading import Booklet
from tests.directory.entries import AT, HADI, apply, at_place, entry, place, provider
from tests.hsds.files import as_json

__all__ = ["AT", "CITY", "HADI", "bed", "clinic", "entry", "load", "made", "printed", "provider"]
CITY = "32.74"


def load(*entries: dict[str, Any]) -> None:
    """Take entries over, all of them."""
    report = apply(files.parse(as_json(*entries)))
    assert not report.refused, report.refused


def bed(name: str = "bed", **more: Any) -> dict[str, Any]:
    """Make a bed that takes everybody, in the district."""
    phones = [{"id": "5f0b6b5e-0000-4000-8000-000000000001", "number": "000-0000-0001"}]
    return _entry(name, {"types": ["HOU_EMERGENCY"], "areas": [CITY], "phones": phones, **more})


def clinic(name: str = "clinic", **more: Any) -> dict[str, Any]:
    """Make a clinic with an open place in the district."""
    told = {"types": ["HEA_GENERAL"], "areas": ["32"], "service_at_locations": at_place("corner")}
    return _entry(name, {**told, **more})


def _entry(name: str, told: dict[str, Any]) -> dict[str, Any]:
    """Put what belongs to the standard itself, and not to our part of it, where it belongs."""
    outside = {key: told.pop(key) for key in ("named", "description", "schedules") if key in told}
    named = {"name": outside.pop("named")} if "named" in outside else {}
    return {**entry(name, **told), **outside, **named}


def made(*, at: Any = AT, language: str = "en", where: str = CITY) -> UUID:
    """Make the next edition."""
    return actions.make_edition(where, language=language, by=HADI, at=at)


def printed(edition: UUID, form: Layout = Layout.A5) -> Booklet:
    """Read one form of an edition."""
    return Booklet(queries.get_pdf(edition, form))


def with_place(*services: dict[str, Any]) -> dict[str, Any]:
    """Make a provider with these services and the open place."""
    return provider(*services, locations=[place("corner")])


def directory_of(count: int) -> None:
    """Load many services of many kinds, each with words of its own."""
    kinds = (
        "HOU_EMERGENCY",
        "HEA_GENERAL",
        "JUS_WAGES",
        "MEN_COUNSEL",
        "STA_IDENTITY",
        "RET_TRAVEL",
    )
    services = [
        clinic(
            f"place number {n} for this or that",
            types=[kinds[n % 6], kinds[(n * 5 + 1) % 6]],
            description=f"You get thing {n * 7919 % 1009} and thing {n * 104729 % 997}.",
            phones=[{"id": str(UUID(int=n + 1)), "number": f"000-0000-{n:04}"}],
        )
        for n in range(count)
    ]
    parsed = files.parse(as_json(with_place(*services)))
    assert apply(parsed, at=clock.now()).applied
