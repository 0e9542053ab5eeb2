"""`./suar study`: from a protocol to a record, and results that are known again."""

import json
import stat
from datetime import UTC, datetime, timedelta

import pytest

from suar_research.cli.main import main
from suar_research.studies import protocol
from suar_research.studies import record as record_of
from support import published
from test_studies import CASES, GOOD

THEN = datetime(2026, 11, 27, 8, tzinfo=UTC)
A1 = ["--rows", "form", "--columns", "sex", "--compare", "male,female"]
A2 = ["--start", "left", "--end", "identified", "--until", "2025-06-30", "--by", "sex"]


@pytest.fixture(autouse=True)
def in_november():
    """Stand on the day for which the example is made."""
    with record_of.shifted(THEN - datetime.now(UTC)):
        yield


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "study.toml").write_text(GOOD, "utf-8")
    (tmp_path / "cases.csv").write_text(CASES, "utf-8")
    return tmp_path


def study(*words):
    return main(["study", *words])


def result(folder, name, words):
    out = folder / f"{name}.json"
    assert main(["tabulate", folder / "cases.csv", *words, "--out", out]) == 0
    return out


@pytest.fixture
def begun(folder, capsys):
    record = folder / "study.record"
    assert study("register", folder / "study.toml", "--record", record) == 0
    assert study("open", folder / "cases.csv", "--record", record) == 0
    capsys.readouterr()
    return record


def checked(capsys, *words):
    capsys.readouterr()
    ended = study("check", *words, "--json")
    told = json.loads(capsys.readouterr().out)
    return ended, told, {item["name"].rpartition("/")[2]: item for item in told["results"]}


def test_the_form_and_the_ways_to_reach_people_are_given(folder, capsys):
    assert study("protocol", "--out", folder / "mine.toml") == 0
    assert (folder / "mine.toml").read_text("utf-8") == protocol.TEMPLATE.read_text("utf-8")
    assert study("avenues") == 0
    assert "SA_DETENTION" in capsys.readouterr().out


def test_the_gate_says_what_is_missing_and_why_and_nothing_is_written(folder, capsys):
    (folder / "study.toml").write_text(GOOD.replace("places = [", "places = [] #"), "utf-8")
    for words in (["gate"], ["register", "--record", folder / "r"]):
        assert study(words[0], folder / "study.toml", *words[1:]) == 2
        told = capsys.readouterr()
        assert "[referral] places: nothing is said. Asked for by ET31" in told.err
        assert told.out == "" and not (folder / "r").exists()
    (folder / "study.toml").write_text(GOOD, "utf-8")
    assert study("gate", folder / "study.toml") == 0
    (folder / "study.toml").write_text(protocol.TEMPLATE.read_text("utf-8"), "utf-8")
    assert study("gate", folder / "study.toml") == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) > 25 and not any(" more" in line for line in lines[-1:]), "all of it"


