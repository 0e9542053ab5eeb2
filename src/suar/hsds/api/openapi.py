"""The OpenAPI 3.1 document of the API, built from the models that read requests and files."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from pydantic import BaseModel

from suar.hsds.api import parameters, profile
from suar.hsds.api.objects import Json
from suar.hsds.api.parameters import FORM, JSON, Kind
from suar.hsds.files.schema import EXTENSION, object_types

ROOT = "/hsds/"
OBJECTS = {
    Kind.SERVICES: "service",
    Kind.ORGANIZATIONS: "organization",
    Kind.PAIRS: "service_at_location",
    Kind.TAXONOMIES: "taxonomy",
    Kind.TERMS: "taxonomy_term",
}
PROBLEMS = {
    400: "What is wrong, and where.",
    404: "Nothing public is here.",
    413: "The body is too large.",
    415: "The body has an unknown type.",
}
MOVED: Mapping[str, Any] = {
    "description": "The object was merged with the one at this URL.",
    "headers": {"Location": {"required": True, "schema": {"type": "string"}}},
}
DESCRIPTION = (
    "Reads the public directory in the Human Services Data Specification, an Open Referral resource "
    "(https://openreferral.org/, CC BY-SA 4.0). No key, no account. Send search words by POST, so that they are in "
    "no URL."
)


def url(name: str = "") -> str:
    """Return the full URL of a part of the API."""
    return f"{settings.SUAR_PUBLIC_ORIGIN}{ROOT}{name}"


def document() -> Json:
    """Return the OpenAPI document."""
    about = _object({name: {"type": "string"} for name in ("version", "profile", "openapi_url")})
    start = {"operationId": "about", "summary": "The version of HSDS.", "responses": _responses(about, 400)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Directory of services",
            "version": settings.SUAR_HSDS_VERSION,
            "description": DESCRIPTION,
            "license": {"name": "CC BY-SA 4.0", "url": "https://creativecommons.org/licenses/by-sa/4.0/"},
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": url().rstrip("/")}],
        "paths": {
            "/": {"get": start},
            **{f"/{kind}": {"get": _get_list(kind), "post": _post_list(kind)} for kind in Kind},
            **{f"/{kind}/{{id}}": {"get": _get_object(kind)} for kind in Kind},
        },
        "components": {"schemas": schemas()},
    }


@cache
def schemas() -> dict[str, Json]:
    """Return the schema of each object type, with what our profile adds."""
    numbers, flags = ("total_items", "total_pages", "page_number", "size"), ("first_page", "last_page", "empty")
    page = {name: {"type": "integer"} for name in numbers} | {name: {"type": "boolean"} for name in flags}
    text, id_ = {"type": "string"}, {"type": "string", "format": "uuid"}
    problem = _object({"status": {"type": "integer"}, "title": text, "detail": text})
    problem["properties"]["errors"] = {"type": "array"}
    return {kind: _schema(kind) for kind in object_types()} | {
        "service_minimal": _object({"id": id_, "modified_date": {"type": "string", "format": "date-time"}}),
        "page": _object(page | {"contents": {"type": "array"}}),
        "problem": problem,
    }


def _schema(kind: str) -> Json:
    type_, patch = object_types()[kind], profile.patches().get(kind, {})
    properties = {name: each for name, each in _properties(type_.model).items() if name != EXTENSION}
    properties |= {name: {"type": "array", "items": _ref(child)} for name, child in type_.lists.items()}
    properties |= {name: _ref(child) for name, child in type_.ones.items()}
    schema = {"type": "object", "properties": properties, "required": list(type_.required)} | patch
    return schema | {"properties": properties | patch.get("properties", {})}


def _properties(model: type[BaseModel]) -> Json:
    properties: Json = profile.json_schema(model).get("properties", {})
    return properties


def _object(properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _get_list(kind: Kind) -> Json:
    return {
        "operationId": f"list_{kind}",
        "summary": f"A page of {kind}, or all of them as lines.",
        "parameters": _parameters(parameters.LISTS[kind]),
        "responses": _responses(_page_of(kind), 400, lines=True),
    }


def _post_list(kind: Kind) -> Json:
    schema = {"type": "object", "properties": _properties(parameters.LISTS[kind]), "additionalProperties": False}
    if kind is Kind.PAIRS:
        schema["dependentRequired"] = {"proximity": ["postcode"]}
    return {
        "operationId": f"ask_{kind}",
        "summary": f"The same as GET with the parameters in the body; no {kind} are created or changed.",
        "requestBody": {"content": {JSON: {"schema": schema}, FORM: {"schema": schema}}},
        "responses": _responses(_page_of(kind), 400, 413, 415, lines=True),
    }


def _get_object(kind: Kind) -> Json:
    id_ = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    moved = {"308": MOVED} if kind in (Kind.SERVICES, Kind.PAIRS) else {}
    return {
        "operationId": f"one_of_{kind}",
        "summary": f"One of the {kind}, with all that belongs to it.",
        "parameters": [id_, *_parameters(parameters.OBJECTS[kind])],
        "responses": _responses(_ref(OBJECTS[kind]), 400, 404) | moved,
    }


def _parameters(model: type[BaseModel]) -> list[Json]:
    return [
        {"name": name, "in": "query", "required": False, "description": schema.get("description", ""), "schema": schema}
        for name, schema in _properties(model).items()
    ]


def _page_of(kind: Kind) -> Json:
    item = _ref(OBJECTS[kind])
    if kind is Kind.SERVICES:
        item = {"anyOf": [item, _ref("service_minimal")]}
    return {"allOf": [_ref("page")], "properties": {"contents": {"type": "array", "items": item}}}


def _responses(schema: Json, *statuses: int, lines: bool = False) -> Json:
    content: Json = {JSON: {"schema": schema}} | ({"application/x-ndjson": {}} if lines else {})
    problem = {"application/problem+json": {"schema": _ref("problem")}}
    found = {"200": {"description": "What matches.", "content": content}}
    return found | {str(each): {"description": PROBLEMS[each], "content": problem} for each in statuses}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}
