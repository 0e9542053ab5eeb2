"""`./suar estimate rds`: its answers, its refusals, its notices and its picture."""

import json
from functools import cache

import numpy as np
import pytest

from suar_research.cli.main import main
from suar_research.rds import study
from suar_research.rds.samples import Columns, read_sample
from suar_research.running import Plan, Runner
from support import samples

SHORT = ["--replicates", "200", "--workers", "1"]
ASKED = ["--outcome", "disease", "--recruiter", "recruiter.id"]
SHORT_PLAN = Plan(1, 200, 200)
SYCAMORE = str(samples.PLACE / "fauxsycamore.csv")


@cache
def told(name, populations=(1000,)):
    return study.study(samples.sample(name), populations, SHORT_PLAN, Runner())


def said_of(people, populations=(), plan=SHORT_PLAN):
    whole = read_sample(samples.made(people), Columns("said"))
    return " ".join(study.study(whole, populations, plan, Runner()).notices)


def test_words_hold_every_method_interval_assumption_and_the_criticism(capsys):
    words = ["rds", SYCAMORE, *ASKED, "--population", "1000,715", *SHORT]
    assert main(["estimate", *words]) == 0
    out = capsys.readouterr().out
    for name in ("mean", "rds1", "rds1_without_seeds", "rds2", "rds2_without_seeds", "ss_715"):
        assert out.count(f"\n{name} ") == 2
    for kind in ("tree", "salganik", "gile"):
        assert f" {kind}" in out
    assert "14.5%" in out and "20.3%" in out
    for always in (*study.TEXTS["assumptions"], study.TEXTS["criticism"]):
        assert always in " ".join(out.split())


def test_one_value_in_json_has_the_promised_shape(capsys):
    words = ["rds", SYCAMORE, *ASKED, "--value", "1", *SHORT, "--json", "--seed", "9"]
    assert main(["estimate", *words, "--population", "715"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["seed"], len(found["input_sha256"]), found["version"]) == (9, 64, "0.1.0")
    assert (found["outcome"], found["people"], found["seeds"]) == ("disease", 500, 10)
    assert found["methods"] == found["values"]["1"]["methods"]
    shares = {item["name"]: item["estimate"] for item in found["methods"]}
    assert shares["rds1"] == pytest.approx(0.108723, abs=1e-6)
    assert shares["rds2_without_seeds"] == pytest.approx(0.137191, abs=1e-6)
    assert shares["ss"] == pytest.approx(0.2033, abs=0.003)
    for item in found["methods"]:
        assert set(item) >= {"name", "estimate", "low", "high", "level", "replicates", "cpu_s"}
        assert item["low"] < item["estimate"] < item["high"]
    assert found["notices"][-1] == study.TEXTS["criticism"]
    diagnostics = found["diagnostics"]
    assert diagnostics["mixing"][1]["recruited"] == {"0": 83, "1": 75}
    assert diagnostics["waves"][-1]["people"] == 500
    assert sum(diagnostic["people"] for diagnostic in diagnostics["trees"]) == 500


def test_the_same_seed_gives_the_same_answer_on_two_processes(capsys):
    words = ["rds", SYCAMORE, *ASKED, "--replicates", "1000", "--population", "715"]
    assert main(["estimate", *words, "--workers", "1"]) == 0
    one = capsys.readouterr().out
    assert main(["estimate", *words, "--workers", "2"]) == 0
    assert capsys.readouterr().out == one


def test_a_report_that_could_not_be_written_is_refused_before_the_work(tmp_path, capsys):
    words = ["rds", SYCAMORE, *ASKED, *SHORT, "--report", str(tmp_path / "no" / "page.html")]
    assert main(["estimate", *words]) == 2
    heard = capsys.readouterr()
    assert heard.out == "" and "there is no such folder" in heard.err


@pytest.mark.parametrize(
    ("content", "more"),
    [
        (b"id,recruiter,degree,disease\na,,0,1\n" * 12, []),
        (b"\xff\xfe", []),
        (None, []),
        (samples.text("fauxsycamore").encode(), ["--value", "2"]),
    ],
)
def test_a_file_that_cannot_be_used_ends_with_two_and_writes_nothing(tmp_path, capsys, content, more):
    path, picture = tmp_path / "bad.csv", tmp_path / "a.svg"
    if content is not None:
        path.write_bytes(content)
    assert main(["estimate", "rds", str(path), *ASKED, *more, "--plot", str(picture)]) == 2
    told_ = capsys.readouterr()
    assert told_.out == ""
    assert "cannot be used" in told_.err
    assert not picture.exists()


@pytest.mark.parametrize("words", [["--population", "many"], ["--population", "0"], ["--workers"]])
def test_words_that_are_not_known_end_with_two(words):
    assert main(["estimate", "rds", SYCAMORE, *ASKED, *words]) == 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fauxsycamore", "UNSTABLE: the methods disagree on '1', from 10.9% (rds1) to 18.1% (ss)"),
        ("fauxsycamore", "All 10 seeds said '1'"),
        ("fauxsycamore", "Not settled: the share of '0' still moved by 6.0 percentage points"),
        ("fauxsycamore", "The sample is 50% of 1,000 people"),
        ("faux", "One seed"),
    ],
)
def test_a_sample_with_a_known_fault_is_told_to_have_it(name, said):
    assert any(notice.startswith(said) for notice in told(name).notices)


