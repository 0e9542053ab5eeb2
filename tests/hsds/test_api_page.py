"""The examples of docs/api.md run, and what they show is what is answered."""

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


def shown_in(shown: Any, answered: Any) -> bool:
    """Say whether all that is shown stands in the answer."""
    if isinstance(shown, dict):
        return all(k in answered and shown_in(each, answered[k]) for k, each in shown.items())
    if isinstance(shown, list):
        return len(shown) <= len(answered) and all(map(shown_in, shown, answered))
    return bool(shown == answered)


@pytest.mark.parametrize(("method", "path", "body", "shown"), EXAMPLES)
def test_an_example_answers_what_the_page_shows(
    public_door: None, method: str, path: str, body: str, shown: str
) -> None:
    assert load(*world()).applied
    client = Client()
    posted = {"data": body, "content_type": "application/json"} if body else {}
    answer = client.generic(method, path, **posted)
    if answer.streaming:
        found = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
        wanted = [json.loads(line) for line in shown.splitlines()]
    else:
        found, wanted = json.loads(answer.content), json.loads(shown)
    assert shown_in(wanted, found), found


def test_every_example_of_the_page_is_run() -> None:
    assert len(EXAMPLES) == PAGE.count("```") // 2 == 8
    assert not shown_in({"a": [{"b": 1}]}, {"a": [{"b": 2}]})
