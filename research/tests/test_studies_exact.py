"""Studies told word by word: changes, what was shown, plans by their time, and days at a limit."""

import hashlib
import json
import re
import stat
from datetime import UTC, date, datetime, timedelta

import pytest

from suar_research import coverage
from suar_research.cli.main import main
from suar_research.cli.study import SHORTEST_SUMMARY
from suar_research.files import FileError, Unreadable
from suar_research.studies import outputs, protocol, record
from suar_research.studies import report as telling
from test_studies import GOOD, TODAY

AT = datetime(2026, 11, 27, 9, tzinfo=UTC)
FILE, OTHER = "f" * 64, "e" * 64


def good(**parts):
    found = protocol.read(GOOD, json_format=False)
    for name, values in parts.items():
        found[name].update(values)
    return found


def recorded(*what):
    """Give lines from pairs of a kind and a body, an hour apart."""
    lines = []
    for at, (kind, body) in enumerate(what):
        lines.append(record.next_line(kind, body, lines, AT + timedelta(hours=at)))
    return lines


def fixed(found, kind=record.REGISTERED, **more):
    return kind, {"protocol": found, "plan_sha256": protocol.digest(found["plan"]), **more}


def changed(before, after, reason):
    apart = protocol.differences(before, after)
    return fixed(after, record.AMENDED, reason=reason, differences=apart)


def opening(*digests):
    return record.OPENED, {"data": [{"name": "d", "sha256": digest} for digest in digests]}


def planning_runs(**runs):
    found = good()
    found["plan"] = [{"name": name, "question": "q", "run": run} for name, run in runs.items()]
    return found


def answer(run, read=FILE, **more):
    return {"version": record.__version__, "input_sha256": read, "asked": protocol.parse_planned(run)[1], **more}


ROWS = "tabulate a.csv --rows x"


def test_changes_are_told_with_what_stood_there_and_whether_data_had_been_opened():
    first = good()
    second = good(reach={"invited_by": "a nurse", "children": None})
    third = good(reach={"invited_by": "", "children": None})
    end = (record.CLOSED, {"summary": "s"})
    lines = recorded(
        fixed(first),
        changed(first, second, "Nurses are there."),
        opening(FILE),
        changed(second, third, "Nobody is."),
        end,
    )
    told = " ".join(telling.study_report(lines).text().split())
    was = first["reach"]["invited_by"]
    assert (
        f"- line 2, {lines[1].at}, before any data were opened: Nurses are there. "
        f"reach.children: {first['reach']['children']} became nothing; "
        f'reach.invited_by: "{was}" became "a nurse" '
        f"- line 4, {lines[3].at}, AFTER data were opened: Nobody is. "
        'reach.invited_by: "a nurse" became nothing'
    ) in told
    assert f"Closed {lines[4].at}. Last line {lines[4].hash} {telling.HOLD}" in told
    assert f"DATA - opened {lines[2].at}: {FILE} CHANGES" in told and "- none" not in told


def test_a_study_that_only_began_says_what_there_is_not_yet():
    lines = recorded(fixed(good()))
    told = " ".join(telling.study_report(lines).text().split())
    assert told.startswith(f"{good()['study']['title']} Plan fixed {lines[0].at} (SHA-256 ")
    assert "DATA - not opened yet CHANGES OF THE PROTOCOL - none WHO CAN BE SEEN - " in told
    assert "Closed" not in told
    assert json.loads(lines[0].written())["before"] == "0" * 64


def test_what_was_not_planned_is_held_against_the_plan_of_the_opening():
    """The later plan would be nearer; by the one that was fixed two options differ."""
    near = "tabulate a.csv --rows z --columns w"
    before, after = planning_runs(A=ROWS), planning_runs(A=ROWS, B="tabulate a.csv --rows z")
    lines = recorded(fixed(before), opening(FILE), changed(before, after, "More."))
    [found] = outputs.judge(lines, {"r": answer(near)}, {})
    assert (found.status, found.analysis) == (outputs.EXPLORATORY, "")
    assert found.because == ("differs from A in: columns, rows",)
    far = answer(f"{near} --digits 2")
    assert outputs.judge(lines, {"r": far}, {})[0].because == ("in no plan",)
    assert outputs.unanswered(lines, []) == ["A"] and outputs.unanswered(lines[:1], []) == ["A"]
    [late] = outputs.judge(lines, {"r": answer("tabulate a.csv --rows z")}, {})
    assert (late.status, late.analysis) == (outputs.DEVIATION, "B")
    assert late.because == ("added to the plan by line 3, when the data had been opened",)