def test_a_calm_sample_raises_only_what_is_always_said():
    """Each recruits one of each kind, seeds are mixed, the chains long and the population large."""
    rng = np.random.default_rng(4)
    people = [(n, "" if n < 8 else n // 2 - 4, 6 + int(rng.integers(5)), "ab"[n % 2]) for n in range(400)]
    assert said_of(people, [10**6], Plan(1, 1000, 2000)) == study.TEXTS["criticism"]
    told_ = said_of(people, plan=Plan(1, 100, 100))
    assert "The limits had not settled after 100 replicates for mean, rds1, rds1_without" in told_


def test_each_notice_has_its_cause():
    own = said_of([(n, "" if n < 2 else n - 2, 5, "ab"[n % 2]) for n in range(80)], [40])
    for said in (
        "Groups do not reach each other",
        "Bottleneck: trees of 30 people and more say from 0% to 100% of 'a'",
        "Few recruitments go from one group to another: 0",
        "rds1: no estimate, a group recruited nobody, or groups never recruited each other",
        "ss: no estimate, 40 people in all are not more than the 80 interviewed",
    ):
        assert said in own
    few = [(n, "" if n == 0 else n - 1, 1, "aab"[n % 3] if n != 5 else "") for n in range(12)]
    odd = said_of(few)
    assert "11 people say that they know fewer" not in odd
    assert "10 people say that they know fewer" in odd
    assert "Of 1 people the answer is not known" in odd
    assert "ss: no estimate, how many people there are in all was not said" in odd
    assert "Drawing whole trees again gives a narrower interval than another way for mean" in odd
    assert "Wide" in odd


def test_few_crossings_are_counted_by_hand():
    """Seven recruit one of the other kind, in three kinds."""
    people = [(n, "" if n < 9 else n - 9, 5, "abc"[(n + (n > 29)) % 3]) for n in range(37)]
    assert "Few recruitments go from one group to another: 7." in said_of(people)


def test_as_many_waves_as_are_needed_are_enough():
    """Half of the recruits are of the other kind: one wave forgets who began."""
    people = [(n, "" if n < 20 else n - 20, 5, "ab"[n // 10 % 2]) for n in range(40)]
    people += [(40 + n, n, 5, "ba"[n // 10 % 2]) for n in range(20)]
    assert "Too few waves" not in said_of(people)


def test_too_few_waves_are_counted():
    people = [(n, "" if n < 30 else n - 30, 5, "ab"[n // 15 % 2]) for n in range(60)]
    people += [(60 + n, n, 5, "ab"[n // 15 % 2 ^ (n % 9 == 0)]) for n in range(30)]
    assert "Too few waves: 1, where" in said_of(people)


def test_replicates_without_an_estimate_are_counted():
    people = [(n, "" if n < 6 else n - 6, 5, "b" if n in (4, 10, 17) else "a") for n in range(24)]
    assert "Some replicates have no estimate: rds1 (" in said_of(people)
