"""The OpenAPI 3.1 document and the HSDS profile, built from the models that read requests and files.

The fixed parts are data/openapi.json and data/profile.json. The profile publishes our additions to HSDS as
JSON merge patches of its schemas (RFC 7396): the JSON Schemas of the models in files/extension.py.
"""

import json
from functools import cache
from typing import Any

from django.conf import settings
from pydantic import BaseModel

from suar.core.codes import read_data
from suar.hsds.api.objects import Json
from suar.hsds.api.parameters import FORM, JSON, LISTS, OBJECTS, Kind
from suar.hsds.files.extension import Location, PublicProvider, Service
from suar.hsds.files.schema import EXTENSION, object_types

ROOT = "/hsds/"
NAMES = ("service", "organization", "service_at_location", "taxonomy", "taxonomy_term")
OBJECT_TYPES = dict(zip(Kind, NAMES, strict=True))


def url(name: str = "") -> str:
    """Return the full URL of a part of the API."""
    return f"{settings.SUAR_PUBLIC_ORIGIN}{ROOT}{name}"


def profile() -> Json:
    """Return the HSDS profile: its name, what it extends, and a patch for each schema."""
    extends = f"HSDS {settings.SUAR_HSDS_VERSION}"
    return {**read_data("hsds", "profile")["profile"], "extends": extends, "merge_patches": patches()}


@cache
def patches() -> dict[str, Json]:
    """Return the merge patch of each schema by its name."""
    models: dict[str, type[BaseModel]] = {"service": Service, "organization": PublicProvider, "location": Location}
    patches: dict[str, Json] = {name: {"properties": {EXTENSION: _schema_of(model)}} for name, model in models.items()}
    patches["location"]["properties"][EXTENSION]["properties"]["hidden"] = read_data("hsds", "profile")["hidden"]
    patches["location"] |= read_data("hsds", "profile")["hidden_location"]
    return patches


def document() -> Json:
    """Return the OpenAPI document."""
    content = read_data("hsds", "openapi")
    content["info"]["version"] = settings.SUAR_HSDS_VERSION
    content["servers"] = [{"url": url().rstrip("/")}]
    content["components"]["schemas"] |= {kind: _object_schema(kind) for kind in object_types()}
    common = json.dumps(content.pop("each_list"))
    for kind in Kind:
        parts = _parts_of_list(kind, common)
        content["components"]["schemas"][f"page_of_{kind}"] = parts["page"]
        content["paths"] |= {f"/{kind}": parts["list"], f"/{kind}/{{id}}": parts["object"]}
    return content


def _parts_of_list(kind: Kind, common: str) -> Json:
    """Return the paths and the page of a list, from the text of what all lists have."""
    parts: Json = json.loads(common.replace("KIND", kind).replace("OBJECT", OBJECT_TYPES[kind]))
    schema = {"type": "object", "properties": _properties(LISTS[kind]), "additionalProperties": False}
    if kind is Kind.PAIRS:
        schema["dependentRequired"] = {"proximity": ["postcode"]}
    parts["list"]["get"]["parameters"] = _parameters(LISTS[kind])
    parts["list"]["post"]["requestBody"]["content"] = {media_type: {"schema": schema} for media_type in (JSON, FORM)}
    parts["object"]["get"]["parameters"] += _parameters(OBJECTS[kind])
    if kind not in (Kind.SERVICES, Kind.PAIRS):
        del parts["object"]["get"]["responses"]["308"]
    if kind is Kind.SERVICES:
        contents = parts["page"]["properties"]["contents"]
        contents["items"] = {"anyOf": [contents["items"], _ref("service_minimal")]}
    return parts


def _object_schema(kind: str) -> Json:
    type_, patch = object_types()[kind], patches().get(kind, {})
    properties = {name: schema for name, schema in _properties(type_.model).items() if name != EXTENSION}
    properties |= {name: {"type": "array", "items": _ref(child)} for name, child in type_.lists.items()}
    properties |= {name: _ref(child) for name, child in type_.ones.items()}
    properties |= patch.get("properties", {})
    return {**patch, "type": "object", "properties": properties, "required": list(type_.required)}


def _parameters(model: type[BaseModel]) -> list[Json]:
    return [
        {"name": name, "in": "query", "required": False, "description": schema["description"], "schema": schema}
        for name, schema in _properties(model).items()
    ]


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _properties(model: type[BaseModel]) -> Json:
    properties: Json = _schema_of(model).get("properties", {})
    return properties


def _schema_of(model: type[BaseModel]) -> Json:
    schema = model.model_json_schema()
    inlined: Json = _inline(schema, schema.pop("$defs", {}))
    return inlined


def _inline(schema: Any, definitions: Json) -> Any:
    """Replace references by their definitions; drop titles and defaults."""
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
