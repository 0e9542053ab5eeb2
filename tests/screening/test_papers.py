"""The information sheet: in both languages, with sources, without words that hurt."""

import json
import re

import pytest
from django.urls import reverse

from suar.screening.rules.data_files import DATA
from suar.screening.rules.reference import information
from tests.people import client_of

NEVER = {
    "en": ("victim", "suspect", "illegal", "rescue", "client", "beneficiary", "traffick"),
    "id": ("korban", "tersangka", "ilegal", "klien", "perdagangan orang", "penerima manfaat"),
}
KNOWN = re.compile(r'"code": "([A-Z0-9-]+)"')


def test_every_sentence_speaks_both_languages_and_is_short():
    sheet = information()
    assert {"NAMED", "TOLD", "HELP", "WITNESS"} <= {part.code for part in sheet.parts}
    for part in sheet.parts:
        for said in (part.title, *part.lines):
            assert said["en"]
            assert said["id"]
            assert said["en"] != said["id"]
            assert max(len(said["en"]), len(said["id"])) <= 220


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_information_sheet_has_no_harmful_word(language):
    said = " ".join(text[language].casefold() for part in information().parts for text in (part.title, *part.lines))
    assert [word for word in NEVER[language] if word in said] == []


def test_every_part_names_sources_that_exist():
    told = json.loads((DATA / "information-1.json").read_text("utf-8"))
    every = KNOWN.findall((DATA / "sources-1.json").read_text("utf-8"))
    known = {*every, *(item["code"] for item in told["sources"])}
    for part in told["parts"]:
        assert part["source"]
        assert set(part["source"]) <= known


def test_the_sheet_does_not_tie_help_to_testimony(village):
    page = client_of(village.ben).get(reverse("information")).content.decode()
    assert "You get help whether you say yes or no." in page