def test_a_plan_that_was_changed_before_the_opening_counts_as_it_stood_then():
    before = planning_runs(A=ROWS, B="tabulate a.csv --rows y")
    after = planning_runs(B="tabulate a.csv --rows y", C="tabulate a.csv --rows z --columns w")
    lines = recorded(fixed(before), changed(before, after, "Less."), opening(FILE))
    assert outputs.unanswered(lines, []) == ["B", "C"]
    near = outputs.judge(lines, {"r": answer("tabulate a.csv --rows z --columns v")}, {})[0]
    assert near.because == ("differs from C in: columns",)
    [dropped] = outputs.judge(lines, {"r": answer(ROWS)}, {})
    assert (dropped.status, dropped.analysis) == (outputs.PLANNED, "A")


def test_a_result_of_two_files_is_held_against_the_plan_before_the_first_was_opened():
    before, after = planning_runs(A=ROWS), planning_runs(A=ROWS, B="tabulate a.csv --rows z")
    lines = recorded(fixed(before), opening(FILE), changed(before, after, "More."), opening(OTHER))
    late = "tabulate a.csv --rows z"
    alone = outputs.judge(lines, {"r": answer(late, OTHER)}, {})[0]
    assert (alone.status, alone.analysis) == (outputs.PLANNED, "B")
    both = answer(late, OTHER, inputs=[{"name": "d", "sha256": FILE}])
    assert outputs.judge(lines, {"r": both}, {})[0].status == outputs.DEVIATION
    for wrong in ([{"name": "d", "sha256": "d" * 64}], [{"name": "d"}], ["d"], "d"):
        [found] = outputs.judge(lines, {"r": answer(ROWS, inputs=wrong)}, {})
        assert (found.status, found.because) == (
            outputs.NOT_OURS,
            ("another file that it was made from was not opened in this study",),
        )


def test_a_version_that_is_another_is_named_beside_the_one_that_fixed_the_plan():
    lines = recorded(fixed(planning_runs(A=ROWS)), opening(FILE))
    [found] = outputs.judge(lines, {"r": {**answer(ROWS), "version": "0.1"}}, {})
    assert found.because == (
        f"made with Suar 0.1; the plan was fixed with {record.__version__}",
        "not made again",
    )


@pytest.mark.parametrize(
    ("parts", "wrong"),
    [
        ({"approval": {"on": "2026-11-27"}}, False),
        ({"approval": {"on": "2026-11-28"}}, True),
        ({"approval": {"until": "2027-06-30"}, "study": {"ends": "2027-06-30"}}, False),
        ({"approval": {"until": "2027-06-29"}, "study": {"ends": "2027-06-30"}}, True),
        ({"study": {"ends": "2027-06-30"}, "data": {"destroyed": "2027-06-30"}}, False),
        ({"study": {"ends": "2027-06-30"}, "data": {"destroyed": "2027-06-29"}}, True),
    ],
)
def test_days_at_their_limit_are_allowed_and_a_day_beyond_is_not(parts, wrong):
    parts = {"approval": {"on": "2026-01-01", "until": "2028-01-01"}, **parts}
    found = good(**{"study": {"ends": "2027-01-01"}, "data": {"destroyed": "2027-12-31"}, **parts})
    assert len(protocol.lacks(found, TODAY)) == wrong


def test_services_are_checked_within_a_year_to_the_day():
    found = good()
    for day, wrong in ((date(2025, 11, 27), 0), (date(2025, 11, 26), 1), (TODAY, 0)):
        found["referral"]["places"] = [{"place": "A", "checked": day.isoformat(), "money": 0.5, "currency": "IDR"}]
        assert len(protocol.lacks(found, TODAY)) == wrong


def test_money_without_end_is_no_money():
    for money, wrong in ((0.01, 0), (float("inf"), 1), (-1, 1), (None, 1), ("5", 1)):
        place = {"place": "A", "checked": TODAY.isoformat(), "money": money, "currency": "IDR"}
        said = protocol.lacks(good(referral={"places": [place]}), TODAY)
        assert [item.partition(". ")[0] for item in said] == wrong * [
            "[referral] place 1: there is no money for urgent help"
        ]


