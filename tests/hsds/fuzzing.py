"""Fuzzing of the API with requests that schemathesis generates from the OpenAPI document.

Every answer must be documented, valid, and not a server error.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from suar.hsds.api.parameters import FORM

VERSION = schemathesis.__version__
DESCRIPTION = "/hsds/openapi.json"
PLAINLY = {"Accept-Encoding": "identity"}
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@dataclass(slots=True)
class Fuzzed:
    """The number of requests, and the number of responses by endpoint and status."""

    asked: int = 0
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)


def served(origin: str) -> Any:
    """Load the OpenAPI document from a running server."""
    return schemathesis.openapi.from_url(f"{origin}{DESCRIPTION}")


@contextmanager
def in_this_process() -> Iterator[Any]:
    """Load the OpenAPI document in this process, and leave the database connection to the test."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    try:
        yield schemathesis.openapi.from_wsgi(DESCRIPTION, WSGIHandler())
    finally:
        for signal in ends:
            signal.connect(close_old_connections)


def fuzz(schema: Any, *, requests: int, at: int = 1) -> Fuzzed:
    """Send `requests` valid and as many invalid requests to every endpoint, reproducible by seed.

    Raises the failures of schemathesis: a server error, an undocumented status or body, or a request
    that was wrongly accepted or refused.
    """
    fuzzed = Fuzzed()
    for result in schema.get_all_operations():
        operation = result.ok()
        there = _ids(schema, operation)
        for mode in MODES if _takes_anything(operation) else MODES[:1]:
            _ask(Asking(operation, mode, there), fuzzed, requests=requests, at=at)
    return fuzzed


@dataclass(frozen=True, slots=True)
class Asking:
    """An endpoint, whether its requests are valid, and the ids of its objects."""

    operation: Any
    mode: GenerationMode
    ids: list[str]


def _takes_anything(operation: Any) -> bool:
    return bool(operation.query or operation.path_parameters or operation.body)


def _ids(schema: Any, operation: Any) -> list[str]:
    """Return existing ids for an endpoint with an id in its path; random ids do not exist."""
    if "{id}" not in operation.path:
        return []
    listed = schema[operation.path.removesuffix("/{id}")]["GET"].Case().call(headers=PLAINLY)
    return [item["id"] for item in listed.json()["contents"]]


def _ask(asking: Asking, result: Fuzzed, *, requests: int, at: int) -> None:
    @seed(at)
    @settings(
        max_examples=requests,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=asking.operation.as_strategy(generation_mode=asking.mode),
        id_=st.sampled_from([None, *asking.ids]),
    )
    def ask(case: Any, id_: str | None) -> None:
        if id_ and asking.mode is GenerationMode.POSITIVE:
            case.path_parameters["id"] = id_
        # A form has no way to write an object or a list: schemathesis leaves it out and sends a valid request.
        values = case.body.values() if case.media_type == FORM and isinstance(case.body, dict) else ()
        assume(not any(isinstance(value, dict | list) for value in values))
        answer = case.call(headers=PLAINLY)
        result.asked += 1
        result.answers[asking.operation.label, answer.status_code] += 1
        # OpenAPI cannot describe a parameter that requires another one.
        alone = "proximity" in (case.query or {}) and "postcode" not in case.query
        case.validate_response(answer, excluded_checks=[positive_data_acceptance] if alone else [])

    ask()
