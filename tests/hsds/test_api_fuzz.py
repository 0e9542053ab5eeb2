"""Odd questions to the interface, the same ones each time; `./suar prove fuzz` asks many more."""

import pytest

from tests.directory.entries import load
from tests.hsds.fuzzing import fuzz, in_this_process
from tests.hsds.public import world

pytestmark = pytest.mark.django_db


def test_no_odd_question_is_answered_with_an_error_or_with_what_is_not_described(
    public_door: None,
) -> None:
    assert load(*world()).applied
    with in_this_process() as schema:
        found = fuzz(schema, requests=8)
    assert found.asked >= 150
    assert {status for _, status in found.answers} >= {200, 400, 404}
    assert found.answers["GET /services/{id}", 200] > 0
