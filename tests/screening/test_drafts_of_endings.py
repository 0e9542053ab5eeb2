"""Drafts of the last page of a talk."""

from django.urls import reverse

from tests.screening.conversing import Conversation, text


def test_nothing_about_the_person_is_in_a_draft_before_they_agree_that_it_is_stored(talk: Conversation) -> None:
    talk.walk()
    talk.sum_up()
    sent = {"draft": "outcome", "name": "Amina Rekaan", "exclude_words": "her uncle", "words": "so far"}
    assert talk.client.post(reverse("save_draft", args=[talk.record]), sent).status_code == 204
    page = text(talk.sum_up())
    assert "so far" in page
    assert "Amina Rekaan" not in page
    assert "her uncle" not in page
