"""What the commands of releases answer and refuse, and small exact cases of noise and shape."""

import hashlib
import json
import math

import pytest

from suar_research import command
from suar_research.reading import Unreadable
from suar_research.releases import auditing, ctdc, noise, sheets, telling
from suar_research.releases.__main__ import parser
from suar_research.releases.published import Rules

PEOPLE = "a,b,count\nx,p,14\nx,q,40\ny,p,22\ny,q,31\n"


def release(*words):
    return command.answered(parser(), [str(each) for each in words])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "p.csv").write_text(PEOPLE, "utf-8")
    (tmp_path / "c.csv").write_text("gender\nMan\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "file"),
    [
        (["anonymity", "p.csv"], "p.csv"),
        (["ctdc", "c.csv", "--out", "o.tsv"], "c.csv"),
        (["tables", "p.csv", "--by", "a"], "p.csv"),
        (["noise", "p.csv", "--by", "a", "--rho", "1", "--out", "o.csv"], "p.csv"),
        (["synthetic", "p.csv", "--rho", "1", "--out", "o.csv"], "p.csv"),
    ],
)
def test_every_answer_names_its_version_and_the_digest_of_its_file(words, file, folder, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    assert release(*words, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["input_sha256"] == hashlib.sha256((folder / file).read_bytes()).hexdigest()
    assert told["version"] == "0.1.0"


def test_files_are_of_two_times_unless_they_are_said_to_be_of_the_same_people(folder, capsys):
    for name, count in (("one", 8), ("two", 20)):
        (folder / name).write_text(f"a,count\nx,9\ny,{count}\n", "utf-8")
    assert release("audit", folder / "one", folder / "two") == 0
    assert "no small change shows" in capsys.readouterr().out
    assert release("audit", folder / "one", folder / "two", "--json") == 0
    told = json.loads(capsys.readouterr().out)["input_sha256"]
    texts = [(folder / name).read_bytes() for name in ("one", "two")]
    assert told == [hashlib.sha256(text).hexdigest() for text in texts]
    assert release("audit", folder / "one", folder / "two", "--same") == 2
    assert "a y: two counts of the same people are not the same" in capsys.readouterr().err


@pytest.mark.parametrize("more", [["--ledger", "l"], ["--series", "coast"]])
@pytest.mark.parametrize("word", [["noise", "--by", "a"], ["synthetic"], ["tables", "--by", "a"]])
def test_a_ledger_and_the_name_of_its_people_go_together(word, more, folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    cost = [] if word[0] == "tables" else ["--rho", "1"]
    with pytest.raises(SystemExit) as refused:
        release(word[0], "p.csv", *word[1:], *cost, *more, "--out", "o.csv")
    assert refused.value.code == 2
    assert "--ledger and --series go together" in capsys.readouterr().err
    assert sorted(each.name for each in folder.iterdir()) == ["c.csv", "p.csv"]


def test_a_cell_that_the_shape_does_not_know_is_refused_also_where_columns_are_missing():
    for wrong, said in (
        ("gender\nwoman\n", "row 2, column gender: not one of Woman, Man"),
        ("meansThreats\n2\n", "row 2, column meansThreats: not 1 or"),
    ):
        with pytest.raises(Unreadable) as found:
            ctdc.shaped(wrong)
        assert found.value.problems[0].startswith(said)


def test_what_could_be_worked_out_is_refused_cell_by_cell():
    rows = "a,b,count\nx,p,<5\nx,q,9\nx,,11\ny,p,<5\ny,q,7\ny,,10\n"
    found = auditing.audit([[sheets.read(rows, Rules())]], Rules())
    assert telling.weak_problems(found, 1) == [
        "a x, b p: what is hidden is 2",
        "a y, b p: what is hidden is 3",
    ]


@pytest.mark.parametrize("variance", [4.0, 400.0, 90_000.0])
def test_chances_are_those_of_the_normal_density_where_it_is_wide(variance):
    density = 1 / math.sqrt(2 * math.pi * variance)
    assert noise.chances(variance, 0)[0] == pytest.approx(density, abs=1e-9)
    assert noise.within(variance, noise.chances(variance, 0)[0]) == 0, "that share is reached by 0"
    assert noise.expected(variance) == pytest.approx(math.sqrt(2 * variance / math.pi), abs=0.07)
    assert noise.within(variance, 0.95) == pytest.approx(1.96 * math.sqrt(variance), abs=1)
