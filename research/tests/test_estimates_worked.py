"""What all estimates share, and samples by recruitment, worked by hand."""

import argparse
import io
import json
import re
import sys
from itertools import pairwise
from math import inf, log, nan

import numpy as np
import pytest

from suar_research import answers, asking, command, coverage, paging, running, telling
from suar_research.inputs import Inputs
from suar_research.nsum import asking as nsum
from suar_research.nsum import panel as scaled
from suar_research.nsum.survey import read as survey_of
from suar_research.rds import diagnostics, plots
from suar_research.rds import telling as rds_telling
from suar_research.rds.panel import WANDER, methods_for
from suar_research.rds.reading import Columns, read
from suar_research.rds.samples import in_waves, tallied
from suar_research.rds.study import study
from suar_research.rds.successive import full_at, inclusion
from suar_research.reading import Unreadable, rows_of
from suar_research.resampling import Plan, jackknife_error, until_settled, without_each_block
from suar_research.running import Runner
from support.samples import made


class Screen(io.StringIO):
    """A terminal that keeps what was written to it."""

    def isatty(self):
        return True


def numbers(value):
    return lambda: np.array([float(value)])


def test_a_bar_grows_with_the_work_on_a_screen_and_only_there(monkeypatch):
    for kind, told in ((Screen, True), (Screen, False), (io.StringIO, True)):
        screen = kind()
        monkeypatch.setattr(sys, "stderr", screen)
        found = list(Runner(told=told).each([numbers(at) for at in range(3)], "work"))
        assert [each[0] for each in found] == [0, 1, 2]
        parts = screen.getvalue().split("\r")
        if kind is Screen and told:
            assert parts == ["", "#" * 10 + "." * 20 + " work", "#" * 20 + "." * 10 + " work", "#" * 30 + " work\n"]
        else:
            assert parts == [""]


def test_rounds_add_half_of_what_there_is_in_blocks_of_five_hundred():
    sizes = []

    def block(seed, size):
        sizes.append((size, seed.spawn_key))
        return numbers(size)

    def until(least, most, moved=lambda _: inf):
        sizes.clear()
        found, far = until_settled(block, moved, Plan(3, least, most), Runner())
        return [size for size, _ in sizes], found.tolist(), far

    assert until(600, 2000)[0] == [500, 100, 500, 100, 500, 100, 200]
    assert until(600, 2000, lambda found: 0.01)[0] == [500, 100]
    assert until(600, 1200, lambda found: 0.011) == ([500, 100, 500, 100], [500, 100] * 2, 0.011)
    assert until(1000, 4800)[0] == [500] * 9 + [300]
    assert len({key for _, key in sizes}) == len(sizes)
    assert (Plan().least, Plan().most, Plan().wander, Plan().seed) == (2_000, 40_000, 0.01, 1)


def test_the_error_of_a_limit_comes_from_blocks_left_out():
    """1, 2, 3, 4: the squares sum to 5, three quarters of it are 3.75."""
    assert jackknife_error(np.array([1.0, 2, 3, 4])) == pytest.approx(3.75**0.5)
    left = without_each_block(np.arange(40.0), lambda rest: (rest.min(), rest.max(), len(rest)))
    assert left.shape == (20, 3) and (left[:, 2] == 38).all()
    assert left[0].tolist() == [2, 39, 38] and left[-1].tolist() == [0, 37, 38]


def test_options_that_are_not_said_have_their_values(capsys):
    asked = command.parser().parse_args(["mse", "lists.csv"])
    assert (asked.seed, asked.replicates, asked.keep, asked.report, asked.json, asked.by) == (
        1,
        None,
        None,
        None,
        False,
        None,
    )
    assert asked.workers == running.cores() >= 1
    assert asking.plan_of(asked) == Plan(1)
    asked.replicates, asked.seed = 70, 9
    assert asking.plan_of(asked) == Plan(9, 70, 70)
    for word in ("0", "-1", "1.5", "x", "\N{ARABIC-INDIC DIGIT ONE}"):
        with pytest.raises(argparse.ArgumentTypeError):
            asking.size(word)
    assert asking.size("1") == 1
    for words in ([], ["x"], ["mse"]):
        with pytest.raises(SystemExit) as ended:
            command.main(words)
        assert ended.value.code == 2
    assert "KIND" in capsys.readouterr().err


