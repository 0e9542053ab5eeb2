"""Describes the interface for programs (OpenAPI 3.1): made of what it reads and what it writes."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings

from suar.hsds.api import profile
from suar.hsds.api.asked import FORM, JSON
from suar.hsds.api.extension import Told
from suar.hsds.api.parameters import PARAMETERS, TAKES, TAKES_ONE, Kind
from suar.hsds.files.objects import Format, object_types

ROOT = "/hsds/"
OBJECTS = {
    Kind.SERVICES: "service",
    Kind.ORGANIZATIONS: "organization",
    Kind.PAIRS: "service_at_location",
    Kind.TAXONOMIES: "taxonomy",
    Kind.TERMS: "taxonomy_term",
}
FORMATS: Mapping[str, Told] = {
    "uuid": {"type": "string", "format": "uuid"},
    "uri": {"type": "string", "format": "uri"},
    "email": {"type": "string", "format": "email"},
    "date": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
    "time": {"type": "string"},
    "text": {"type": "string"},
    "number": {"type": "number"},
}
PAGE = {
    "total_items": "integer",
    "total_pages": "integer",
    "page_number": "integer",
    "size": "integer",
    "first_page": "boolean",
    "last_page": "boolean",
    "empty": "boolean",
}


def address(name: str = "") -> str:
    """Return the whole address of a part of the interface."""
    return f"{settings.SUAR_PUBLIC_ORIGIN}{ROOT}{name}"


def document() -> Told:
    """Return the description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Directory of services",
            "version": settings.SUAR_HSDS_VERSION,
            "description": "Reads the public directory in the Human Services Data Specification, "
            "an Open Referral resource (https://openreferral.org/, CC BY-SA 4.0). No key, no "
            "account. Send search words by POST, so that they stand in no address.",
            "license": {"name": "CC BY-SA 4.0", "url": "https://creativecommons.org/licenses/by-sa/4.0/"},
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": address().rstrip("/")}],
        "paths": {"/": _about(), **_lists(), **_ones()},
        "components": {"schemas": schemas()},
    }


@cache
def schemas() -> dict[str, Told]:
    """Return the schema of each kind of object, with what our profile adds."""
    made = {kind: _schema(kind) for kind in object_types()}
    for kind, patch in profile.patches().items():
        made[kind] = merged(made[kind], patch)
    minimal = {"id": FORMATS["uuid"], "modified_date": FORMATS["moment"]}
    return made | {
        "service_minimal": {"type": "object", "properties": minimal, "required": list(minimal)},
        "page": {
            "type": "object",
            "properties": {k: {"type": t} for k, t in PAGE.items()},
            "required": [*PAGE, "contents"],
        },
        "problem": {
            "type": "object",
            "properties": {
                "status": {"type": "integer"},
                "title": FORMATS["text"],
                "detail": FORMATS["text"],
                "errors": {"type": "array"},
            },
            "required": ["status", "title", "detail"],
        },
    }


def merged(target: Any, patch: Any) -> Any:
    """Apply a JSON merge patch.

    Source: RFC 7396, section 2.
    """
    if not isinstance(patch, Mapping):
        return patch
    made = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            made.pop(name, None)
        else:
            made[name] = merged(made.get(name), value)
    return made


def _schema(kind: str) -> Told:
    shape = object_types()[kind]
    fields = {name: _field(form) for name, form in shape.fields.items()}
    lists = {n: {"type": "array", "items": _ref(child)} for n, child in shape.lists.items()}
    ones = {name: _ref(child) for name, child in shape.ones.items()}
    return {"type": "object", "properties": {**fields, **lists, **ones}, "required": list(shape.required)}


def _field(form: Format) -> Told:
    return dict(FORMATS[form]) if isinstance(form, str) else {"type": "string", "enum": list(form)}


def _about() -> Told:
    told = {"version": FORMATS["text"], "profile": FORMATS["uri"], "openapi_url": FORMATS["uri"]}
    schema = {"type": "object", "properties": told, "required": list(told)}
    return {
        "get": {
            "operationId": "about",
            "summary": "Which version of HSDS this is.",
            "responses": _responses(schema, 400),
        }
    }


def _lists() -> Told:
    return {f"/{kind}": {"get": _list(kind), "post": _post(kind)} for kind in Kind}


def _list(kind: Kind) -> Told:
    return {
        "operationId": f"list_{kind}",
        "summary": f"A page of {kind}, or all of them in lines.",
        "parameters": [_parameter(name) for name in TAKES[kind]],
        "responses": _responses(_page_of(kind), 400, lines=True),
    }


def _post(kind: Kind) -> Told:
    fields = {name: dict(PARAMETERS[name].schema) for name in TAKES[kind]}
    schema: Told = {"type": "object", "properties": fields, "additionalProperties": False}
    if "proximity" in fields:
        schema["dependentRequired"] = {"proximity": ["postcode"]}
    return {
        "operationId": f"ask_{kind}",
        "summary": f"The same as GET, with the parameters in the body; nothing of {kind} is made or changed.",
        "requestBody": {"content": {JSON: {"schema": schema}, FORM: {"schema": schema}}},
        "responses": _responses(_page_of(kind), 400, 413, 415, lines=True),
    }


def _ones() -> Told:
    told: Told = {}
    for kind, name in OBJECTS.items():
        moved: Told = {"308": MOVED} if kind in (Kind.SERVICES, Kind.PAIRS) else {}
        where = {"name": "id", "in": "path", "required": True, "schema": FORMATS["uuid"]}
        told[f"/{kind}/{{id}}"] = {
            "get": {
                "operationId": f"one_of_{kind}",
                "summary": f"One of the {kind}, with all that hangs on it.",
                "parameters": [where, *(_parameter(each) for each in TAKES_ONE.get(kind, ()))],
                "responses": {**_responses(_ref(name), 400, 404), **moved},
            }
        }
    return told


def _page_of(kind: Kind) -> Told:
    item = _ref(OBJECTS[kind])
    if kind is Kind.SERVICES:
        item = {"anyOf": [item, _ref("service_minimal")]}
    return {"allOf": [_ref("page")], "properties": {"contents": {"type": "array", "items": item}}}


def _parameter(name: str) -> Told:
    one = PARAMETERS[name]
    return {"name": name, "in": "query", "required": False, "description": one.does, "schema": dict(one.schema)}


def _responses(schema: Told, *wrong: int, lines: bool = False) -> Told:
    content: Told = {JSON: {"schema": schema}}
    if lines:
        content["application/x-ndjson"] = {}
    problem = {"application/problem+json": {"schema": _ref("problem")}}
    told = {"200": {"description": "What was asked for.", "content": content}}
    return told | {str(each): {"description": WRONG[each], "content": problem} for each in wrong}


def _ref(name: str) -> Told:
    return {"$ref": f"#/components/schemas/{name}"}


MOVED: Mapping[str, Any] = {
    "description": "It became one with another, which stands at this address.",
    "headers": {"Location": {"required": True, "schema": {"type": "string"}}},
}
WRONG = {
    400: "What is wrong, and where.",
    404: "Nothing here that everybody may read.",
    413: "The body is too large.",
    415: "The body is in no known form.",
}
