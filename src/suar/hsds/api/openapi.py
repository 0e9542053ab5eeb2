"""The OpenAPI 3.1 document and the HSDS profile, built from the models that read requests and files.

The fixed parts are data/openapi.json and data/profile.json. The profile publishes our additions to HSDS as
JSON merge patches of its schemas (RFC 7396): the JSON Schemas of the models in files/extension.py.
"""

import json
from functools import cache
from typing import Any

from django.conf import settings
from pydantic import BaseModel

from suar.hsds.api.objects import Json
from suar.hsds.api.parameters import FORM, JSON, LISTS, OBJECTS, Kind
from suar.hsds.files.extension import Location, PublicProvider, Service
from suar.hsds.files.schema import DATA, EXTENSION, object_types

ROOT = "/hsds/"
OBJECT_TYPES = {
    Kind.SERVICES: "service",
    Kind.ORGANIZATIONS: "organization",
    Kind.PAIRS: "service_at_location",
    Kind.TAXONOMIES: "taxonomy",
    Kind.TERMS: "taxonomy_term",
}


def url(name: str = "") -> str:
    """Return the full URL of a part of the API."""
    return f"{settings.SUAR_PUBLIC_ORIGIN}{ROOT}{name}"


def profile() -> Json:
    """Return the HSDS profile: its name, what it extends, and a patch for each schema."""
    extends = f"HSDS {settings.SUAR_HSDS_VERSION}"
    return {**_read("profile")["profile"], "extends": extends, "merge_patches": patches()}


@cache
def patches() -> dict[str, Json]:
    """Return the merge patch of each schema by its name."""
    models: dict[str, type[BaseModel]] = {"service": Service, "organization": PublicProvider, "location": Location}
    patches: dict[str, Json] = {name: {"properties": {EXTENSION: _schema_of(model)}} for name, model in models.items()}
    patches["location"]["properties"][EXTENSION]["properties"]["hidden"] = _read("profile")["hidden"]
    patches["location"] |= _read("profile")["hidden_location"]
    return patches


def document() -> Json:
    """Return the OpenAPI document."""
    content = _read("openapi")
    content["info"]["version"] = settings.SUAR_HSDS_VERSION
    content["servers"] = [{"url": url().rstrip("/")}]
    content["components"]["schemas"] |= {kind: _object_schema(kind) for kind in object_types()}
    page = content["components"]["schemas"].pop("page")
    for kind in Kind:
        content["components"]["schemas"][f"page_of_{kind}"] = _page_schema(kind, page)
        content["paths"][f"/{kind}"] = {"get": _get_list(kind), "post": _post_list(kind)}
        content["paths"][f"/{kind}/{{id}}"] = {"get": _get_object(kind)}
    return content


def _object_schema(kind: str) -> Json:
    type_, patch = object_types()[kind], patches().get(kind, {})
    properties = {name: schema for name, schema in _properties(type_.model).items() if name != EXTENSION}
    properties |= {name: {"type": "array", "items": _ref("schemas", child)} for name, child in type_.lists.items()}
    properties |= {name: _ref("schemas", child) for name, child in type_.ones.items()}
    properties |= patch.get("properties", {})
    return {**patch, "type": "object", "properties": properties, "required": list(type_.required)}


def _get_list(kind: Kind) -> Json:
    return {
        "operationId": f"list_{kind}",
        "summary": f"A page of {kind}, or all of them as lines.",
        "parameters": _parameters(LISTS[kind]),
        "responses": _list_responses(kind, 400),
    }


def _post_list(kind: Kind) -> Json:
    schema = {"type": "object", "properties": _properties(LISTS[kind]), "additionalProperties": False}
    if kind is Kind.PAIRS:
        schema["dependentRequired"] = {"proximity": ["postcode"]}
    return {
        "operationId": f"ask_{kind}",
        "summary": f"The same as GET with the parameters in the body; no {kind} are created or changed.",
        "requestBody": {"content": {JSON: {"schema": schema}, FORM: {"schema": schema}}},
        "responses": _list_responses(kind, 400, 413, 415),
    }


def _get_object(kind: Kind) -> Json:
    statuses = (400, 404, 308) if kind in (Kind.SERVICES, Kind.PAIRS) else (400, 404)
    return {
        "operationId": f"one_of_{kind}",
        "summary": f"One of the {kind}, with all that belongs to it.",
        "parameters": [_ref("parameters", "id"), *_parameters(OBJECTS[kind])],
        "responses": _responses({JSON: {"schema": _ref("schemas", OBJECT_TYPES[kind])}}, *statuses),
    }


def _parameters(model: type[BaseModel]) -> list[Json]:
    return [
        {"name": name, "in": "query", "required": False, "description": schema["description"], "schema": schema}
        for name, schema in _properties(model).items()
    ]


def _page_schema(kind: Kind, page: Json) -> Json:
    """Return the schema of a page of a list, whole: generators of clients do not merge `allOf` with a list."""
    item = _ref("schemas", OBJECT_TYPES[kind])
    if kind is Kind.SERVICES:
        item = {"anyOf": [item, _ref("schemas", "service_minimal")]}
    return {**page, "properties": {**page["properties"], "contents": {"type": "array", "items": item}}}


def _list_responses(kind: Kind, *statuses: int) -> Json:
    page = _ref("schemas", f"page_of_{kind}")
    return _responses({JSON: {"schema": page}, "application/x-ndjson": {}}, *statuses)


def _responses(content: Json, *statuses: int) -> Json:
    others = {str(status): _ref("responses", str(status)) for status in (*statuses, 503)}
    return {"200": {"description": "What matches.", "content": content}, **others}


def _ref(part: str, name: str) -> Json:
    return {"$ref": f"#/components/{part}/{name}"}


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


def _read(name: str) -> Json:
    content: Json = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    return content