def test_an_interruption_gives_its_own_code_and_says_what_is_kept(capsys):
    def interrupted(asked):
        def work():
            raise KeyboardInterrupt

        return work

    reader = argparse.ArgumentParser()
    reader.set_defaults(ready=interrupted)
    assert command.answered(reader, []) == 130
    assert capsys.readouterr().err == "\nInterrupted.\n"
    reader.set_defaults(keep="folder")
    assert command.answered(reader, []) == 130
    assert capsys.readouterr().err == "\nInterrupted. What is done is kept in folder.\n"


def test_a_file_that_cannot_be_read_says_why(tmp_path):
    (tmp_path / "odd").write_bytes(b"\xff")
    asked = argparse.Namespace(inputs=Inputs())
    (tmp_path / "sheet.xlsx").write_bytes(b"PK\x03\x04\xff")
    for name, why in (
        (tmp_path / "no", "there is no such file"),
        (tmp_path, "it is a folder"),
        (tmp_path / "odd", "it cannot be read as a text file in UTF-8 (other bytes)"),
        (tmp_path / "sheet.xlsx", "it is a workbook of a sheet program; save the sheet as CSV, with commas, in UTF-8"),
    ):
        with pytest.raises(asking.Unusable) as found:
            asking.content_of(asked, str(name))
        assert found.value.problems == [why]
    (tmp_path / "fine").write_text("a", "utf-8")
    digest = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert asking.content_of(asked, str(tmp_path / "fine")) == ("a", digest)
    assert asked.inputs.as_json() == [{"name": "fine", "bytes": 1, "sha256": digest}]


def test_numbers_are_told_rounded_and_infinity_in_words():
    assert [telling.number(each) for each in (1234.5, 0.4, inf, nan)] == [
        "1,234",
        "0",
        "no limit",
        "no limit",
    ]
    assert [telling.finite(each) for each in (1.23456, inf, nan)] == [1.2346, None, None]
    assert telling.finite(1.23456, 2) == 1.23
    lines = telling.wrapped("word " * 40).splitlines()
    assert all(len(each) <= 100 for each in lines) and lines[1].startswith("  word")
    told = telling.answer_json(answers.Answer("a", 1.5, {"x": (answers.Limits(0.95, 1.0, 2.0),)}, "m", cpu_s=1.23456))
    assert (told["cpu_s"], told["replicates"], told["settled"], told["level"]) == (
        1.235,
        0,
        None,
        0.95,
    )


def test_columns_and_rows_that_cannot_be_are_named():
    def refused(text, wanted=()):
        with pytest.raises(Unreadable) as found:
            rows_of(text, wanted)
        return list(found.value.problems)

    assert rows_of("\ufeff a ,b\n1,2\n , \n3,4\n", ["b"]) == (
        ["a", "b"],
        [(2, ["1", "2"]), (4, ["3", "4"])],
    )
    assert refused(" , \n") == ["row 1: a line with the names of the columns is missing"]
    assert refused("a;b\n1;2\n")[0].startswith("row 1: its cells are parted by semicolons")
    assert refused("a\tb\n1\t2\n")[0].startswith("row 1: its cells are parted by tabs")
    assert rows_of("a;b,c\n") == (["a;b", "c"], [])
    assert refused("a,,a\n1,2,3\n") == [
        "column 2: it has no name",
        "column a: the name stands twice",
    ]
    assert refused("a,b\n1\n1,2,3\n") == [
        "row 2: 1 cells under 2 names of columns",
        "row 3: 3 cells under 2 names of columns",
    ]
    assert refused("a\n1\n", ["b", "a", "c"]) == [
        "column b: it is needed and is not there",
        "column c: it is needed and is not there",
    ]
    assert refused('a\nx\n"' + "y" * 200_000)[0].startswith("row 3: its cells cannot be told")
    many = Unreadable([f"p{at}" for at in range(12)])
    assert str(many).splitlines()[9:] == ["p9", "and 2 more"] and len(many.problems) == 12
    assert str(Unreadable(["p"] * 10)).count("\n") == 9


