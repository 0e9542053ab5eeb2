"""Asks the interface a great many odd things, which schemathesis makes of its own description.

Every answer must be one that the description names, valid by it, and no error of ours.
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
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

VERSION = schemathesis.__version__
DESCRIPTION = "/hsds/openapi.json"
PLAINLY = {"Accept-Encoding": "identity"}
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@dataclass(slots=True)
class Fuzzed:
    """How many questions were asked, and how they were answered, by address and status."""

    asked: int = 0
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)


def served(origin: str) -> Any:
    """Read the description from a door that is served."""
    return schemathesis.openapi.from_url(f"{origin}{DESCRIPTION}")


@contextmanager
def in_this_process() -> Iterator[Any]:
    """Read the description in this process, and leave its connection to the test."""
    ends = (request_started, request_finished)
    for each in ends:
        each.disconnect(close_old_connections)
    try:
        yield schemathesis.openapi.from_wsgi(DESCRIPTION, WSGIHandler())
    finally:
        for each in ends:
            each.connect(close_old_connections)


def fuzz(schema: Any, *, each: int, at: int = 1) -> Fuzzed:
    """Ask `each` fitting and as many unfitting questions of every address; the same for a seed.

    Raises what schemathesis finds: an error of ours, a status or a body that is not described, a
    question that should have been refused or answered and was not.
    """
    found = Fuzzed()
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in MODES if _takes_anything(operation) else MODES[:1]:
            _ask(operation, mode, found, each=each, at=at)
    return found


def _takes_anything(operation: Any) -> bool:
    return bool(operation.query or operation.path_parameters or operation.body)


def _ask(operation: Any, mode: GenerationMode, found: Fuzzed, *, each: int, at: int) -> None:
    @seed(at)
    @settings(
        max_examples=each,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        answer = case.call(headers=PLAINLY)
        found.asked += 1
        found.answers[operation.label, answer.status_code] += 1
        # A description has no words for a parameter that needs another one beside it.
        alone = "proximity" in (case.query or {}) and "postcode" not in case.query
        case.validate_response(answer, excluded_checks=[positive_data_acceptance] if alone else [])

    ask()
