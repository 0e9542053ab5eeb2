"""The words of consent: one spoken sentence, a warning before, and what is said at the end."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from suar.consent import wording
from suar.consent.codes import (
    AgeStatus,
    ContactWay,
    Field,
    Guardian,
    HowGiven,
    Interpretation,
    Involvement,
    Purpose,
    RecipientKind,
    Required,
)
from suar.consent.wording import SpokenConsent
from suar.core.codes import code_list

CONSENT = Path(__file__).parents[2] / "src/suar/consent"
LANGUAGES = ("en", "id")
MARCH = date(2027, 3, 30)
ENDING = "until 30 March 2027."


def say(language: str = "en", **changes) -> str:
    said = {
        "recipient": "legal aid",
        "purpose": Purpose.SERVICE,
        "ends_on": MARCH,
        "fields": frozenset({Field.CALLED_NAME, Field.SAFE_CONTACT, Field.NEEDS}),
        "about": ("JUS_WAGES",),
    }
    return wording.consent_sentence(SpokenConsent(**{**said, **changes}), language=language)


def test_consent_is_one_sentence():
    told = "the name you use here and this number"
    assert say() == f"Legal aid gets {told}, about your wages, {ENDING}"
    assert say("id", recipient="bantuan hukum") == (
        "Bantuan hukum menerima nama yang Anda pakai di sini dan nomor ini, tentang upah Anda, sampai 30 Maret 2027."
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"about": ("JUS_OTHER",)},
            f"gets the name you use here and this number, about your rights, {ENDING}",
        ),
        (
            {"about": ("JUSTICE",)},
            f"gets the name you use here and this number, about your rights, {ENDING}",
        ),
        ({"about": ("?",)}, f"this number, about the help you asked for, {ENDING}"),
        ({"about": ("JUS_WAGES", "SAF_RISK", "SAF_OTHER")}, f"about your wages and your safety, {ENDING}"),
        ({"fields": frozenset()}, f"gets nothing, {ENDING}"),
        ({"fields": frozenset({Field.CALLED_NAME})}, f"gets the name you use here, {ENDING}"),
        (
            {"fields": frozenset({Field.NEEDS})},
            f"gets what you need from them, about your wages, {ENDING}",
        ),
        (
            {"fields": frozenset({Field.CALLED_NAME, Field.SAFE_CONTACT, Field.SEX})},
            f"gets the name you use here, this number and your sex or gender, {ENDING}",
        ),
        ({"contact": ContactWay.OTHER}, "this safe way to reach you"),
        ({"purpose": Purpose.CRIMINAL}, f"about your wages, to report a crime, {ENDING}"),
    ],
)
def test_the_sentence_states_fields_recipient_purpose_and_end(changes, sentence):
    assert sentence in say(**changes)


def test_three_things_are_listed_as_indonesian_lists_them():
    fields = frozenset({Field.CALLED_NAME, Field.SAFE_CONTACT, Field.SEX})
    told = "nama yang Anda pakai di sini, nomor ini, dan jenis kelamin Anda"
    assert told in say("id", fields=fields)


def test_an_untranslated_language_falls_back_to_english():
    assert say("su") == say("en")
    assert wording.text("before", language="su") == wording.text("before", language="en")
    assert wording.spoken_date(MARCH, language="su") == "30 March 2027"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("field", Field)
@pytest.mark.parametrize("purpose", Purpose)
def test_every_field_and_purpose_has_wording(language, field, purpose):
    sentence = say(language, fields=frozenset({field}), purpose=purpose)
    assert sentence.endswith(".")
    assert "{" not in sentence


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("month", range(1, 13))
def test_dates_are_in_words(language, month):
    assert re.fullmatch(r"5 [A-Z][a-z]+ 2027", wording.spoken_date(date(2027, month, 5), language=language))


def test_the_warning_states_what_cannot_be_undone():
    warning = wording.text("before", language="en")
    assert "what was not opened is closed at once" in warning
    assert "What was already read cannot be unread" in warning
    assert "asked to delete" in warning


def test_the_withdrawal_text_states_who_read_what_and_when():
    read = [("Chioma at Legal Aid Melati", MARCH)]
    assert wording.withdrawal_lines(read, language="en") == (
        "What was not opened is closed now.",
        "Chioma at Legal Aid Melati read it on 30 March 2027.",
        "What was read cannot be unread. They are asked to delete it.",
    )
    assert "30 Maret 2027" in wording.withdrawal_lines(read, language="id")[1]


def test_the_withdrawal_text_omits_those_who_did_not_read():
    assert wording.withdrawal_lines([], language="en") == (
        "What was not opened is closed now.",
        "Nobody has read it.",
    )


def test_the_withdrawal_text_states_who_saw_the_preview():
    saw = [("Chioma", MARCH)]
    told = wording.withdrawal_lines([], saw, language="en")
    assert told[1] == "Nobody has read it."
    assert told[2].startswith("Chioma saw on 30 March 2027 that there is a request")
    assert told[2].endswith("not who it is about.")
    assert told[3] == "What was read cannot be unread. They are asked to delete it."
    assert "30 Maret 2027" in wording.withdrawal_lines([], saw, language="id")[2]


def test_an_unknown_text_version_is_an_error():
    with pytest.raises(KeyError):
        wording.text("before", language="en", version=99)
    with pytest.raises(KeyError):
        wording.text("after", language="en")


def test_text_versions_only_grow():
    versions = json.loads((CONSENT / "data" / "texts.json").read_text("utf-8"))["versions"]
    assert [row["version"] for row in versions] == list(range(1, wording.LATEST + 1))
    for row in versions:
        assert all(set(words) == {"en", "id"} for words in row["texts"].values())


LISTS = {
    "purposes": Purpose,
    "recipient_kinds": RecipientKind,
    "fields": Field,
    "required": Required,
    "how_given": HowGiven,
    "interpretation": Interpretation,
    "age_status": AgeStatus,
    "guardians": Guardian,
    "involvement": Involvement,
    "refusals": code_list("consent", "refusals"),
}


@pytest.mark.parametrize("name", LISTS)
def test_every_code_has_a_label_in_both_languages(name):
    codes = code_list("consent", name)
    assert set(codes) == set(LISTS[name])
    assert all(member.labels[language] for member in codes.members for language in LANGUAGES)


def test_no_code_means_two_things():
    every = [code for codes in LISTS.values() for code in codes]
    assert len(every) == len({str(code) for code in every})


FILES = sorted(CONSENT.glob("*/*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_wording_uses_no_label_for_the_person(path):
    text = path.read_text("utf-8").lower()
    assert not [word for word in ("victim", "korban", "client", "beneficiar") if word in text]
    file = json.loads(text)
    assert file["source"]
    assert file["licence"] == "apache-2.0"