def test_a_page_puts_the_picture_behind_the_panel_and_lists_as_lists():
    words = "People: 3\n\n- no list\nNOTICES\n- one\n  goes on\n- two\n\nROWS (short)\n  a: 1\n"
    html = paging.page("A <title>", [(words, "<svg/>"), ("\n\nalone\n", "")], "foot & more")
    body = re.search(r"<main>(.*)</main>", html, re.DOTALL)[1]
    parts = re.findall(r"<(h1|h2|ul|pre|svg)\b", body)
    assert parts == ["h1", "pre", "pre", "svg", "h2", "pre", "pre"]
    assert "<h1>A &lt;title&gt;</h1>" in body and "<footer>foot &amp; more</footer>" in html
    assert "<h2>Rows (short)</h2><pre" in body and body.count('aria-label="alone"') == 1
    listed = paging.page("t", [("NOTICES\n- one\n  goes on\n- two\n", "<svg/>")], "")
    assert "<svg/><h2>Notices</h2><ul><li>one goes on</li><li>two</li></ul>" in listed
    assert paging.page("t", [("HEAD\n", "")], "").count("<pre") == 0


def test_a_report_is_refused_before_any_work(tmp_path):
    (tmp_path / "there.html").touch()
    for name, said in (
        ("a.txt", "must end with .html"),
        ("there.html", "it is there already"),
        ("no/a.html", "no such folder"),
    ):
        with pytest.raises(asking.Unusable) as found:
            paging.check(argparse.Namespace(report=str(tmp_path / name)))
        assert said in found.value.problems[0]
    for fine in (None, str(tmp_path / "new.html")):
        paging.check(argparse.Namespace(report=fine))


def test_whom_numbers_are_about_is_said_once_for_each_kind():
    said = coverage.notes([("sex", ["x"]), ("form", ["a"]), ("Gender", []), ("age", [])], [])
    assert said == (
        coverage.IDENTIFIED,
        coverage.BY_SEX,
        coverage.BY_GROUP.format(name="form"),
        coverage.BY_GROUP.format(name="age"),
    )
    assert coverage.is_sex("who", ["Men", "WOMEN"]) and not coverage.is_sex("who", ["men", "x"])
    assert coverage.short([("form", ["a"])]) == coverage.SHORT
    assert coverage.short([("form", ["a"]), ("sex", [])]).endswith(coverage.SHORT_BY_SEX)
    for code, each in coverage.avenues().items():
        assert each.note() == (f"Reached through: {each.name}. This sees {each.sees}. It misses {each.misses}.")
        assert each.code == code


