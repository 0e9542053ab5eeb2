"""What this directory adds to HSDS, as JSON merge patches of its schemas (RFC 7396).

For services to people who were exploited or may be: places that are not told, hours that are
safe, papers that are not needed, and who is let in.
"""

from functools import cache
from typing import Any

from django.conf import settings

from suar.directory import catalogue
from suar.hsds.api.extension import Told
from suar.hsds.hsds.extension import CODES, LANGUAGE, SETS, YEARS

TEXT, DAY = {"type": "string"}, {"type": "string", "format": "date"}
COUNT = {"type": "integer", "minimum": 0}
SAFE_HOURS = (
    "Words by language. In access: AC_SAFE_CONTACT tells how and when it is safe to call, AC_BRING "
    "what to bring, AC_HOW how to get in."
)
WORDS = {"type": "object", "additionalProperties": TEXT, "description": "Words by language."}
NEVER_OF_HIDDEN = (
    "name",
    "alternate_name",
    "description",
    "transportation",
    "latitude",
    "url",
    "longitude",
    "addresses",
    "phones",
    "contacts",
    "schedules",
    "languages",
    "accessibility",
    "external_identifier",
    "attributes",
    "metadata",
)


def document() -> Told:
    """Give the profile: its name, what it stands on, and a patch for each schema it adds to."""
    return {
        "name": "HSDS profile for services against trafficking in people",
        "version": "1.0",
        "extends": f"HSDS {settings.SUAR_HSDS_VERSION}",
        "description": "Adds one object, suar, to services, locations and organizations. What is "
        "left out of it is not known; it never means no. Other tools may pass it by: each object "
        "stays valid HSDS without it.",
        "merge_patches": patches(),
        "licence": "CC BY-SA 4.0",
        "attribution": "Human Services Data Specification: an Open Referral resource (https://openreferral.org/)",
    }


@cache
def patches() -> dict[str, Told]:
    """Give the merge patch of each schema by its name."""
    return {
        "service": _adding(_service()),
        "organization": _adding({"translations": _translations("name", "description")}),
        "location": _adding(
            {
                "hidden": {
                    "const": True,
                    "description": "The place is not told: it has no "
                    "address, no position, no name and no phone. Ask the service.",
                },
                "district": {
                    "enum": sorted(c for c in catalogue.places() if "." in c),
                    "description": "Code of the district.",
                },
            }
        )
        | {"if": _hidden(), "then": {"not": {"anyOf": [{"required": [name]} for name in NEVER_OF_HIDDEN]}}},
    }


def _service() -> Told:
    """Describe who is let in and how, in the codes of our own list."""
    tag = f"^(INTERPRETER|{LANGUAGE.pattern})$"
    return {
        **{key: _listed(_code(attribute)) for key, attribute in SETS.items()},
        **{key: _code(attribute) for key, attribute in CODES.items()},
        **{key: {"type": "integer", "minimum": 0, "maximum": 120} for key in sorted(YEARS)},
        "types": _listed({"enum": sorted(catalogue.types())}),
        "areas": _listed({"enum": sorted(catalogue.places())})
        | {"description": "Never narrower than a province when the place is not told."},
        "cooperation": {"type": "boolean", "description": "Testimony is asked for before help."},
        "languages": _listed({"type": "string", "pattern": tag}),
        "stay_limit_days": COUNT,
        "places": _object(total=COUNT, free=COUNT, as_of=DAY),
        "urgent": _object(number=TEXT, hours=WORDS, tested=DAY)
        | {"description": "A line that somebody answers, when, and when it was last tried."},
        "translations": _translations("name", "description") | {"description": SAFE_HOURS},
    }


def _code(attribute: str) -> Told:
    """Give the codes of an attribute, and what it is about."""
    says = str(catalogue.attributes()[attribute]["words"]["en"])
    return {"enum": sorted(catalogue.allowed(attribute)), "description": says}


def _listed(item: Told) -> Told:
    return {"type": "array", "items": item}


def _translations(*fields: str) -> Told:
    access = {"access": {"type": "object", "additionalProperties": TEXT}}
    words = {"type": "object", "properties": {**dict.fromkeys(fields, TEXT), **access}}
    return {"type": "object", "additionalProperties": words}


def _adding(properties: Told) -> Told:
    return {"properties": {"suar": _object(**properties)}}


def _object(**properties: Any) -> Told:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _hidden() -> Told:
    told = {"properties": {"hidden": {"const": True}}, "required": ["hidden"]}
    return {"properties": {"suar": told}, "required": ["suar"]}
