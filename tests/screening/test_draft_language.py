"""Khmer is a draft of the talk: a change of data, for the demonstration only."""

import pytest
from django.urls import reverse
from django.utils import translation

from suar.consent import actions as consents
from suar.core import i18n
from suar.core.refusals import Refused
from suar.screening import actions
from suar.screening.codes import Outcome
from suar.screening.rules.answers import Reason
from suar.screening.rules.instrument import instrument
from suar.screening.rules.setting import initial_answers
from suar.screening.wording import draft_words, say
from tests.people import acting_as, client_of
from tests.screening.conversing import SAFE, text

KHMER = "km"
DRAFTS = [language.code for language in i18n.talk_languages(demo=True) if language.talk.draft]


def every_wording() -> set[str]:
    """Return every wording of the talk in the source language."""
    wordings, todo = set(), [talk.model_dump() for talk in (instrument(), instrument("full"))]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            wordings |= {node["en"]} if isinstance(node.get("en"), str) else set()
            todo += node.values()
        elif isinstance(node, list | tuple):
            todo += node
    return wordings


def test_a_draft_is_offered_in_the_demonstration_only():
    assert KHMER in DRAFTS
    assert i18n.talk_languages(demo=False) == ()


@pytest.mark.parametrize("language", DRAFTS)
def test_a_draft_translates_wordings_that_exist(language):
    words = draft_words(language)
    assert words
    assert set(words) <= every_wording()
    with translation.override(language):
        for source, draft in words.items():
            assert say({"en": source}) == draft
        assert say({"en": "Not translated", "id": "x"}) == "Not translated"


@pytest.mark.django_db
def test_in_the_demonstration_the_whole_talk_is_shown_in_khmer(talk, village, settings):
    settings.SUAR_TALK_LANGUAGES = (KHMER,)
    client = client_of(village.ben)
    client.post(reverse("talk_step", args=[talk.record, "SAFE"]), {**SAFE, "version": 1, "go": f"speak-{KHMER}"})
    page = text(client.get(reverse("talk_step", args=[talk.record, "SAFE"])))
    assert f'<html lang="{KHMER}"' in page
    assert draft_words(KHMER)["Can anyone hear or see the two of you?"] in page
    assert talk.seen_by(village.ben).post("SAFE", **SAFE).status_code == 302


@pytest.mark.django_db
def test_outside_the_demonstration_a_draft_language_is_refused(talk, village):
    page = text(talk.page("SAFE"))
    assert f'value="speak-{KHMER}"' not in page
    answer = talk.post("SAFE", **SAFE, go=f"speak-{KHMER}")
    assert f'<html lang="{KHMER}"' not in text(talk.client.get(answer["Location"]))
    by, opened = acting_as(village.ben), talk.open()
    ended = actions.Conclusion(outcome=Outcome.UNABLE, reason=Reason("RS_NO_ROOM"))
    for act in (
        lambda: actions.begin_talk(min(by.viewer.teams), initial_answers(), by=by),
        lambda: actions.save_answers(opened, talk.answers(), by=by),
        lambda: actions.conclude_talk(opened, ended, by=by),
        lambda: consents.record_consent(opened, None, by=by),
    ):
        with translation.override(KHMER), pytest.raises(Refused, match="language_is_draft"):
            act()