CHAIN = [(n, "" if n < 2 else n - 2, 1 + n % 4, "ab"[(n // 2 + n) % 2]) for n in range(24)]


def studied(people=CHAIN, populations=(100,)):
    whole = read(made(people), Columns("said"))
    return study(whole, populations, Plan(1, 60, 60), Runner())


def test_two_pictures_stand_beside_each_other_on_the_same_scale():
    found = studied()
    svg = plots.settling(found, "a")
    lines = [
        [tuple(map(float, each.split(","))) for each in line.split()] for line in re.findall(r'points="([^"]*)"', svg)
    ]
    whole, *trees = lines
    thick, *thin = map(float, re.findall(r'stroke-width="([\d.]+)" stroke-opacity="0.8"', svg))
    assert thick >= 2 * max(thin)
    assert len(trees) == 2 and [len(each) for each in lines] == [12, 12, 12]
    wide = (760 - 3 * 56) / 2
    assert [x for x, _ in whole] == pytest.approx([56 + at / 11 * wide for at in range(12)], abs=0.1)
    assert trees[0][0][0] == pytest.approx(112 + wide) and trees[0][-1][0] == pytest.approx(704)
    shares = [each.shares[0] for each in found.waves]
    assert [y for _, y in whole] == pytest.approx([72 + (1 - s) * 292 for s in shares], abs=0.1)
    shown = next(each for each in found.found.answers["a"] if each.name == "rds2").shown
    top, high = map(float, re.search(r'<rect x="56" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', svg).groups())
    assert (top, high) == pytest.approx((72 + (1 - shown.high) * 292, (shown.high - shown.low) * 292), abs=0.1)
    words = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]+)<', svg)
    assert [text for _, _, text in words].count("50%") == 2
    assert all(0 < float(x) <= 704 and 20 < float(y) < 420 for x, y, _ in words)
    ends = [(float(x), text) for x, _, text in words if text.startswith("wave")]
    assert [text for _, text in ends] == ["wave 0 (seeds)", "wave 11"] * 2
    assert [x for x, _ in ends] == pytest.approx([56, 56 + wide, 112 + wide, 704])


def test_a_tree_of_four_is_not_drawn_and_one_of_five_is():
    people = [(n, "" if n in (0, 4) else n - 1, 2, "ab"[n % 2]) for n in range(12)]
    five = [(n, "" if n in (0, 5) else n - 1, 2, "ab"[n % 2]) for n in range(12)]
    drawn = [plots.settling(studied(each), "a").count("<polyline") for each in (people, five)]
    assert drawn == [2, 3]


def test_a_sample_as_json_has_every_part():
    found = studied()
    told = rds_telling.as_json(found, ["a", "b"])
    assert set(told) == {"people", "seeds", "not_known", "values", "notices", "assumptions", "diagnostics"}
    assert (told["people"], told["seeds"], told["not_known"]) == (24, 2, 0)
    assert told["assumptions"] == list(rds_telling.ASSUMPTIONS) and set(told["values"]) == {
        "a",
        "b",
    }
    inside = told["diagnostics"]
    assert set(inside) == {"waves_needed", "homophily", "waves", "trees", "mixing"}
    assert set(inside["waves"][0]) == {"wave", "people", "rds2"}
    assert set(inside["trees"][0]) == {"seed_value", "people", "waves", "rds2", "rds2_without"}
    assert set(inside["mixing"][0]) == {"value", "people", "contacts", "recruited", "homophily"}
    assert [each["wave"] for each in inside["waves"]] == list(range(12))
    assert [each["people"] for each in inside["waves"]] == list(range(2, 25, 2))
    assert (inside["trees"][0]["people"], inside["trees"][0]["waves"]) == (12, 11)
    assert "methods" in rds_telling.as_json(found, ["a"])
    lines = rds_telling.words(found, ["a"]).splitlines()
    for name, says in (*rds_telling.METHODS.items(), *rds_telling.INTERVALS.items()):
        assert f"- {name}: {says}"[:60] in " ".join(lines)
    assert lines[0].startswith("24 people in 2 trees of up to 11 waves; they know 1 to 4")
    assert any(each.startswith("  wave  11:     24 people") for each in lines)


def test_who_recruits_whom_is_counted_by_hand():
    """Each of a recruits one of b and each of b one of a, but the last two."""
    whole = read(made(CHAIN), Columns("said"))
    first, second = diagnostics.mixing(whole)
    assert (first.value, first.people, first.recruited) == ("a", 12, (0, 11))
    assert (second.people, second.recruited, second.homophily) == (12, (11, 0), -1)
    degrees = [row[2] for row in CHAIN if row[3] == "a"]
    assert first.contacts == pytest.approx(12 / sum(1 / each for each in degrees))
    assert whole.wave.max() == 11 and whole.groups == 3
    assert in_waves(np.array([1, -1, 0, 4, 3])).tolist() == [1, 0, 2]
    counted = tallied(whole)
    assert counted.people.sum() == 24 and counted.seeds.sum() == 2 and counted.ties.sum() == 22
    assert counted.without_seeds.people.sum() == 22 and counted.without_seeds.seeds.sum() == 0
    assert diagnostics.waves_needed(whole) is None
    assert pytest.approx(1 / 300) == WANDER
    assert [each.name for each in methods_for([5, 7])][-2:] == ["ss_5", "ss_7"]


def test_the_hour_at_which_a_sample_is_full_is_that_of_the_equation():
    """All know one: 40 drawn of 100 were drawn with a chance of 0.4, at t = log(100/60)."""
    hour = full_at(np.array([1.0]), np.array([[40.0]]), 100.0)
    assert hour == pytest.approx([log(100 / 60)], rel=1e-9)
    degrees, drawn = np.array([1.0, 5.0]), np.array([30.0, 38.0])
    chances = inclusion(degrees, drawn[None], 100.0)[0]
    there = drawn / chances
    assert there.sum() == pytest.approx(100)
    mixed = full_at(degrees, drawn[None], 100.0)[0]
    assert 1 - np.exp(-mixed) == pytest.approx(chances[0], rel=1e-9)
    assert there @ (1 - np.exp(-degrees * mixed)) == pytest.approx(68)
    assert all(a < b for a, b in pairwise(chances))


SIZES = "group,size\nnurses,2000\nfishers,5000\n"


def test_a_survey_has_its_limits_and_its_answer_every_part():
    rows = "2,5,1\n1,1,0\n" * 5
    found = survey_of(f"nurses,fishers,asked\n{rows}", SIZES, "asked", 100_000)
    for people, sizes, said in (
        (rows[:-6], SIZES, "9 respondents; at least 10"),
        (f"{rows}{10**10 + 1},1,1\n", SIZES, "row 12, column nurses"),
        (rows, "group,size\nnurses,1\nfishers,100000\n", "row 3, column size: not a number"),
        (rows, "group,size\nnurses,0\nfishers,9\n", "row 2, column size: not a number"),
        (rows, "group,size\nnurses,5\n,9\n", "row 3, column group: a group needs a name"),
    ):
        with pytest.raises(Unreadable, match=said):
            survey_of(f"nurses,fishers,asked\n{people}", sizes, "asked", 100_000)
    known = scaled.known_groups(found)
    answer = [
        answers.Answer(name, at, {"p": (answers.Limits(0.95, 1.0, inf),)}, "m", 5, True)
        for name, at in (("ratio", 300.0), ("means", 450.0))
    ]
    assert scaled.notices(found, answer, [])[0].startswith("Only 5 respondents know anybody")
    told = nsum.as_json(found, answer, known, ["Beware."])
    assert set(told) == {"respondents", "methods", "notices", "assumptions", "known_groups"}
    assert told["known_groups"][0] == {
        "name": "nurses",
        "known": 2000.0,
        "estimate": pytest.approx(2000 * 15 / 2000 * 5000 / 30, rel=1e-3),
    }
    lines = list(nsum.words(found, answer, known, ["Beware."]))
    assert lines[0] == "10 respondents, 2 groups of known size."
    assert lines[3] == "ratio              300             1 - no limit   m"
    assert lines[-2].startswith("  nurses: 2,000, ") and "\nNOTICES" in lines
    for low, high, unstable in ((300.0, 450.0, False), (300.0, 450.1, True)):
        pair = [answers.Answer("x", each, {}, "m", 5, True) for each in (high, low)]
        assert scaled.notices(found, pair, [])[0].startswith("UNSTABLE") is unstable
    for estimate, off in ((1001.0, False), (1000.0, True), (3999.0, False), (4000.0, True)):
        known_ = [scaled.Known("k", 2000.0, estimate)]
        assert any("come out wrong" in each for each in scaled.notices(found, answer, known_)) is off


def test_a_survey_is_asked_with_all_its_parts(tmp_path, capsys):
    for words in (
        ["s"],
        ["s", "--sizes", "x", "--target", "t"],
        ["s", "--target", "t", "--population", "9"],
        ["s", "--sizes", "x", "--population", "9"],
    ):
        with pytest.raises(SystemExit):
            command.main(["nsum", *words])
    capsys.readouterr()
    (tmp_path / "s").write_text("nurses,fishers,ask\u00e9\n" + "2,5,1\n1,1,0\n" * 5, "utf-8")
    (tmp_path / "z").write_text(SIZES, "utf-8")
    words = [
        "nsum",
        str(tmp_path / "s"),
        "--sizes",
        str(tmp_path / "z"),
        "--target",
        "ask\u00e9",
        "--population",
        "100000",
        "--workers",
        "1",
        "--replicates",
        "40",
    ]
    assert command.main([*words, "--json"]) == 0
    out = capsys.readouterr().out
    assert '"target": "ask\u00e9"' in out and out.startswith('{\n "')
    told = json.loads(out)
    assert told["methods"][0]["replicates"] == 40 and 0 <= told["methods"][0]["cpu_s"] < 30
