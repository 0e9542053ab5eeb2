"""The examples of docs/api.md run and return the documented answers."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from tests.directory.entries import load
from tests.hsds.public import world
from tools.places import ROOT

pytestmark = pytest.mark.django_db
PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")
EXAMPLE = re.compile(r"```\n(GET|POST) (\S+)\n(?:(\{[^\n]*\})\n)?\n(.*?)```", re.DOTALL)
EXAMPLES = EXAMPLE.findall(PAGE)


def is_part_of(expected: Any, answered: Any) -> bool:
    """Return True if the answer contains everything in the example."""
    if isinstance(expected, dict):
        return all(k in answered and is_part_of(value, answered[k]) for k, value in expected.items())
    if isinstance(expected, list):
        return len(expected) <= len(answered) and all(map(is_part_of, expected, answered))
    return bool(expected == answered)


@pytest.mark.parametrize(("method", "path", "body", "example"), EXAMPLES)
def test_an_example_answers_what_the_page_shows(
    public_site: None, method: str, path: str, body: str, example: str
) -> None:
    assert load(*world()).applied
    client = Client()
    posted = {"data": body, "content_type": "application/json"} if body else {}
    answer = client.generic(method, path, **posted)
    if answer["Content-Type"] == "application/x-ndjson":
        actual = [json.loads(line) for line in answer.content.splitlines()]
        wanted = [json.loads(line) for line in example.splitlines()]
    else:
        actual, wanted = json.loads(answer.content), json.loads(example)
    assert is_part_of(wanted, actual), actual


def test_every_example_of_the_page_is_run() -> None:
    assert len(EXAMPLES) == PAGE.count("```") // 2 == 8
    assert not is_part_of({"a": [{"b": 1}]}, {"a": [{"b": 2}]})
