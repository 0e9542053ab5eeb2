"""Labels and texts of every code in English and Indonesian."""

import re
from uuid import UUID

import polib
import pytest
from django.utils import translation
from hypothesis import given, settings

from suar.core.codes import code_list
from suar.directory import catalogue, labels
from suar.directory.cards import CardHours
from suar.directory.documents import Problem
from suar.directory.facts import PersonFacts, Reason, ServiceFacts
from suar.directory.rules import fit
from tests.directory.entries import day
from tests.directory.test_fit import OPEN, TABLE
from tests.directory.test_fit_properties import people, services
from tests.house.reading import SUAR
from tests.hsds import test_hsds_refusals as refusals
from tests.hsds.test_reading import HOSTILE

CODE = re.compile(r"[A-Z]{2,}_|\b[A-Z]{5,}\b|%\(|24_7|\bEL_")
WORDS = SUAR / "directory" / "locale" / "id" / "LC_MESSAGES" / "django.po"


@settings(max_examples=150, deadline=None)
@given(people, services)
@pytest.mark.parametrize("language", ["en", "id"])
def test_reason_texts_contain_no_codes(language: str, person: PersonFacts, service: ServiceFacts) -> None:
    with translation.override(language):
        reasons = fit.split_reasons(person, fit.fit(person, service))
        stated = [labels.reason_text(item) for item in (*reasons.first, *reasons.more)]
    assert all(stated)
    assert [item for item in stated if CODE.search(item)] == []


def test_every_reason_has_a_text() -> None:
    keys = {key.rsplit(".", 1)[0] if key.count(".") > 1 else key for key in code_list("directory", "match_reasons")}
    visible = {f"{row[0]}.{row[4]}" for row in TABLE if row[4]}
    notes = {"EL_CAPACITY.unknown", "EL_TIME.states", "EL_RESIDENTIAL.states"}
    assert visible - notes <= keys


REASON_TEXTS = [
    (Reason("EL_SEX", "match", "FOR", ("MALE",)), "Takes men", "Menerima laki-laki"),
    (Reason("EL_PAPERS", "open", "FOR", ("NONE",)), "No papers needed", "Tidak perlu dokumen"),
    (Reason("EL_AREA", "site", "FOR", ("32.74",)), "In Cirebon City", "Di Kota Cirebon"),
    (
        Reason("EL_AGE", "match", "FOR", ("18", "")),
        "Takes people of 18 and older",
        "Menerima orang berusia 18 tahun ke atas",
    ),
    (Reason("EL_AGE", "match", "FOR", ("0", "17")), "Takes people under 18", "Menerima orang di bawah 18 tahun"),
    (
        Reason("EL_LANGUAGE", "match", "FOR", ("id", "su")),
        "Speaks Indonesian, Sundanese",
        "Berbicara Bahasa Indonesia, Bahasa Sunda",
    ),
    (Reason("EL_TIME", "states", "NOTE", ("24_7",)), "day and night", "siang dan malam"),
]


@pytest.mark.parametrize(("reason", "english", "indonesian"), REASON_TEXTS)
def test_reason_text(reason: Reason, english: str, indonesian: str) -> None:
    assert labels.reason_text(reason) == english
    with translation.override("id"):
        assert labels.reason_text(reason) == indonesian


def test_every_file_problem_has_a_text() -> None:
    met = {row[3] for row in refusals.ALTERED} | {why for _, why in refusals.WHOLE_FILES}
    met |= {why for _, whys in refusals.ENTRIES for _, why in whys}
    met |= {expected[1] for _, expected in refusals.ROWS} | {why for _, why in HOSTILE}
    assert len(met) > 40
    assert met <= set(code_list("directory", "file_problems"))


def test_every_text_belongs_to_a_file_problem() -> None:
    stages = [
        *(SUAR / "hsds").rglob("*.py"),
        *(SUAR / "directory").rglob("*.py"),
    ]
    source = "".join(path.read_text("utf-8") for path in stages)
    assert [code for code in code_list("directory", "file_problems") if f'"{code}"' not in source] == []


def test_problem_text_and_location() -> None:
    problem = Problem("entry 2", "email", "not_email")
    assert labels.problem_location(problem) == "entry 2: email"
    assert labels.problem_text(problem) == "This is not an email address."
    assert labels.problem_location(Problem("", "", "xml")) == "The whole file"