def test_a_child_is_asked_about_in_twelve_letters_or_more():
    said = dict.fromkeys(("need", "assent", "guardian", "review"), "x" * 12)
    assert protocol.lacks(good(reach={"children": True}, children=said), TODAY) == []
    short = protocol.lacks(good(reach={"children": True}, children={**said, "assent": "x" * 11}), TODAY)
    assert [item.partition(". ")[0] for item in short] == ["[children] assent: nothing is said, or too little"]
    assert protocol.lacks(good(children=dict.fromkeys(said, "")), TODAY) == []


def test_a_place_of_a_protocol_that_cannot_be_read_is_numbered_and_words_are_trimmed():
    text = '[[plan]]\nname = " A "\n[[plan]]\nrum = "b"\n[reach]\navenues = [" X ", " "]\n'
    with pytest.raises(Unreadable) as refused:
        protocol.read(text, json_format=False)
    assert refused.value.problems == ("plan 2, rum: the name is not known",)
    found = protocol.read(text.replace("rum", "run"), json_format=False)
    assert [item["name"] for item in found["plan"]] == ["A", ""]
    assert found["reach"]["avenues"] == ["X"] and found["reach"]["children"] is None
    with pytest.raises(Unreadable, match=r"it is not JSON \(line 2\)"):
        protocol.read('{\n"study": 3,,}', json_format=True)
    with pytest.raises(Unreadable, match=r"it is not TOML \(line 2, column 5\)"):
        protocol.read("[study]\nx = =", json_format=False)


def test_a_day_may_be_a_day_of_the_form_or_words():
    for written in ("2027-06-30", "2027-06-30T09:00:00", "'2027-06-30'", "'20270630'"):
        found = protocol.read(f"[study]\nends = {written}", json_format=False)
        assert found["study"]["ends"] == "2027-06-30"


def test_a_planned_table_that_the_data_cannot_give_was_altered():
    run = "tabulate a.csv --rows form"
    lines = recorded(fixed(planning_runs(A=run)), opening(FILE))
    [found] = outputs.judge(lines, {"r": answer(run)}, {FILE: "case,sex\n1,f\n"})
    assert (found.status, found.because) == (
        outputs.ALTERED,
        ("made again from the data: NOT the same",),
    )


def test_a_difference_is_what_stood_and_what_stands_by_its_place():
    before, after = {"b": {"x": 1, "y": 2}, "a": [1]}, {"b": {"x": 1, "z": 3}, "a": [2]}
    assert protocol.differences(before, after) == [
        {"where": "a", "before": [1], "after": [2]},
        {"where": "b.y", "before": 2, "after": None},
        {"where": "b.z", "before": None, "after": 3},
    ]


def study(*words):
    return main(["study", *words])


@pytest.fixture
def begun(tmp_path):
    with record.shifted(AT - datetime.now(UTC)):
        (tmp_path / "study.toml").write_text(GOOD, "utf-8")
        assert study("register", tmp_path / "study.toml", "--record", tmp_path / "r") == 0
        yield tmp_path


def test_a_summary_has_two_hundred_letters_and_a_reason_twelve(begun, capsys):
    (begun / "s.txt").write_text(f" {'x' * (SHORTEST_SUMMARY - 1)} \n", "utf-8")
    assert study("close", "--record", begun / "r", "--summary", begun / "s.txt") == 2
    assert "fewer than 200 letters cannot be a summary. Asked for by" in capsys.readouterr().err
    (begun / "study.toml").write_text(GOOD.replace("form", "shape"), "utf-8")
    amend = ["amend", begun / "study.toml", "--record", begun / "r", "--reason"]
    assert study(*amend, f" {'x' * 11} ") == 2
    assert study(*amend, "x" * 12) == 0
    (begun / "s.txt").write_text("x" * SHORTEST_SUMMARY, "utf-8")
    assert study("close", "--record", begun / "r", "--summary", begun / "s.txt") == 0
    assert [item.kind for item in record.read((begun / "r").read_text("utf-8"))] == [
        "registered",
        "amended",
        "closed",
    ]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["protocol"],
        ["register", "study.toml"],
        ["open", "cases.csv"],
        ["show"],
        ["gate"],
        ["open", "--record", "r"],
        ["amend", "study.toml", "--record", "r"],
        ["check", "a.json"],
        ["close", "--record", "r"],
        ["close", "--summary", "s"],
    ],
)
def test_what_a_kind_needs_must_be_named(words, capsys):
    assert study(*words) == 2
    assert re.search("Missing|Usage", capsys.readouterr().err)


