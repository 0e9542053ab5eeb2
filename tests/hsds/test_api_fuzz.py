"""Fuzzing of the API with a fixed seed; `./suar prove fuzz` sends many more requests."""

import pytest

from tests.directory.entries import load
from tests.hsds.fuzzing import fuzz, in_this_process
from tests.hsds.public import world

pytestmark = pytest.mark.django_db


def test_fuzzed_requests_get_described_answers_and_no_server_error(
    public_site: None,
) -> None:
    assert load(*world()).applied
    with in_this_process() as schema:
        result = fuzz(schema, requests=8)
    assert result.asked >= 150
    assert {status for _, status in result.answers} >= {200, 400, 404}
    assert result.answers["GET /services/{id}", 200] > 0