def test_a_record_holds_plan_time_version_and_whom_it_sees(begun, capsys):
    assert study("show", "--record", begun, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["registered"]["at"].startswith("2026-11-27T08:00")
    assert (told["registered"]["version"], len(told["registered"]["plan_sha256"])) == ("0.1.0", 64)
    assert any("It misses those never found" in note for note in told["coverage"])
    assert study("show", "--record", begun) == 0
    out = capsys.readouterr().out
    assert "Plan fixed 2026-11-27" in out and "CHANGES OF THE PROTOCOL\n- none" in out


def test_no_file_is_opened_before_the_plan_is_fixed(folder, capsys):
    assert study("open", folder / "cases.csv", "--record", folder / "none") == 2
    assert "none cannot be used" in capsys.readouterr().err
    assert not (folder / "none").exists()


def test_no_file_is_opened_when_the_approval_has_ended_meanwhile(folder, capsys):
    record, text = (
        folder / "r",
        GOOD.replace("2099-12-31", "2027-01-31").replace("2098-12-31", "2027-01-31"),
    )
    (folder / "study.toml").write_text(text, "utf-8")
    assert study("register", folder / "study.toml", "--record", record) == 0
    before = record.read_text("utf-8")
    with record_of.shifted(timedelta(days=90)):
        assert study("open", folder / "cases.csv", "--record", record) == 2
    assert "the approval is over" in capsys.readouterr().err
    assert record.read_text("utf-8") == before


def test_results_are_planned_or_exploratory_and_what_is_not_shown_is_named(begun, folder, capsys):
    planned = result(folder, "planned", A1)
    other = result(folder, "other", ["--rows", "form"])
    near = result(folder, "near", [*A1, "--digits", "1"])
    ended, told, found = checked(capsys, planned, other, near, "--record", begun, "--data", folder / "cases.csv")
    assert ended == 0
    assert (found["planned.json"]["status"], found["planned.json"]["analysis"]) == ("planned", "A1")
    assert "the same" in found["planned.json"]["because"][-1]
    assert found["other.json"]["status"] == found["near.json"]["status"] == "exploratory"
    assert found["near.json"]["because"] == ["differs from A1 in: digits"]
    assert told["planned_without_result"] == ["A2"]
    assert told["counts"]["exploratory"] == 2


def test_strict_ends_with_one_until_all_that_was_planned_is_there(begun, folder, capsys):
    first, second = result(folder, "a1", A1), result(folder, "a2", A2)
    assert study("check", first, "--record", begun, "--strict") == 1
    assert "Planned, and no result was handed in: A2" in capsys.readouterr().out
    assert study("check", first, second, "--record", begun, "--strict") == 0


def test_a_result_that_was_altered_or_is_of_another_file_is_found(begun, folder, capsys):
    whole = json.loads(result(folder, "a1", A1).read_text("utf-8"))
    whole["tables"][0]["rows"][0][1] += 1
    (folder / "altered.json").write_text(json.dumps(whole), "utf-8")
    (folder / "foreign.json").write_text(json.dumps({**whole, "input_sha256": "0" * 64}), "utf-8")
    (folder / "bare.json").write_text("[1]", "utf-8")
    names = [folder / f"{name}.json" for name in ("altered", "foreign", "bare")]
    capsys.readouterr()
    assert study("check", *names, "--record", begun, "--data", folder / "cases.csv", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert [item["status"] for item in told["results"]] == [
        "altered",
        "not of this study",
        "not of this study",
    ]


def test_a_result_that_also_rests_on_a_file_never_opened_is_not_ours(begun, folder, capsys):
    whole = json.loads(result(folder, "a1", A1).read_text("utf-8"))
    assert [item["name"] for item in whole["inputs"]] == ["cases.csv"]
    other = {"name": "links.csv", "bytes": 3, "sha256": "0" * 64}
    for name, inputs in (
        ("with", [*whole["inputs"], other]),
        ("odd", 3),
        ("odder", ["a"]),
        ("without", []),
    ):
        (folder / f"{name}.json").write_text(json.dumps({**whole, "inputs": inputs}), "utf-8")
    names = [folder / f"{name}.json" for name in ("a1", "with", "odd", "odder", "without")]
    _, _, found = checked(capsys, *names, "--record", begun, "--data", folder / "cases.csv")
    assert {name: each["status"] for name, each in found.items()} == {
        "a1.json": "planned",
        "with.json": "not of this study",
        "odd.json": "not of this study",
        "odder.json": "not of this study",
        "without.json": "planned",
    }
    assert found["with.json"]["because"][0].startswith("another file that it was made from")


@pytest.mark.parametrize("result", [{}, {"version": "1", "input_sha256": [], "asked": {}}, {"asked": 3}, None, "text"])
def test_a_result_that_does_not_say_what_it_is_of_is_not_ours(begun, folder, capsys, result):
    (folder / "odd.json").write_text(json.dumps(result), "utf-8")
    _, _, found = checked(capsys, folder / "odd.json", "--record", begun)
    assert found["odd.json"]["status"] == "not of this study"


def test_a_record_keeps_who_may_read_it(begun):
    assert stat.S_IMODE(begun.stat().st_mode) == 0o600


def test_a_plan_of_another_version_is_refused_with_that_reason(folder, capsys):
    found = protocol.read(GOOD, json_format=False)
    found["plan"][0]["run"] = "tabulate cases.csv --rows form --weigh"
    line = record_of.next_line(record_of.REGISTERED, {"protocol": found}, [], record_of.now())
    (folder / "r").write_text(line.written(), "utf-8")
    assert study("check", "--record", folder / "r") == 2
    assert "not known to this version" in capsys.readouterr().err


def test_another_version_is_said(begun, folder, capsys):
    whole = json.loads(result(folder, "a1", A1).read_text("utf-8"))
    (folder / "old.json").write_text(json.dumps({**whole, "version": "0.0.9"}), "utf-8")
    _, _, found = checked(capsys, folder / "old.json", "--record", begun)
    assert "made with Suar 0.0.9" in found["old.json"]["because"][0]


def test_what_is_added_after_opening_is_a_deviation_and_stays_one(begun, folder, capsys):
    more = GOOD + '\n[[plan]]\nname = "A3"\nquestion = "More?"\nrun = "tabulate c.csv --rows form"\n'
    (folder / "study.toml").write_text(more, "utf-8")
    words = ["amend", folder / "study.toml", "--record", begun]
    assert study(*words, "--reason", "a reviewer asked for the forms alone") == 0
    assert "AFTER data were opened" in capsys.readouterr().out
    added = result(folder, "a3", ["--rows", "form"])
    _, told, found = checked(capsys, added, "--record", begun)
    assert (found["a3.json"]["status"], found["a3.json"]["analysis"]) == ("deviation", "A3")
    change = told["changes"][0]
    assert change["after_opening"] and change["reason"].startswith("a reviewer")
    assert {item["where"] for item in change["differences"]} == {
        "plan.A3.name",
        "plan.A3.question",
        "plan.A3.run",
    }


def test_a_change_before_opening_is_shown_and_no_deviation(folder, capsys):
    record = folder / "r"
    assert study("register", folder / "study.toml", "--record", record) == 0
    more = GOOD + '\n[[plan]]\nname = "A3"\nquestion = "More?"\nrun = "tabulate c.csv --rows form"\n'
    (folder / "study.toml").write_text(more, "utf-8")
    amend = ["amend", folder / "study.toml", "--record", record, "--reason"]
    assert study(*amend, "why") == 2
    assert study(*amend, "the committee asked for it") == 0
    assert study(*amend, "the committee asked again") == 2
    assert "nothing differs" in capsys.readouterr().err
    assert study("open", folder / "cases.csv", "--record", record) == 0
    added = result(folder, "a3", ["--rows", "form"])
    _, told, found = checked(capsys, added, "--record", record)
    assert found["a3.json"]["status"] == "planned"
    assert not told["changes"][0]["after_opening"]


def test_a_file_is_opened_once_and_its_words_are_not_kept(begun, folder, capsys):
    assert study("open", folder / "cases.csv", "--record", begun) == 2
    assert "it was opened before, by line 2" in capsys.readouterr().err
    assert "c1,female" not in begun.read_text("utf-8")


def test_a_record_that_was_touched_is_refused_everywhere(begun, folder, capsys):
    begun.write_text(begun.read_text("utf-8").replace("A1", "A9"), "utf-8")
    for words in (["show"], ["open", folder / "study.toml"], ["check"]):
        assert study(*words, "--record", begun) == 2
        assert "line 1: it was changed after it was written" in capsys.readouterr().err


def test_a_record_written_anew_does_not_hold_the_hash_that_was_kept(begun, folder, capsys):
    assert study("show", "--record", begun, "--json") == 0
    kept = json.loads(capsys.readouterr().out)["head"]
    assert study("check", "--record", begun, "--head", kept) == 0
    again = folder / "again"
    with record_of.shifted(timedelta(minutes=1)):
        assert study("register", folder / "study.toml", "--record", again) == 0
    assert study("check", "--record", again, "--head", kept) == 2
    assert "the record was rewritten" in capsys.readouterr().err


def test_a_study_ends_with_a_summary_and_takes_nothing_more(begun, folder, capsys):
    (folder / "short").write_text("We learnt a lot.", "utf-8")
    assert study("close", "--record", begun, "--summary", folder / "short") == 2
    assert "ET33" in capsys.readouterr().err
    (folder / "short").write_text(f"{'x' * 199} \n", "utf-8")
    assert study("close", "--record", begun, "--summary", folder / "short") == 2
    (folder / "summary").write_text("Men waited longer. " * 10 + "x" * 10, "utf-8")
    assert study("close", "--record", begun, "--summary", folder / "summary") == 0
    (folder / "more.csv").write_text(CASES + "x,male,labour,,\n", "utf-8")
    assert study("open", folder / "more.csv", "--record", begun) == 2
    assert "the study is closed" in capsys.readouterr().err


def test_nothing_is_registered_over_a_record(begun, folder, capsys):
    before = begun.read_bytes()
    assert study("register", folder / "study.toml", "--record", begun) == 2
    assert "it exists already" in capsys.readouterr().err
    assert begun.read_bytes() == before


def test_an_estimate_is_known_again_by_what_was_asked(folder, capsys):
    run = "estimate mse lists.csv --methods main --replicates 200"
    text = GOOD.replace("tabulate cases.csv --rows form --columns sex --compare male,female", run)
    (folder / "study.toml").write_text(text, "utf-8")
    (folder / "lists.csv").write_text(published.text("korea_3"), "utf-8")
    record, lists = folder / "r", folder / "lists.csv"
    assert study("register", folder / "study.toml", "--record", record) == 0
    assert study("open", lists, "--record", record) == 0
    for name, seed in (("same", "1"), ("other", "2")):
        capsys.readouterr()
        words = ["mse", str(lists), "--methods", "main", "--replicates", "200", "--workers", "1"]
        assert main(["estimate", *words, "--seed", seed, "--json"]) == 0
        (folder / f"{name}.json").write_text(capsys.readouterr().out, "utf-8")
    names = [folder / "same.json", folder / "other.json"]
    _, _, found = checked(capsys, *names, "--record", record, "--data", lists)
    assert (found["same.json"]["status"], found["same.json"]["because"]) == (
        "planned",
        ["not made again"],
    )
    assert found["other.json"]["because"] == ["differs from A1 in: seed"]


@pytest.mark.parametrize("content", ["{", "[1", "\u0000"])
def test_a_result_that_is_no_json_ends_with_two(begun, folder, capsys, content):
    (folder / "bad.json").write_text(content, "utf-8")
    assert study("check", folder / "bad.json", "--record", begun) == 2
    assert "it is not JSON" in capsys.readouterr().err