def test_translations_have_same_placeholders() -> None:
    for entry in polib.pofile(str(WORDS)):
        texts = [*entry.msgstr_plural.values()] or [entry.msgstr]
        fills = re.compile(r"%\(\w+\)[sd]")
        for item in texts:
            assert item, entry.msgid
            assert sorted(fills.findall(entry.msgid)) == sorted(fills.findall(item))


def test_labels_of_known_and_unknown_codes() -> None:
    assert labels.service_type_name("HOU_MEN") == "Shelter for men"
    assert labels.service_type_name("HOUSING") == "Housing and accommodation"
    assert labels.service_type_name("NEW_CODE") == labels.place_name("NEW_CODE") == labels.value_label("NEW_CODE")
    assert labels.value_label("FEMALE") == "female"
    assert labels.value_label("NONE") == "None"
    assert (labels.language_name("su"), labels.language_name("xx")) == ("Sundanese", "xx")
    assert labels.access_label("AC_HOW") == "How to ask"
    assert labels.attribute_label("EL_SEX") == "Sex or gender served"
    with translation.override("id"):
        assert labels.service_type_name("HOU_MEN") == "Selter laki-laki"
        assert labels.place_name("SEA") == "Di laut dan di pelabuhan"


def test_form_choices_contain_every_code() -> None:
    types = {code for _, group in labels.service_type_choices() for code, _ in group}
    assert types == set(catalogue.types())
    places = {code for _, group in labels.place_choices() for code, _ in group}
    assert places == set(catalogue.places()) - {"NATIONAL"}
    assert {code for code, _ in labels.language_choices()} == set(catalogue.languages())


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ((0, 1, 2, 3, 4), "Monday to Friday"),
        ((5, 6), "Saturday, Sunday"),
        ((0, 2, 3, 4), "Monday, Wednesday to Friday"),
        ((0, 1, 2, 3, 4, 5, 6), "every day"),
        ((), ""),
    ],
)
def test_neighbouring_weekdays_form_a_span(days: tuple[int, ...], words: str) -> None:
    assert labels.days_words(days) == words


def test_hours_say_what_is_known_and_no_more() -> None:
    assert labels.hours_text(CardHours((), "", "", "By phone")) == "By phone"
    assert labels.hours_text(CardHours((0,), "", "", "")) == "Monday"
    assert labels.hours_text(CardHours((0, 4), "08:00", "12:00", "Ring")) == "Monday, Friday, 08:00-12:00. Ring"
    assert "08:00-23:59" in labels.hours_text(CardHours((0,), "08:00", "23:59", ""))


@pytest.mark.parametrize(("language", "when"), [("en", "day and night"), ("id", "siang dan malam")])
def test_day_and_night_is_said_once(language: str, when: str) -> None:
    week, begins = tuple(range(7)), f"{when.capitalize()}, a woman answers"
    with translation.override(language):
        assert labels.hours_parts(CardHours(week, "00:00", "23:59", "")) == (when, "")
        assert labels.hours_parts(CardHours(week, "00:00", "23:59", begins)) == ("", begins)
        assert labels.hours_parts(CardHours(week, "00:00", "23:59", "Ring")) == (when, "Ring")
        assert labels.hours_parts(CardHours((5, 6), "00:00", "24:00", "Ring"))[0].endswith(when)


def test_date_and_age_texts() -> None:
    assert labels.confirmed_text(day("2026-11-20")) == "Confirmed on 20 November 2026"
    assert labels.confirmed_text(None) == "Not confirmed yet"
    assert labels.age_range_text("", "") == labels.age_range_text("0", "") == "all ages"
    assert labels.age_range_text("12", "17") == "people from 12 to 17"


def test_fact_text_of_each_attribute() -> None:
    bare = ServiceFacts(id=UUID(int=1))
    assert {labels.fact_text(code, bare) for code in labels.comparable_attributes()} == {"Not stated"}
    assert labels.fact_text("EL_COOPERATION", OPEN) == "No"
    assert labels.fact_text("EL_SEX", OPEN) == "everyone"
    assert labels.fact_text("EL_PAPERS", OPEN) == "none"
