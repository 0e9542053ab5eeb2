"""A public site with a few invented services, in this process."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as configured
from django.test import Client

from suar.accounts.acting import Anonymous
from suar.core import clock
from suar.directory import importing
from suar.directory.documents import Entry, ParsedDirectory
from tests.cast import amina, cast, world  # noqa: F401 - fixtures
from tests.standing import Demonstration

EDITOR, PROVIDER, OPEN_SITE, HIDDEN_SITE = (UUID(int=number) for number in (1, 2, 3, 4))
SHELTER, LEGAL_AID, OLD = UUID(int=11), UUID(int=12), UUID(int=13)
STREET = "Jalan Contoh Rahasia 9"


@pytest.fixture
def public_site(settings: Any) -> Any:
    """Answer for the public host."""
    settings.ROOT_URLCONF = "suar.website.public_urls"
    settings.MIDDLEWARE = list(configured.MIDDLEWARE_PUBLIC)
    return settings


@pytest.fixture
def visitor(public_site: Any) -> Client:
    """Return somebody without an account, cookies or trust."""
    return Client(enforce_csrf_checks=True, headers={"host": "localhost"})


@pytest.fixture
def directory(db: None) -> None:
    """Keep three services: a hidden shelter, legal aid, and one nobody confirmed for long."""
    fill()


@pytest.fixture
def served(demonstration: Demonstration) -> str:
    """Return the address of the public site of the invented world, for a browser."""
    return demonstration.public


def fill() -> None:
    """Store the three services."""
    now = clock.now()
    report = importing.import_file(_entries(), by=Anonymous(at=now))
    assert report.applied, report.refused


def _entries() -> ParsedDirectory:
    provider = Entry(
        id=PROVIDER,
        where="1",
        name={"en": "Contoh Demonstration", "id": "Rumah Contoh"},
        description={},
        website="",
        email="",
        phones=[{"number": "000-0000-0001", "words": {}}],
    )
    sites = (
        Entry(
            id=OPEN_SITE,
            where="2",
            provider=PROVIDER,
            hidden=False,
            district="31.71",
            address={"address_1": "Jalan Contoh 4", "city": "Jakarta Pusat"},
        ),
        Entry(
            id=HIDDEN_SITE,
            where="3",
            provider=PROVIDER,
            hidden=True,
            district="31.74",
            address={"address_1": STREET},
        ),
    )
    return ParsedDirectory(providers=(provider,), sites=sites, services=(_shelter(), _legal_aid(), _old()))


def _service(number: UUID, name: str, types: tuple[str, ...], **told: Any) -> Entry:
    plain: dict[str, Any] = {
        "id": number,
        "where": str(number),
        "provider": PROVIDER,
        "status": "active",
        "name": {"en": name, "id": f"{name} (id)"},
        "description": {"en": "Plain words."},
        "access": {"AC_HOW": {"en": "1. Call.\n2. Ask.", "id": "1. Telepon.\n2. Tanya."}},
        "confirmed": clock.today() - timedelta(days=10),
        "areas": ("31",),
        "types": types,
    }
    return Entry(**{**plain, **told})


def _shelter() -> Entry:
    who = {
        "sex": ("FEMALE",),
        "age_min": 18,
        "papers": "NONE",
        "formal": "NONE",
        "cooperation": False,
        "cost": "FREE",
        "languages": ("id", "jv"),
        "opening": "24_7",
    }
    return _service(
        SHELTER,
        "Night house",
        ("HOU_EMERGENCY",),
        eligibility=who,
        sites=(HIDDEN_SITE,),
        urgent={"number": "000-0000-0009", "tested": clock.today(), "hours": {"en": "day and night"}},
    )


def _legal_aid() -> Entry:
    who = {"sex": ("ANY",), "papers": "COPY", "cost": "FREE", "opening": "OFFICE_HOURS"}
    hours = [
        {"days": [0, 1, 2, 3, 4], "opens": "08:00", "closes": "16:00", "words": {}},
        {"days": [5], "opens": "", "closes": "", "words": {}},
    ]
    return _service(
        LEGAL_AID,
        "Wage desk",
        ("JUS_WAGES",),
        eligibility=who,
        sites=(OPEN_SITE,),
        hours=hours,
        areas=("31", "32.08", "32.09", "32.10", "32.74", "SEA"),
    )


def _old() -> Entry:
    return _service(OLD, "Long silent", ("JUS_WAGES",), confirmed=clock.today() - timedelta(days=400))
