"""The rules on the invented stories of tests/talks; `./suar prove talk` prints the figures."""

import json

import pytest

from bench import prove_talk
from suar.screening.rules.answers import LATEST

STORIES = [json.loads(file.read_text("utf-8")) for file in sorted(prove_talk.FOLDER.glob("*.json"))]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["id"])
def test_the_answers_of_a_story_are_answers_of_the_present_forms(story):
    assert prove_talk.answers_of(story["taps"], LATEST)


def test_the_goals_on_the_stories_are_reached():
    assert prove_talk.missed_goals(prove_talk.score_all()) == []
