"""Rules of ratings, walked over the tables of domains and ratings, and their trend as a picture."""

from datetime import date, timedelta

import pytest

from suar.cases import progress
from suar.cases.codes import DOMAINS, RATINGS
from suar.cases.rules import progress as rules

TODAY = date(2026, 11, 30)
NUMBERS = [rating.code for rating in RATINGS.members if rating.get("number")]
WITHOUT = [rating.code for rating in RATINGS.members if not rating.get("number")]


def day(days):
    return TODAY + timedelta(days=days)


def test_the_tables_are_whole():
    assert len(DOMAINS) == 15
    assert (NUMBERS, WITHOUT) == (["1", "2", "3", "4", "5"], ["NA", "NK", "PN"])
    assert set(rules.URGENT) == {"HOUSING", "SECURITY", "PHYSICAL_WELL", "MENTAL_WELL", "SECONDARY"}


@pytest.mark.parametrize("domain", DOMAINS.members, ids=lambda domain: domain.code)
def test_each_domain_has_five_anchors_and_a_question_in_both_languages(domain):
    assert len(domain["anchors"]) == 5
    for text in (*domain["anchors"], domain["question"], domain.labels):
        assert set(text) == {"en", "id"}
        assert all(text.values())


@pytest.mark.parametrize("side", [0, 1], ids=["person", "worker"])
@pytest.mark.parametrize("rating", RATINGS)
@pytest.mark.parametrize("domain", DOMAINS)
def test_a_rating_of_1_opens_an_urgent_need_only_where_the_table_says_so(domain, rating, side):
    sides = [{domain: rating} if side == place else {} for place in range(2)]
    needs = rules.urgent_needs(sides)
    expected = DOMAINS[domain].get("urgent_need") if rating == "1" else None
    assert needs == ({expected["service_type"]: expected["urgency"]} if expected else {})


@pytest.mark.parametrize("after", RATINGS)
@pytest.mark.parametrize("before", RATINGS)
def test_a_fall_is_two_points_between_numbers(before, after):
    high, low = rules.number(before), rules.number(after)
    falls = bool(high and low and high - low >= 2)
    assert rules.falls({"WORK": before}, {"WORK": after}) == (["WORK"] if falls else [])
    differs = bool(high and low and abs(high - low) >= 2)
    assert rules.differences({"WORK": before}, {"WORK": after}) == (["WORK"] if differs else [])


def test_a_fall_counts_from_the_last_number():
    series = [{"WORK": "5"}, {"WORK": "NK"}, {"HOUSING": "3"}]
    assert rules.latest(series) == {"WORK": "NK", "HOUSING": "3"}
    assert rules.falls(rules.latest_numbers(series), {"WORK": "3"}) == ["WORK"]


def test_a_usual_review_asks_urgent_domains_those_in_crisis_and_those_with_goals():
    assert rules.domains_to_rate([], (), full=True) == list(DOMAINS)
    assert set(rules.domains_to_rate([{}, {}], (), full=False)) == set(rules.URGENT)
    asked = rules.domains_to_rate([{"WORK": "1", "ACCESS": "2"}, {"JUSTICE": "1"}], {"EDUCATION"}, full=False)
    assert set(asked) == {*rules.URGENT, "WORK", "JUSTICE", "EDUCATION"}
    assert asked == [code for code in DOMAINS if code in asked], "in the order of the table"


@pytest.mark.parametrize(
    ("full_days", "today", "is_due"),
    [
        ((), 0, True),
        ((0,), 334, False),
        ((0,), 335, True),
        ((0, 340), 400, False),
        ((0, 340), 690, True),
        ((0, 340, 700), 2000, False),
        ((0, 100), 335, True),
        ((0,), 800, True),
        ((0, 800), 900, False),
    ],
)
def test_all_domains_are_due_at_the_start_and_after_12_and_24_months(full_days, today, is_due):
    assert rules.is_full_review_due([day(days) for days in full_days], today=day(today)) is is_due


@pytest.mark.parametrize(
    ("on", "ratings", "because"),
    [
        (0, [{"WORK": "NK"}, {}], None),
        (0, [{}, {}], "nothing_rated"),
        (1, [{"WORK": "3"}, {}], "in_the_future"),
        (-366 * 41, [{"WORK": "3"}, {}], "year_too_early"),
    ],
)
def test_a_review_has_a_rating_and_a_day_that_has_come(on, ratings, because):
    decision = rules.may_rate(day(on), ratings, today=TODAY)
    assert decision.because == because if because else decision


@pytest.mark.parametrize("rating", RATINGS)
@pytest.mark.parametrize("domain", DOMAINS)
def test_a_person_is_stable_without_a_1_and_without_a_2_in_the_urgent_domains(domain, rating):
    is_low = rating == "1" or (rating == "2" and domain in rules.URGENT)
    assert rules.is_stable([{}, {domain: rating}]) is not is_low


def test_the_trend_has_gaps_where_an_answer_has_no_number():
    points = [(day(0), 1), (day(10), 3), (day(20), None), (day(30), 2), (day(40), 5)]
    trend = progress.draw_trend(points, first=day(0), last=day(40))
    assert len(trend.marks) == 4
    assert [len(line.split()) for line in trend.lines] == [2, 2]
    first, *_, last = trend.marks
    assert (first.y, last.y) == (progress.BOTTOM, progress.TOP)
    assert first.x < last.x == progress.RIGHT


def test_a_trend_of_one_day_is_a_mark_without_a_line():
    trend = progress.draw_trend([(day(0), 4)], first=day(0), last=day(0))
    assert (len(trend.marks), trend.lines) == (1, [])
