"""Studies: the gate, the chain of a record, and which results were planned."""

import copy
import json
import tomllib
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar_research import coverage
from suar_research.cli.main import main
from suar_research.files import Unreadable
from suar_research.studies import outputs, protocol, record
from support import DOCS

TABLE = "tabulate a.csv --rows x"
TODAY = date(2026, 11, 27)
GOOD = (DOCS / "examples" / "study.toml").read_text("utf-8")
CASES = "case,sex,form,left,identified\n" + "".join(
    f"c{at},{'female' if at % 3 else 'male'},{'labour' if at % 2 else 'begging'},2024-01-01,2024-02-{at % 27 + 1:02}\n"
    for at in range(60)
)


def good(**parts):
    found = protocol.read(GOOD, json_format=False)
    for name, values in parts.items():
        found[name].update(values)
    return found


def lacks(found, today=TODAY):
    return "\n".join(protocol.lacks(found, today))


def test_a_whole_protocol_passes():
    assert lacks(good()) == ""


def test_the_empty_form_is_refused_for_every_thing_it_lacks_with_the_rule():
    found = protocol.lacks(protocol.read(protocol.TEMPLATE.read_text("utf-8"), json_format=False), TODAY)
    said = "\n".join(found)
    for part, name in protocol.REQUIRED:
        assert f"[{part}] {name}: nothing is said" in said
    assert "[[plan]]: there is no analysis" in said
    assert all("Asked for by ET" in item for item in found[:-1])


@pytest.mark.parametrize(("part", "name"), list(protocol.REQUIRED), ids=lambda word: word)
def test_a_study_does_not_open_without_any_one_of_them(part, name):
    empty = {"questions": [], "avenues": [], "places": [], "children": None}.get(name, "")
    said = lacks(good(**{part: {name: empty}}))
    assert f"[{part}] {name}: nothing is said" in said
    assert protocol.rules()[protocol.REQUIRED[part, name]].says in said


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"consent": {"skip": "yes"}}, "[consent] skip: too short"),
        ({"reach": {"avenues": ["SA_MOON"]}}, "a code is not known; there are SA_COMMUNITY"),
        ({"study": {"public_name": "Survivors of Trafficking"}}, "says what the study is about"),
        ({"study": {"public_name": "Studi korban"}}, "says what the study is about"),
        ({"reach": {"children": True}}, "[children] guardian: nothing is said"),
        ({"approval": {"until": "2026-11-26"}}, "the approval is over"),
        ({"approval": {"on": "2026-11-28"}}, "not of the past"),
        ({"approval": {"until": "2098-01-01"}}, "goes on after the approval ends"),
        ({"study": {"ends": "2026-11-26"}}, "the study is over"),
        ({"data": {"destroyed": "2098-01-01"}}, "destroyed before the study ends"),
        (
            {"referral": {"places": [{"place": "", "checked": "2026-11-20", "money": 5, "currency": "IDR"}]}},
            "it has no name",
        ),
        (
            {"referral": {"places": [{"place": "A", "checked": "2026-11-20", "money": 0, "currency": "IDR"}]}},
            "no money for urgent help",
        ),
        (
            {"referral": {"places": [{"place": "A", "checked": "2026-11-20", "money": 5, "currency": ""}]}},
            "money without a currency",
        ),
        (
            {
                "referral": {
                    "places": [{"place": "A", "checked": "2026-11-20", "money": float("nan"), "currency": "IDR"}]
                }
            },
            "no money for urgent help",
        ),
        (
            {"referral": {"places": [{"place": "A", "checked": "2025-11-20", "money": 5, "currency": "IDR"}]}},
            "not checked within a year",
        ),
        (
            {"referral": {"places": [{"place": "A", "checked": "2026-11-28", "money": 5, "currency": "IDR"}]}},
            "not checked within a year",
        ),
    ],
)
def test_the_gate_refuses_what_would_harm(parts, said):
    assert said in lacks(good(**parts))


def test_the_last_day_is_a_day_of_the_study():
    day = TODAY.isoformat()
    parts = {"study": {"ends": day}, "approval": {"on": day, "until": day}}
    assert lacks(good(**parts, data={"destroyed": day})) == ""


def test_parts_without_a_name_go_by_their_number_from_one():
    told = {"p": [{"name": "A", "x": 1}, {"x": 2}], "q": [], "r": {}}
    assert list(protocol.flat(told)) == [
        ("p.A.name", "A"),
        ("p.A.x", 1),
        ("p.2.x", 2),
        ("q", []),
        ("r", {}),
    ]


def test_what_is_no_answer_of_ours_is_told_why():
    for strange in ([], {}, {"version": "1", "input_sha256": 5, "asked": {}}):
        [found] = outputs.judge([], {"a.json": strange}, {})
        assert (found.name, found.status) == ("a.json", outputs.NOT_OURS)
        assert found.because == ("it does not say its version, its input and what was asked",)
    told = {"version": "1", "input_sha256": "f" * 64, "asked": {}}
    [found] = outputs.judge([], {"a.json": told}, {})
    assert found.because == ("its file was not opened in this study",)


