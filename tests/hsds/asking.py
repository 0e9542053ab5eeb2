"""Requests to the API, and validation of its answers against the standard."""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from suar.hsds.api import openapi

FOLDER = Path(__file__).parent / "fixtures" / "hsds-schemas"
VERSIONS = ("3.0", "3.1-dev")
ENDPOINTS = json.loads((FOLDER / "endpoints.json").read_text("utf-8"))["versions"]
OF_PATH = {
    "/services": "service",
    "/organizations": "organization",
    "/service_at_locations": "service_at_location",
    "/taxonomies": "taxonomy",
    "/taxonomy_terms": "taxonomy_term",
}
LISTED = ("service", "organization", "service_at_location")
FORMATS = FormatChecker(["uuid", "email", "date"])
FORMATS.checks("date-time", ValueError)(lambda at: datetime.fromisoformat(at).tzinfo is not None)
FORMATS.checks("uri", ValueError)(lambda text: bool(urlsplit(text).scheme))


def endpoints() -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield version, method, path and query parameters of every endpoint of the standard."""
    for version in VERSIONS:
        for endpoint in ENDPOINTS[version]["endpoints"]:
            names = [item["name"] for item in endpoint["parameters"] if item["in"] == "query"]
            yield version, endpoint["method"], endpoint["path"], names


def get(path: str, /, **asked: Any) -> Any:
    """Send a GET request with query parameters."""
    written = {name: "true" if value is True else value for name, value in asked.items()}
    return Client().get(f"/hsds{path}", written)


def post(path: str, /, **asked: Any) -> Any:
    """Send a POST request with a JSON body."""
    return Client().post(f"/hsds{path}", json.dumps(asked), content_type="application/json")


def read(path: str, /, **asked: Any) -> Any:
    """Return the JSON of a successful GET request."""
    answer = get(path, **asked)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def lines(path: str, /, **asked: Any) -> list[Any]:
    """Return all objects of a list that is served as NDJSON."""
    answer = get(path, format="ndjson", **asked)
    assert answer["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.content.splitlines()]


def faults(version: str, name: str, content: Any, *, ours: bool = False) -> list[str]:
    """Return the schema errors of an object; `ours` also validates our extension."""
    errors = _validator(version, name, ours).iter_errors(content)
    return [f"{item.json_path}: {item.message}" for item in errors] + list(_nulls(content))


@cache
def _validator(version: str, name: str, ours: bool) -> Draft202012Validator:
    files = {path.name: json.loads(path.read_text("utf-8")) for path in (FOLDER / version).glob("*.json")}
    if ours:
        for kind, patch in openapi.patches().items():
            files[f"{kind}.json"] = merged(files[f"{kind}.json"], patch)
    registry = Registry().with_resources(
        (
            file,
            Resource.from_contents(content | {"$id": file, "$schema": "https://json-schema.org/draft/2020-12/schema"}),
        )
        for file, content in files.items()
    )
    return Draft202012Validator({"$ref": f"{name}.json"}, registry=registry, format_checker=FORMATS)


def merged(target: Any, patch: Any) -> Any:
    """Apply a JSON merge patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    content = dict(target) if isinstance(target, dict) else {}
    return content | {name: merged(content.get(name), value) for name, value in patch.items()}


def _nulls(content: Any, at: str = "$") -> Iterator[str]:
    """Yield an error for every null: HSDS leaves unknown values out."""
    if content is None:
        yield f"{at}: null"
    children = content.items() if isinstance(content, dict) else ()
    if isinstance(content, list):
        children = enumerate(content)
    for name, child in children:
        yield from _nulls(child, f"{at}.{name}")