def test_a_record_says_which_plan_stood_when_files_were_opened(begun, capsys):
    (begun / "cases.csv").write_text("a,b\n1,2\n", "utf-8")
    capsys.readouterr()
    assert study("gate", begun / "study.toml", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["passes"] is True and told["plan_sha256"] == protocol.digest(good()["plan"])
    assert study("open", begun / "cases.csv", "--record", begun / "r") == 0
    first, second = record.read((begun / "r").read_text("utf-8"))
    assert second.body["plan_sha256"] == first.body["plan_sha256"] == told["plan_sha256"]
    assert [item["name"] for item in second.body["data"]] == ["cases.csv"]


def test_strict_needs_every_result_to_be_planned_and_every_plan_to_have_one(tmp_path, capsys):
    plan = planning_runs(A=ROWS, B="tabulate a.csv --rows y")
    lines = recorded(fixed(plan), opening(FILE))
    (tmp_path / "r").write_text("".join(line.written() for line in lines), "utf-8")
    for name, run in (
        ("a", ROWS),
        ("b", "tabulate a.csv --rows y"),
        ("z", "tabulate a.csv --rows z"),
    ):
        (tmp_path / name).write_text(json.dumps(answer(run)), "utf-8")

    def ended(*names, strict=True):
        more = ["--strict"] if strict else []
        return study("check", *(tmp_path / name for name in names), "--record", tmp_path / "r", *more)

    assert (ended("a", "b"), ended("b", "a")) == (0, 0)
    for names in (["a"], ["a", "b", "z"], ["z", "a", "b"], []):
        assert (ended(*names), ended(*names, strict=False)) == (1, 0)


def test_a_part_has_one_form_on_which_its_hash_rests():
    part = {"b": 1, "a": ["\u00e9", None]}
    assert protocol.digest(part) == hashlib.sha256('{"a":["\u00e9",null],"b":1}'.encode()).hexdigest()
    # The SHA-256 of the two letters {}.
    assert protocol.digest({}).startswith("44136fa355b3678a1146ad16f7e8649e")


def test_a_line_is_written_in_its_own_letters_and_to_the_second():
    line = record.next_line(record.OPENED, {"data": "\u00e9"}, [], AT + timedelta(microseconds=7))
    assert line.at == "2026-11-27T09:00:00+00:00" and "\u00e9" in line.written()
    assert line.written().endswith('"}\n') and line.written().count("\n") == 1


def test_ways_to_reach_people_say_in_json_whom_they_see_and_miss(capsys):
    assert study("avenues", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    told = {code: each for code, each in told.items() if code in coverage.avenues()}
    assert len(told) == 16
    assert all(item.keys() == {"name", "sees", "misses"} for item in told.values())


def test_a_hash_that_was_kept_is_found_in_any_line(begun, capsys):
    text = (begun / "r").read_text("utf-8")
    kept = record.read(text)[0].hash
    assert study("check", "--record", begun / "r", "--head", kept) == 0
    assert study("check", "--record", begun / "r", "--head", kept[:-1]) == 2
    assert "the record was rewritten" in capsys.readouterr().err


def test_a_record_that_cannot_be_written_stays_as_it_was(begun):
    lines = record.read((begun / "r").read_text("utf-8"))
    line = record.next_line(record.OPENED, {"data": []}, lines, AT + timedelta(hours=1))
    (begun / "r").chmod(0o755)
    record.append(str(begun / "r"), "", line)
    assert (begun / "r").read_text("utf-8") == line.written()
    assert stat.S_IMODE((begun / "r").stat().st_mode) == 0o755
    assert sorted(path.name for path in begun.iterdir()) == ["r", "study.toml"]
    with pytest.raises((FileError, OSError)):
        record.append(str(begun / "gone"), "", line)
    assert sorted(path.name for path in begun.iterdir()) == ["r", "study.toml"]
