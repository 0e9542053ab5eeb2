"""A large invented directory from a seed, in the format of a directory file, and searches of it.

Every name begins with SYN, every number is in a range that cannot ring. The same seed gives the
same bytes; a longer run begins with the shorter run's services.
"""

import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid5

from suar.core.codes import read_data

SPACE = UUID("5f0e5a0c-0de5-4a52-9c1e-6f9d3a521c1e")
AS_OF = "2026-11-25"
PLAIN = {
    "en": ["Talk", "worker", "family", "village", "harbour", "plan", "letter", "health", "money"],
    "id": ["Bicara", "pekerja", "keluarga", "desa", "pelabuhan", "rencana", "surat", "sehat"],
}
SYLLABLES = ["ra", "ka", "mi", "lo", "ta", "su", "ne", "bi", "do", "pa", "le", "ga", "si", "mu"]


def services(number: int, *, seed: int = 1, hidden_share: float = 0.05) -> Iterator[dict[str, Any]]:
    """Yield providers, each with one service and one place."""
    lists = read_data("directory", "services")
    places = read_data("directory", "places")
    for count in range(number):
        chance = random.Random(f"{seed}.{count}")
        yield _provider(count, chance, lists["types"], places, hidden_share)


def searches(number: int, *, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Yield searches as people type them: a need, a place, sometimes who it is for, a word or a typo."""
    lists = read_data("directory", "services")
    districts = read_data("directory", "places")["districts"]
    for count in range(number):
        chance = random.Random(f"{seed}.search.{count}")
        wanted: dict[str, Any] = {}
        if chance.random() < 0.8:
            wanted["place"] = chance.choice(districts)["code"][: chance.choice([2, 5, 5, 5])]
        if chance.random() < 0.7:
            wanted["needs"] = [chance.choice(lists["groups"])["code"]]
        if chance.random() < 0.3:
            wanted["sex"] = chance.choice(["MALE", "FEMALE"])
        if chance.random() < 0.3:
            wanted["language"] = chance.choice(["id", "su", "jv", "en"])
        if chance.random() < 0.4:
            wanted["text"] = _typed(chance, chance.choice(PLAIN[chance.choice(["en", "id"])]))
        yield wanted


def _typed(chance: random.Random, word: str) -> str:
    """Make a typing error in every third word."""
    at = chance.randrange(len(word))
    return word[:at] + word[at + 1 :] if chance.random() < 0.33 and len(word) > 4 else word


def _provider(
    count: int, chance: random.Random, types: list[Any], places: dict[str, Any], hidden_share: float
) -> dict[str, Any]:
    district = chance.choice(places["districts"])["code"]
    one, hidden = chance.choice(types), chance.random() < hidden_share
    name = "".join(chance.choices(SYLLABLES, k=3)).capitalize()
    location: dict[str, Any] = {"id": _id(count, "site"), "location_type": "physical"}
    location["suar"] = {"hidden": True} if hidden else {"district": district}
    return {
        "id": _id(count, "provider"),
        "name": f"SYN {name}",
        "description": "Synthetic provider.",
        "locations": [location],
        "services": [
            {
                "id": _id(count, "service"),
                "name": f"SYN {one['words']['en']} {name}",
                "status": "active",
                "assured_date": f"2026-{chance.randint(6, 11):02}-{chance.randint(1, 24):02}",
                "phones": [{"id": _id(count, "phone"), "number": f"+62 000 {count:07}"}],
                "service_at_locations": [{"id": _id(count, "at"), "location_id": location["id"]}],
                "suar": _let_in(chance, one, district, name),
            }
        ],
    }


def _let_in(chance: random.Random, one: dict[str, Any], district: str, name: str) -> dict[str, Any]:
    adult = chance.random() < 0.5
    areas = chance.choices([[district], [district[:2]], ["NATIONAL"]], [6, 3, 1])[0]
    words = {
        language: {
            "name": f"SYN {one['words'][language]} {name}",
            "description": " ".join(chance.choices(PLAIN[language], k=12)),
            "access": {"AC_HOW": " ".join(chance.choices(PLAIN[language], k=10))},
        }
        for language in ("en", "id")
    }
    return {
        "types": [one["code"]],
        "sex": chance.choice([["ANY"], ["ANY"], ["FEMALE"], ["MALE"]]),
        "age_min": 18 if adult else 0,
        "papers": chance.choice(["NONE", "HELP_GIVEN", "COPY"]),
        "formal": chance.choice(["NONE", "NONE", "POLICE_REPORT"]),
        "cooperation": chance.random() < 0.1,
        "cost": chance.choice(["FREE", "FREE", "PARTLY"]),
        "languages": chance.sample(["id", "su", "jv", "en", "INTERPRETER"], k=2),
        "opening": chance.choice(["24_7", "OFFICE_HOURS", "APPOINTMENT"]),
        "areas": areas,
        "translations": words,
    }


def _id(count: int, what: str) -> str:
    return str(uuid5(SPACE, f"{what} {count}"))
