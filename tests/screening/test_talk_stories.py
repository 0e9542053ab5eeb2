"""The rules on the invented stories of tests/talks; `./suar prove talk` prints the figures."""

import pytest

from bench import prove_talk
from suar.screening.rules.answers import LATEST

STORIES = prove_talk.read_stories(reports=False)

SCORED = prove_talk.score_all()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["id"])
def test_the_answers_of_a_story_are_answers_of_the_present_forms(story):
    assert prove_talk.answers_of(story["taps"], LATEST)


def test_the_goals_are_reached_and_real_signs_are_found_as_often_as_before_in_every_group():
    assert prove_talk.missed_goals(SCORED) == []


def test_what_the_rules_have_reached_is_not_lost():
    harmless = [row for row in SCORED if row.story["group"] == "harmless"]
    assert sum(row.is_acceptable(row.now) for row in SCORED) >= 205
    assert sum(row.is_acceptable(row.now) for row in SCORED if not row.is_cut_short) >= 160
    assert sum(row.now in prove_talk.FLAGGED for row in harmless) <= 7
