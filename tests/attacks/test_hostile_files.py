"""Strangers and imports send files that want to harm whoever opens or reads them."""

import time

import pytest

from suar.hsds import files, reading
from suar.hsds.files import readers


@pytest.mark.parametrize("start", ["{", '{"id":"5e1f0000-0000-4000-8000-000000000001","name":"a","status":"active",'])
@pytest.mark.parametrize("number", [1_200_000, readers.MAX_NAMES - 20])
def test_json_with_very_many_keys_is_read_or_refused_within_two_seconds(start, number):
    content = (start + ",".join(f'"k{key}" : 1' for key in range(number)) + "}").encode()
    begun = time.process_time()
    refused = [problem.why for problem in files.parse(content).refused]
    assert time.process_time() - begun <= 2
    assert number < readers.MAX_NAMES or refused == ["too_many_names"]
    assert number < readers.MAX_NAMES or reading.read_upload(content).refused[0].why == "too_many_names"
