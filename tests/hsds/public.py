"""A small invented directory: open places, a hidden one, closed and old entries."""

from typing import Any

from tests.directory.entries import at_place, entry, place, provider
from tests.hsds.files import an_id

WORDS = {
    "en": {
        "name": "Bed for men",
        "description": "A bed.",
        "access": {"AC_HOW": "Call first.", "AC_SAFE_CONTACT": "In the morning."},
    },
    "id": {"name": "Tempat tidur", "access": {"AC_HOW": "Telepon dulu."}},
}
GATE = [{"id": an_id("gate"), "number": "+62 000 0000 0101", "description": "Gate"}]
DAYS = [
    {
        "id": an_id("hours"),
        "freq": "WEEKLY",
        "byday": "MO,TU",
        "opens_at": "08:00",
        "closes_at": "16:00",
        "description": "Ring twice",
    }
]


def world() -> list[dict[str, Any]]:
    """Return providers with public and private content."""
    bed = entry(
        "bed",
        types=["HOU_MEN", "COO_CASE"],
        areas=["32.74"],
        translations=WORDS,
        urgent={"number": "+62 000 0000 0102", "tested": "2026-11-20", "hours": {"en": "Always"}},
        places={"total": 4, "free": 1, "as_of": "2026-11-20"},
        service_at_locations=at_place("front"),
    )
    bed |= {"schedules": DAYS}
    shared = {"id": an_id("safe at front"), "location_id": an_id("front")}
    safe = entry(
        "safe",
        types=["HOU_EMERGENCY"],
        areas=["32.74"],
        sex=["FEMALE"],
        phones=GATE,
        places={"total": 14, "free": 4, "as_of": "2026-11-20"},
        service_at_locations=[*at_place("secret"), shared],
    )
    wages = entry("wages", types=["JUS_WAGES"], areas=["NATIONAL"])
    closed = entry(
        "closed", types=["HOU_MEN"], areas=["32.74"], status="inactive", service_at_locations=at_place("back")
    )
    old = entry("old", types=["HOU_MEN"], areas=["32.74"], assured_date="2025-01-01")
    front = place(
        "front",
        transportation="Bus 4",
        phones=[{"id": an_id("desk"), "number": "+62 000 0000 0103"}],
    )
    hidden = place("secret", suar={"hidden": True})
    plain = {
        "id": an_id("plain"),
        "name": "Plain",
        "status": "active",
        "minimum_age": 12,
        "application_process": "Write.",
        "assured_date": "2026-11-01",
    }
    bare = {"id": an_id("bare"), "name": "Bare", "status": "active"}
    shelter = provider(
        bed,
        safe,
        closed,
        old,
        email="house@example.org",
        website="https://example.org",
        phones=[GATE[0] | {"id": an_id("main")}],
        locations=[front, hidden, place("back")],
    )
    gone = provider(entry("gone", types=["HOU_MEN"], areas=["32"], status="defunct"), name="gone")
    return [shelter, provider(wages, plain, bare, name="law"), gone]


PUBLIC = {an_id(name) for name in ("bed", "safe", "wages", "plain", "bare")}
"""The public services; `closed`, `old` and those of `gone` are not public."""
NOT_PUBLIC = tuple(an_id(name) for name in ("closed", "old", "gone", "secret", "back"))