def test_twelve_letters_are_said_and_eleven_are_not():
    assert lacks(good(consent={"skip": "x" * 12})) == ""
    assert "[consent] skip: too short" in lacks(good(consent={"skip": "x" * 11}))
    assert lacks(good(approval={"number": "7"})) == "", "a number may be short"


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ([], "there is no analysis"),
        ([{"name": "", "question": "q", "run": TABLE}], "a name of its own"),
        ([{"name": "A", "question": "", "run": TABLE}], "which question"),
        ([{"name": "A", "question": "q", "run": "rm -r ."}], "must begin with tabulate or"),
        ([{"name": "A", "question": "q", "run": "tabulate a.csv"}], "say --rows for a table"),
        ([{"name": "A", "question": "q", "run": f"{TABLE} 'y"}], "a quote is left open"),
        ([{"name": "A", "question": "q", "run": "estimate mse a.csv --wrong"}], "--wrong"),
        ([{"name": "A", "question": "q", "run": "tabulate --help"}], "the command is not one"),
        ([{"name": "A", "question": "q", "run": TABLE}] * 2, "a name of its own"),
    ],
)
def test_a_plan_must_be_commands_that_can_be_run(plan, said):
    found = good()
    found["plan"] = plan
    assert said in lacks(found)


def test_a_command_is_the_same_however_it_is_said():
    one = protocol.parse_planned("./suar tabulate a.csv --columns sex --rows form --out t.html")
    other = protocol.parse_planned("tabulate elsewhere/b.csv --rows=form --columns sex --json")
    assert one[1] == other[1]
    assert one[1] != protocol.parse_planned("tabulate a.csv --rows form --columns age")[1]
    assert protocol.parse_planned("estimate mse a.csv --seed 4")[1]["seed"] == 4


def test_json_and_toml_of_one_protocol_are_one():
    found = tomllib.loads(GOOD)
    again = protocol.read(json.dumps(found, default=str), json_format=True)
    assert protocol.digest(again) == protocol.digest(good())
    assert protocol.digest(again) != protocol.digest(good(data={"given_to": "another"}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = ", "it is not TOML"),
        ("[moon]\n", r"part \[moon\]: it is not known"),
        ("study = 3", r"part \[study\]: it has no lines"),
        ("[study]\ntitel = 'a'", r"\[study\] titel: the name is not known"),
        ("[study]\ntitle = 4", r"\[study\] title: not words"),
        ("[study]\nquestions = 'a'", "not a list of words"),
        ("[study]\nends = 'soon'", "not a day as 2027-06-30"),
        ("[reach]\nchildren = 'no'", "not true or false"),
        ("[referral]\nplaces = [{ place = 'A', money = 'much' }]", "places 1, money: not a number"),
        ("[referral]\nplaces = ['A']", "places: not a list of parts"),
        ("[[plan]]\nrum = 'a'", "plan 1, rum: the name is not known"),
    ],
)
def test_a_protocol_that_cannot_be_read_says_where(text, said):
    with pytest.raises(Unreadable, match=said):
        protocol.read(text, json_format=False)


@pytest.mark.parametrize("text", ["{", "[]", '{"study": '])
def test_a_protocol_of_broken_json_says_so(text):
    with pytest.raises(Unreadable):
        protocol.read(text, json_format=True)


def chain(count):
    lines, at = [], record.now()
    for number in range(count):
        kind = record.OPENED if number else record.REGISTERED
        lines.append(record.next_line(kind, {"number": number}, lines, at + timedelta(hours=number)))
    return lines


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_letter_of_a_record_can_be_changed_unseen(data):
    text = "".join(line.written() for line in chain(3))
    assert len(record.read(text)) == 3
    at = data.draw(st.integers(0, len(text) - 2))
    letter = data.draw(st.sampled_from('x7"} '))
    changed = text[:at] + letter + text[at + 1 :]
    if [json_or_none(row) for row in changed.splitlines()] != list(map(json.loads, text.splitlines())):
        with pytest.raises(Unreadable):
            record.read(changed)


def json_or_none(row):
    try:
        return json.loads(row)
    except ValueError:
        return None


@pytest.mark.parametrize("order", [[1, 0, 2], [0, 2], [1, 2], [0, 0, 1, 2], []])
def test_lines_cannot_be_moved_dropped_or_said_twice(order):
    rows = [line.written() for line in chain(3)]
    with pytest.raises(Unreadable):
        record.read("".join(rows[at] for at in order))


def test_nothing_stands_before_its_time_or_after_the_end():
    lines = chain(2)
    early = record.next_line(record.OPENED, {}, lines, record.now() - timedelta(days=9))
    closed = record.next_line(record.CLOSED, {}, lines, record.now() + timedelta(days=9))
    late = record.next_line(record.OPENED, {}, [*lines, closed], record.now() + timedelta(days=10))
    unknown = record.next_line("burnt", {}, lines, record.now() + timedelta(days=9))
    for end in ([early], [closed, late], [unknown]):
        with pytest.raises(Unreadable):
            record.read("".join(item.written() for item in [*lines, *end]))


@pytest.mark.parametrize(("name", "value"), [("at", 5), ("kind", None), ("body", []), ("hash", 1), ("suar_study", 2)])
def test_a_line_of_other_things_is_no_line(name, value):
    row = json.dumps({**json.loads(chain(1)[0].written()), name: value})
    with pytest.raises(Unreadable, match="line 1: it is no line of a study of this version"):
        record.read(row)


def test_rules_and_ways_are_whole_and_each_names_its_source():
    assert len(protocol.rules()) == 34
    assert all(rule.source and rule.says for rule in protocol.rules().values())
    assert set(protocol.REQUIRED.values()) <= set(protocol.rules())
    assert len(coverage.avenues()) == 16


def test_differences_name_the_analysis_and_the_place():
    after = copy.deepcopy(good())
    after["plan"][1]["run"] += " --at 30"
    after["referral"]["places"][0]["money"] = 7
    found = {difference["where"]: difference["after"] for difference in protocol.differences(good(), after)}
    assert found == {"plan.A2.run": after["plan"][1]["run"], "referral.places.district A.money": 7}


def study(*words):
    return main(["study", *words])


def test_the_words_of_the_command_are_a_kind_each():
    assert study("burn") == 2
