"""What this directory adds to HSDS, as JSON merge patches of its schemas (RFC 7396).

The patches are the JSON Schemas of the models that read a file, so both sides stay equal.
"""

from functools import cache
from typing import Any

from django.conf import settings
from pydantic import BaseModel

from suar.hsds.files.extension import Location, PublicProvider, Service
from suar.hsds.files.schema import EXTENSION

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
HIDDEN = {
    "const": True,
    "description": "The place is not disclosed: it has no address, position, name or phone. Ask the service.",
}


def document() -> dict[str, Any]:
    """Return the profile: its name, what it extends, and a patch for each schema."""
    return {
        "name": "HSDS profile for services against trafficking in people",
        "version": "1.0",
        "extends": f"HSDS {settings.SUAR_HSDS_VERSION}",
        "description": "Adds one object, suar, to services, locations and organizations. A field that is left out is "
        "unknown; it never means no. Other tools may ignore it: each object stays valid HSDS without it.",
        "merge_patches": patches(),
        "licence": "CC BY-SA 4.0",
        "attribution": "Human Services Data Specification: an Open Referral resource (https://openreferral.org/)",
    }


@cache
def patches() -> dict[str, dict[str, Any]]:
    """Return the merge patch of each schema by its name."""
    location = _patch(Location)
    location["properties"][EXTENSION]["properties"]["hidden"] = HIDDEN
    hidden = {"properties": {"hidden": {"const": True}}, "required": ["hidden"]}
    location["if"] = {"properties": {EXTENSION: hidden}, "required": [EXTENSION]}
    location["then"] = {"not": {"anyOf": [{"required": [name]} for name in NEVER_OF_HIDDEN]}}
    return {"service": _patch(Service), "organization": _patch(PublicProvider), "location": location}


def json_schema(model: type[BaseModel]) -> Any:
    """Return the JSON Schema of a model without references, titles and defaults."""
    schema = model.model_json_schema()
    return _inline(schema, schema.pop("$defs", {}))


def _patch(model: type[BaseModel]) -> dict[str, Any]:
    return {"properties": {EXTENSION: json_schema(model)}}


def _inline(schema: Any, definitions: dict[str, Any]) -> Any:
    """Replace references by what they refer to; drop titles and defaults."""
    if isinstance(schema, list):
        return [_inline(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inline(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {
        key: _inline(value, definitions)
        for key, value in schema.items()
        if key != "default" and not (key == "title" and isinstance(value, str))
    }
