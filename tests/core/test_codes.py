"""Code lists and translated texts follow the active language."""

import json

import pytest
from django import forms
from django.template import Context, Template, engines
from django.utils import translation

from suar.core import codes, i18n
from suar.core.codes import code_list

ROWS = [
    {"code": "FU_1W", "label": {"en": "After a week", "id": "Setelah seminggu"}, "days": 7},
    {"code": "FU_1M", "label": {"en": "After a month"}},
]


@pytest.fixture
def follow_ups(tmp_path, monkeypatch):
    engines.all()  # its tags import modules that read the shipped lists
    (tmp_path / "cases" / "codes").mkdir(parents=True)
    monkeypatch.setattr(codes, "APPS", tmp_path)
    write(tmp_path, ROWS)
    code_list.cache_clear()
    yield code_list("cases", "follow_ups")
    code_list.cache_clear()


def write(folder, rows):
    data = {"source": "test", "codes": rows}
    (folder / "cases" / "codes" / "follow_ups.json").write_text(json.dumps(data), "utf-8")


def test_a_code_list_keeps_its_order(follow_ups):
    assert list(follow_ups) == ["FU_1W", "FU_1M"]
    assert len(follow_ups) == 2
    assert "FU_1W" in follow_ups
    assert "other" not in follow_ups
    assert follow_ups["FU_1W"]["days"] == 7
    assert follow_ups["FU_1M"].get("days") is None
    assert follow_ups.source == "test"


def test_a_label_follows_the_active_language(follow_ups):
    assert follow_ups.label("FU_1W") == "After a week"
    with translation.override("id"):
        assert follow_ups.label("FU_1W") == "Setelah seminggu"
        assert follow_ups["FU_1W"].label == "Setelah seminggu"
        assert follow_ups.label("FU_1M") == "After a month", "the source language stands in"
    assert follow_ups.label("FU_1W", "id") == "Setelah seminggu"


def test_a_withdrawn_code_is_its_own_label(follow_ups):
    assert follow_ups.label("FU_GONE") == "FU_GONE"


def test_choices_of_a_form_class_follow_the_language_in_which_it_is_shown(follow_ups):
    class Form(forms.Form):
        when = forms.ChoiceField(choices=follow_ups.choices)

    with translation.override("id"):
        assert "Setelah seminggu" in str(Form()["when"])
    assert "After a week" in str(Form()["when"])
    assert Form({"when": "FU_1W"}).is_valid()
    assert not Form({"when": "other"}).is_valid()


def test_a_code_listed_twice_is_refused(follow_ups, tmp_path):
    write(tmp_path, [ROWS[0], ROWS[0]])
    code_list.cache_clear()
    with pytest.raises(ValueError, match="cases/follow_ups lists a code twice"):
        code_list("cases", "follow_ups")


def test_templates_show_labels_and_texts(follow_ups):
    page = Template('{% load website %}{{ code|label:"cases.follow_ups" }}, {{ text|localized }}')
    shown = {"code": "FU_1W", "text": {"en": "Yes", "id": "Ya"}}
    assert page.render(Context(shown)) == "After a week, Yes"
    with translation.override("id"):
        assert page.render(Context(shown)) == "Setelah seminggu, Ya"


@pytest.mark.parametrize(
    ("texts", "language", "shown"),
    [
        ({"en": "Yes", "id": "Ya"}, "id", "Ya"),
        ({"en": "Yes", "sr-latn": "Da"}, "sr", "Da"),
        ({"en": "Yes", "id": "Ya"}, "id-ID", "Ya"),
        ({"en": "Yes", "id": ""}, "id", "Yes"),
        ({"km": "bat"}, "id", "bat"),
        ({}, "id", ""),
    ],
)
def test_a_text_falls_back_to_the_nearest_language(texts, language, shown):
    assert i18n.localize(texts, language) == shown


def test_a_translation_that_nobody_checked_is_a_draft():
    languages = i18n.LANGUAGES
    assert not languages[i18n.SOURCE_LANGUAGE].staff.draft
    assert languages["id"].staff.draft
    assert not i18n.Translation("machine", "a teacher, 2026-11").draft
    assert {staff_language.code for staff_language in i18n.staff_languages()} < {
        public_language.code for public_language in i18n.public_languages()
    }
