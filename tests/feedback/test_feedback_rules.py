"""Who hears what, what is counted, and which words may stand on the public page."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from suar.contact.documents import RequestKind
from suar.core.codes import Code
from suar.core.small_counts import SMALLEST, at_least
from suar.feedback import survey
from suar.feedback.forms import marked_choices
from suar.feedback.rules import counting
from suar.feedback.rules.counting import Counted, count_answers, find_small_numbers
from suar.feedback.rules.routing import (
    INSIDERS,
    OPEN_FOR,
    WHO_READS,
    Handlers,
    choose_handlers,
    organisations_taken,
    takes_feedback,
)
from suar.feedback.survey import SurveyAnswers
from tests.website.test_reading_age import too_hard
from tests.website.test_words import UNKIND

WHO_LEADS = "WHO_LEADS"
HERE, OUTSIDE, OTHER, BUSY = (UUID(int=number) for number in (1, 2, 3, 4))
FEEDBACK, COMPLAINT = RequestKind.FEEDBACK, RequestKind.COMPLAINT
AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
NAMED = Handlers(frozenset({HERE, OUTSIDE}), frozenset({OUTSIDE}), {HERE: OUTSIDE})
ALONE = Handlers(frozenset({HERE}), frozenset(), {})
ASLEEP = Handlers(frozenset({HERE}), frozenset(), {HERE: OUTSIDE})

houses = st.sampled_from([HERE, OUTSIDE, OTHER, BUSY])
handlers = st.builds(Handlers, st.frozensets(houses), st.frozensets(houses), st.dictionaries(houses, houses))
workers = st.sampled_from(["", *(member.code for member in survey.WORKERS.members)])
concerns = st.tuples(st.sampled_from([FEEDBACK, COMPLAINT]), st.none() | houses, workers)


def reader_of(concern, who):
    kind, about, worker = concern
    return choose_handlers(kind, who, about=about, worker=worker)


@pytest.mark.parametrize(
    ("concern", "who", "heard_by"),
    [
        ((COMPLAINT, HERE, ""), NAMED, OUTSIDE),
        ((COMPLAINT, HERE, ""), ALONE, None),
        ((COMPLAINT, OUTSIDE, ""), NAMED, None),
        ((COMPLAINT, None, ""), NAMED, OUTSIDE),
        ((COMPLAINT, None, ""), ALONE, None),
        ((FEEDBACK, HERE, ""), NAMED, OUTSIDE),
        ((FEEDBACK, HERE, ""), ALONE, HERE),
        ((FEEDBACK, HERE, ""), ASLEEP, None),
        ((FEEDBACK, HERE, WHO_READS), ALONE, None),
        ((FEEDBACK, HERE, WHO_LEADS), ALONE, None),
        ((FEEDBACK, HERE, WHO_LEADS), NAMED, OUTSIDE),
        ((FEEDBACK, None, ""), ALONE, HERE),
        ((FEEDBACK, None, WHO_READS), ALONE, None),
        ((FEEDBACK, None, WHO_LEADS), NAMED, OUTSIDE),
        ((FEEDBACK, None, WHO_READS), NAMED, None),
        ((COMPLAINT, None, WHO_READS), NAMED, None),
        ((FEEDBACK, OTHER, ""), NAMED, None),
        ((FEEDBACK, None, ""), Handlers(frozenset(), frozenset(), {}), None),
    ],
)
def test_feedback_goes_to_readers_it_is_not_about(concern, who, heard_by):
    assert reader_of(concern, who) == heard_by


@given(concerns, handlers)
def test_complaints_go_outside_the_organisation(concern, who):
    heard_by, (kind, house, worker) = reader_of(concern, who), concern
    if kind is COMPLAINT or worker in INSIDERS:
        assert heard_by is None or heard_by != house
        assert heard_by is None or heard_by in who.for_others
        assert heard_by is None or house or heard_by not in who.outside
        assert heard_by is None or house or worker != WHO_READS
    if heard_by is not None:
        assert heard_by in who.own | who.for_others


@given(concerns, handlers)
def test_a_named_outside_reader_replaces_own_handlers(concern, who):
    house = concern[1]
    if house in who.outside:
        assert reader_of(concern, who) in (None, who.outside[house])


@given(handlers)
def test_only_organisations_with_readers_are_offered(who):
    for kind in (FEEDBACK, COMPLAINT):
        assert all(choose_handlers(kind, who, about=house) for house in organisations_taken(kind, who))
    assert organisations_taken(COMPLAINT, who) <= set(who.outside)


@pytest.mark.parametrize(
    ("on", "many", "ago", "because"),
    [
        (True, 1, timedelta(), ""),
        (True, 1, OPEN_FOR, ""),
        (False, 1, timedelta(), "switched_off"),
        (True, 0, timedelta(), "nobody_apart"),
        (True, 1, OPEN_FOR + timedelta(seconds=1), "nobody_looked"),
    ],
)
def test_without_a_reader_nothing_is_accepted(on, many, ago, because):
    told = takes_feedback(switched_on=on, handlers=many, looked_at=AT - ago, at=AT)
    assert (told.because or "") == because


@pytest.mark.parametrize(("people", "told"), [(0, None), (4, None), (5, 5), (9, 5), (10, 10), (14, 10)])
def test_counts_are_rounded_down_to_fives(people, told):
    assert at_least(people) == told


def worlds(most=24):
    return [(low, mid, high) for low in range(most) for mid in range(most) for high in range(most)]


def test_published_counts_hide_every_part_under_five():
    """Every count that would look the same: each part may be any of at least five numbers."""
    seen = {}
    for low, mid, high in worlds():
        told = count_answers([1] * low + [3] * mid + [5] * high)
        seen.setdefault(told, []).append((low, mid, high))
    assert len(seen) > 20, "positive control"
    for told, alike in seen.items():
        ranges = [{item[part] for item in alike} for part in range(3)]
        edge = max(max(item) for item in alike) >= 20
        assert edge or min(map(len, ranges)) >= SMALLEST, told


def test_totals_beside_suppressed_parts_could_be_derived():
    alike = [world for world in worlds(5) if 10 <= sum(world) < 15]
    assert {item[0] for item in alike} == {2, 3, 4}


def test_a_total_is_published_only_without_parts():
    assert count_answers([1, 1, 3, 3, 5, 5]) == Counted(None, None, None, 5)
    assert count_answers([1] * 7 + [5] * 2) == Counted(5, None, None, None)
    assert count_answers([]) == Counted(None, None, None, None)


def test_a_person_counts_once_in_a_dimension_by_the_lowest_answer():
    dimensions = {"A": "RESPECT", "B": "RESPECT", "C": "SAFETY"}
    told = counting.by_dimension({"A": 5, "B": 2, "C": 4, "GONE": 1}, dimensions)
    assert told == {"RESPECT": 2, "SAFETY": 4}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Two women said it.", ["Two"]),
        ("Dua perempuan berkata begitu.", ["Dua"]),
        ("Of 12 people 3 said no.", ["3"]),
        ("One person wrote.", ["One"]),
        ("Seorang ibu menulis.", ["Seorang"]),
        ("Satu dari mereka pergi.", ["Satu"]),
        ("20 % were afraid.", ["%"]),
        ("Half of them left.", ["Half of"]),
        ("Only one of you wrote.", ["one"]),
        ("٣ نساء", ["٣"]),
        ("The three said so.", ["three"]),
        ("Both left.", ["Both"]),
        ("Sepuluh persen", ["persen"]),
        ("4 complaints", ["4"]),
        ("They were 3", ["3"]),
    ],
)
def test_small_numbers_in_texts_are_detected(text, found):
    assert find_small_numbers(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Somebody answers within 2 days.",
        "Dalam tiga hari ada jawaban.",
        "No one is alone.",
        "12 people spoke.",
        "It opens at 14:30.",
        "A few people said so.",
        "Satu hal berubah.",
        "Room A-3 is quiet now.",
        "",
        "It took 2.5 months.",
        "10,000 rupiah",
        "We waited four weeks.",
        "The number is 0.",
    ],
)
def test_words_about_time_and_many_people_are_allowed(text):
    assert find_small_numbers(text) == []


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_only_past_quarters_can_be_published(day):
    year, number = counting.quarter_of(day)
    first, after = counting.quarter_days(year, number)
    assert first <= day < after
    over = counting.past_quarters(day)
    assert len(set(over)) == 4
    assert all(counting.quarter_days(*item)[1] <= day for item in over)
    assert counting.quarter_days(*over[0])[1] == first


@given(st.dictionaries(st.sampled_from(["FB_AS_SAFE", "FB_SH_CALM"]), st.integers(1, 5)), workers)
def test_survey_answers_round_trip(answers, worker):
    for said in (
        SurveyAnswers(stage="SHELTER", answers=answers, organisation=HERE, worker=worker),
        SurveyAnswers(complaint="CP_LEAK", worker=worker),
    ):
        assert SurveyAnswers.model_validate_json(said.model_dump_json(by_alias=True)) == said


LISTS = (survey.STAGES, survey.STATEMENTS, survey.ANSWERS, survey.WORKERS, survey.OUTCOMES, survey.COMPLAINTS)


def every_word(language):
    return [code.labels[language] for codes in LISTS for code in codes.members]


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_statements_are_short_and_kind(language):
    words = every_word(language)
    assert len(words) > 70
    assert all(words)
    assert [word for word in words if UNKIND.search(word)] == []
    assert too_hard([f"{word.rstrip('.')}." for word in words], language) == []


def test_every_statement_has_a_dimension_and_a_stage():
    assert len(survey.STATEMENTS) >= 39
    assert {row["dimension"] for row in survey.STATEMENTS.members} == set(survey.DIMENSIONS)
    assert {row["stage"] for row in survey.STATEMENTS.members} == set(survey.STAGES)
    assert all(0 < len(survey.statements_of(stage)) <= 8 for stage in survey.STAGES)
    assert set(survey.WORKERS) >= INSIDERS
    assert list(survey.ANSWERS) == ["1", "2", "3", "4", "5"]


def test_grave_complaints_have_the_shortest_deadline():
    rows = survey.COMPLAINTS.members
    grave = max(row["answer_days"] for row in rows if row["severity"] == "critical")
    assert grave < min(row["answer_days"] for row in rows if row["severity"] != "critical")
    assert all(row["acknowledge_days"] <= row["answer_days"] for row in rows)


def test_untranslated_labels_declare_their_language():
    rows = [Code("A", {"en": "While I travelled", "id": "Waktu saya jalan"})]
    with translation.override("id"):
        assert marked_choices(rows) == [("A", "Waktu saya jalan")]
    with translation.override("ar"):
        assert marked_choices(rows) == [("A", '<span lang="en" dir="ltr">While I travelled</span>')]
