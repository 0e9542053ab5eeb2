"""What is told: always a panel, with notices where methods disagree and with the criticism."""

from functools import cache

import numpy as np
import pytest

from suar_research.answers import Answer, Limits, Refused
from suar_research.mse import panel, study
from suar_research.mse import report as telling
from suar_research.mse.tables import CaptureTable
from suar_research.running import Plan, Runner
from support import published
from support.fixed import fixed

SHORT = Plan(seed=1, least=200, most=200)
QUICK = ("stepwise", "aic", "main", "threshold", "graphs")


def answer(name, estimate, low=1.0, high=2.0, settled=True):
    return Answer(name, estimate, {"bca": (Limits(0.95, low, high),)}, "A, B", 10, settled)


@cache
def told(name):
    return study.study(published.table(name), SHORT, Runner(), QUICK)


@pytest.mark.long
@pytest.mark.parametrize("name", ["australia_4", "netherlands_5", "neworl_8_n185"])
def test_tables_on_which_methods_disagree_raise_the_notice(name):
    assert any(notice.startswith("UNSTABLE") for notice in told(name).notices)


def test_methods_that_agree_raise_no_notice_of_instability():
    table = CaptureTable.of(("A", "B", "C"), {1: 400, 2: 400, 4: 400, 3: 100, 5: 100, 6: 100, 7: 25})
    found = study.study(table, SHORT, Runner(), QUICK).notices
    assert not any(item.startswith("UNSTABLE") for item in found)
    assert found[-1] == study.TEXTS["criticism"]


@pytest.mark.long
def test_words_hold_every_method_its_interval_and_the_criticism():
    found = told("australia_4")
    words = telling.report_of({"all": found}, None).text()
    for answer in found.answers:
        assert f"\n{answer.name}" in words
        assert f"{answer.interval.low:,.0f} - {answer.interval.high:,.0f}" in words
    assert "Whitehead, Jackson, Balch & Francis" in words
    assert "Nobody joined or left" in words


def test_json_has_the_promised_shape_and_no_infinity():
    found = told("neworl_8_n185")
    told_json = telling.as_json(found)
    for item in told_json["methods"]:
        assert set(item) >= {"name", "estimate", "low", "high", "level", "replicates", "cpu_s"}
        assert item["low"] <= item["high"]
    assert study.TEXTS["criticism"] in told_json["notices"]
    known = {item["name"]: item["estimate"] for item in told_json["diagnostics"]["known_lists"]}
    assert known["H"] is None


def test_a_method_that_cannot_answer_says_why():
    found = told("neworl_8_n185")
    assert [item.name for item in found.refused] == ["graphs"]
    assert "graphs: no estimate, averaging over graphs is for at most 6 lists." in found.notices


@pytest.mark.long
def test_bic_and_classes_are_methods_of_the_panel():
    names = ("bic", "main", "classes")
    answers, refused = panel.panel(published.table("korea_3"), SHORT, Runner(), names)
    assert [answer.name for answer in answers] == list(names)
    assert answers[0].estimate == pytest.approx(157.1667, abs=1e-3)
    assert answers[2].estimate == pytest.approx(138, abs=6)
    assert answers[2].settled is False, "160 draws are too few"
    said = study.list_notices(published.table("korea_3"), answers, [], None, [])
    assert "classes: the limits had not settled after 160 draws." in said
    assert refused == []
    eight = panel.panel(published.table("neworl_8_n185"), SHORT, Runner(), ("bic",))[1]
    assert eight == [Refused("bic", "8 lists have too many models of order 2 to compare")]


def test_a_model_that_was_asked_for_is_taken_without_choice():
    found = fixed(published.table("korea_3"), (0b011,), SHORT, Runner())
    assert found.estimate == pytest.approx(268.777778, abs=1e-5)
    assert found.model == "d, b:c"


def test_a_table_without_estimate_is_refused_by_every_method_that_needs_one():
    table = published.table("artificial_3")
    answers, refused = panel.panel(table, SHORT, Runner(), ("stepwise", "main"))
    assert {item.name for item in refused} <= {"stepwise", "main"}
    assert all(np.isfinite(answer.estimate) for answer in answers)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([answer("stepwise", 100.0), answer("graphs", 160.0)], "UNSTABLE"),
        ([answer("stepwise", 100.0, 50, 200)], "Wide"),
        ([answer("stepwise", 100.0, settled=False)], "had not settled after 10"),
    ],
)
def test_each_notice_has_its_cause(answers, said):
    table = published.table("kosovo_4")
    assert any(said in notice for notice in study.list_notices(table, answers, [], None, []))
    calm = study.list_notices(table, [answer("stepwise", 100.0, 90, 110)], [], None, [])
    assert calm == [study.TEXTS["criticism"]]


def test_few_shared_people_are_told():
    table = CaptureTable.of(("A", "B", "C"), {1: 500, 2: 500, 4: 500, 3: 2, 5: 2, 6: 2})
    assert "6 of 1,506" in study.list_notices(table, [], [], None, [])[0]


def test_three_lists_cannot_lose_one():
    table = published.table("korea_3")
    assert study.leave_one_list_out(table) == study.merge_two_lists(table) == []
    assert study.internal_consistency(table) == []


def test_a_list_that_is_known_is_estimated_from_the_others():
    lists = np.arange(16)[:, None] >> np.arange(4) & 1
    people = np.where(lists.any(axis=1), 100 * 2 ** (4 - lists.sum(axis=1)), 0)
    found = study.internal_consistency(CaptureTable.of(tuple("ABCD"), dict(enumerate(people.tolist()))))
    for item in found:
        assert item.known == 2700
        assert item.estimate == pytest.approx(item.known, rel=1e-6)


def test_what_would_look_at_too_many_people_is_refused_and_the_others_answer():
    """Averaging over graphs looks at ten times as many people as were seen: 70 billion here."""
    table = CaptureTable.of(tuple("ABC"), dict.fromkeys(range(1, 8), 10**9))
    answers, refused = panel.panel(table, SHORT, Runner(), ("graphs", "main"))
    assert [answer.name for answer in answers] == ["main"]
    assert [item.name for item in refused] == ["graphs"]
    assert refused[0].because.startswith("it would look at 70,000,000,000 unseen people")


def test_averaging_over_graphs_refuses_where_the_end_of_what_is_looked_at_decides():
    table = CaptureTable.of(tuple("ABC"), {1: 20_000, 2: 15_000, 4: 10_000, 3: 12, 5: 8, 6: 6})
    answers, refused = panel.panel(table, SHORT, Runner(), ("graphs",))
    assert answers == []
    assert refused[0].because == "more than the 450,260 unseen people that are looked at are likely"
