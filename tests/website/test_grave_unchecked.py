"""Grave words that nobody checked say so in a running house, in whatever language they stand."""

import dataclasses

import pytest
from django.utils import translation

from suar.core.environment import Mode
from suar.core.i18n import Translation
from tests.website.asking import OWN, ticket_of

pytestmark = pytest.mark.django_db


def code_page(visitor, language: str) -> str:
    """Open the page on which a return code is typed."""
    sent = {"ticket": ticket_of(visitor.get("/en/")), "lang": language, "do": "enter_code"}
    return visitor.post("/", sent, headers=OWN).content.decode()


def draft_in(language: str) -> str:
    with translation.override(language):
        return str(
            translation.gettext("These words are a draft. Nobody who grew up with this language has checked them yet.")
        )


@pytest.mark.parametrize(("asked", "spoken"), [("en", "en"), ("id", "id"), ("km", "id")])
def test_a_live_site_marks_unchecked_critical_texts(visitor, settings, asked, spoken):
    settings.SUAR_MODE = Mode.RUN
    assert draft_in(spoken) in code_page(visitor, asked)


def test_checked_english_has_no_note(visitor, settings):
    settings.SUAR_MODE = Mode.RUN
    # No language that is shipped was checked yet, so the table says of one that it was.
    every = settings.SUAR_LANGUAGES
    checked = dataclasses.replace(every["en"], public=Translation(made_by="", checked="a native speaker, 2026-11-27"))
    settings.SUAR_LANGUAGES = {**every, "en": checked}
    assert draft_in("en") not in code_page(visitor, "en")


def test_the_demonstration_has_no_note_on_english(visitor):
    assert draft_in("en") not in code_page(visitor, "en")
