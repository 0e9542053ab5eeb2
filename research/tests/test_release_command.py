"""`./suar release`: what is said, what is written, what is refused; nothing is half done."""

import hashlib
import json

import pytest

from suar_research import __version__
from suar_research.cli.main import main
from suar_research.releases import anonymity, ctdc
from suar_research.releases.cells import read_people
from support import DOCS
from test_release_ledger import MARCH, more

PEOPLE = (DOCS / "examples" / "harbours.csv").read_text("utf-8")


def release(*words):
    return main(["release", *map(str, words)])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE, "utf-8")
    (tmp_path / "march.csv").write_text(MARCH, "utf-8")
    (tmp_path / "april.csv").write_text(more(MARCH, F_child=1), "utf-8")
    return tmp_path


def test_tables_are_written_as_a_sheet_and_a_page_and_read_back_by_the_audit(folder, capsys):
    tables = ("--by", "sex,age", "--by", "form,place")
    out = ("--json", "--out", folder / "t.csv", "--html", folder / "t.html")
    assert release("tables", folder / "people.csv", *tables, *out) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["version"] == __version__
    assert told["input_sha256"] == hashlib.sha256(PEOPLE.encode()).hexdigest()
    assert told["hidden"] == told["hidden_small"] + told["hidden_for_others"] == 6
    sheet = (folder / "t.csv").read_text("utf-8")
    assert sheet.count("hidden") == 6
    page = (folder / "t.html").read_text("utf-8")
    assert page.count("<td>x</td>") == 6 and "not all who were trafficked" in page
    assert "<script" not in page and "://" not in page
    assert release("audit", folder / "t.csv", "--json") == 0
    assert json.loads(capsys.readouterr().out)["narrowest"] == told["narrowest"]


def test_a_sheet_made_elsewhere_that_gives_a_cell_away_ends_with_two(folder, capsys):
    (folder / "weak.csv").write_text(
        "sex,age,count\nF,child,<5\nF,adult,20\nF,total,23\nM,child,8\nM,adult,9\n", "utf-8"
    )
    assert release("audit", folder / "weak.csv") == 2
    assert "age child, sex F: what is hidden is 3" in capsys.readouterr().out
    (folder / "odd.csv").write_text("sex,age,count\nF,a,5\nF,b,7\nF,,13\nM,a,8\nM,b,9\n", "utf-8")
    assert release("audit", folder / "odd.csv") == 2
    assert "sex F: its parts do not add up to it" in capsys.readouterr().err


def test_a_ledger_protects_the_next_release_or_refuses_it(folder, capsys):
    noted = ("--by", "sex,age", "--ledger", folder / "l", "--series", "coast")
    assert release("tables", folder / "march.csv", *noted, "--out", folder / "m.csv") == 0
    before = (folder / "l").read_bytes()
    assert release("tables", folder / "april.csv", *noted, "--out", folder / "a.csv") == 2
    assert "what changed since release 1" in capsys.readouterr().err
    assert not (folder / "a.csv").exists() and (folder / "l").read_bytes() == before
    assert release("tables", folder / "march.csv", *noted[:2], "--where", "sex=F") == 2
    assert "column sex: --where keeps one code of it" in capsys.readouterr().err
    assert release("ledger", folder / "l") == 0
    (folder / "l").write_bytes(before.replace(b"coast", b"ghost"))
    assert release("ledger", folder / "l") == 2
    assert "line 1: it does not follow" in capsys.readouterr().err


def test_the_same_people_in_another_order_belong_to_the_same_series(folder, capsys):
    text = (folder / "march.csv").read_text("utf-8")
    first, *rows = text.splitlines()
    columns = [[*reversed(row.split(","))] for row in (first, *reversed(rows))]
    (folder / "again.csv").write_text("\n".join(";".join(row) for row in columns), "utf-8")
    (folder / "others.csv").write_text(text.replace("\nM,child,9", "\nM,child,19"), "utf-8")
    noted = ("--by", "sex,age", "--ledger", folder / "l", "--series")
    assert release("tables", folder / "march.csv", *noted, "coast") == 0
    assert release("tables", folder / "again.csv", *noted, "hills") == 2
    assert "tables or noise of these people stand in series coast already" in capsys.readouterr().err
    assert release("tables", folder / "again.csv", *noted, "coast") == 0
    assert release("tables", folder / "others.csv", *noted, "hills") == 0


@pytest.mark.parametrize("file", ["march.csv", "again.csv"])
def test_a_budget_is_not_spent_again_under_another_series(folder, capsys, file):
    """Noise of one file under many series could be averaged away."""
    first, *rows = (folder / "march.csv").read_text("utf-8").splitlines()
    (folder / "again.csv").write_text("\n".join([first, *reversed(rows)]), "utf-8")
    paid = ("--by", "sex,age", "--rho", "0.6", "--budget", "1", "--ledger", folder / "l", "--series")
    assert release("noise", folder / "march.csv", *paid, "coast", "--out", folder / "n1") == 0
    before = (folder / "l").read_bytes()
    assert release("noise", folder / file, *paid, "hills", "--out", folder / "n2") == 2
    assert "stand in series coast already" in capsys.readouterr().err
    assert release("synthetic", folder / file, *paid[2:], "hills", "--out", folder / "s") == 2
    assert release("tables", folder / file, "--by", "sex", "--ledger", folder / "l", "--series", "hills") == 2
    assert (folder / "l").read_bytes() == before and not (folder / "n2").exists()


def test_a_column_of_counts_with_other_capitals_is_not_taken_for_a_code(folder, capsys):
    """Each row would count as one person, and thirty people as a small cell."""
    text = (folder / "march.csv").read_text("utf-8")
    (folder / "capitals.csv").write_text(text.replace("count", "Count", 1), "utf-8")
    assert release("tables", folder / "capitals.csv", "--by", "sex,age") == 2
    assert "column Count: rename it to `count`" in capsys.readouterr().err


def test_a_release_that_nobody_could_note_is_not_published(folder, capsys):
    (folder / "l").mkdir()
    assert (
        release(
            "tables",
            folder / "march.csv",
            "--by",
            "sex,age",
            "--ledger",
            folder / "l",
            "--series",
            "coast",
            "--out",
            folder / "m.csv",
        )
        == 2
    )
    assert not (folder / "m.csv").exists()


def test_noise_is_paid_for_and_what_is_not_left_is_not_drawn(folder, capsys):
    paid = ("--ledger", folder / "l", "--series", "coast", "--by", "sex,age")
    noise = ("noise", folder / "people.csv", *paid, "--rho")
    assert release(*noise, "0.6", "--out", folder / "a") == 2
    assert "no budget yet" in capsys.readouterr().err
    assert release(*noise, "0.6", "--budget", "1", "--out", folder / "a", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rho"] == 0.6 and told["within_95"] >= 1 and told["seed"] is None
    assert release(*noise, "0.6", "--out", folder / "b") == 2
    assert "rho 0.6 was asked and 0.4 is left" in capsys.readouterr().err
    assert release(*noise, "0.1", "--budget", "9", "--out", folder / "b") == 2
    assert "it is set once" in capsys.readouterr().err
    spent = (folder / "l").read_bytes()
    assert release(*noise, "0.4", "--out", folder / "a") == 2
    assert (folder / "l").read_bytes() == spent and not (folder / "b").exists()
    assert release(*noise, "0.4", "--out", folder / "b", "--smooth", "not_negative") == 0
    rows = (folder / "b").read_text("utf-8").splitlines()
    assert rows[0] == "table,sex,age,count,off_at_most_95" and len(rows) == 9


def test_invented_people_are_written_with_a_report(folder, capsys):
    words = ("synthetic", folder / "people.csv", "--rho", "1", "--seed", "3", "--json", "--out")
    assert release(*words, folder / "s.csv") == 0
    told = json.loads(capsys.readouterr().out)
    invented = read_people((folder / "s.csv").read_text("utf-8"))
    assert invented.number == told["people"] and invented.names == ("sex", "age", "form", "place")
    assert len(told["compared"]) == 4 + 6 + 4
    assert release(*words, folder / "s.csv") == 2


def test_who_stands_alone_is_counted(folder, capsys):
    found = anonymity.measure_anonymity(
        read_people("a,b,c,count\nx,p,1,4\nx,p,2,3\nx,q,1,1\ny,p,1,2\ny,p,1,6\n"), ("a", "b"), 5, "c"
    )
    assert (found["k"], found["groups"], found["people_alone"]) == (1, 3, 1)
    assert found["people_below_k"] == 1 and found["group_sizes"] == {"1": 1, "7": 1, "8": 1}
    assert found["l"] == 1
    first = found["combinations"][0]
    assert first["columns"] == ["b"] and first["people_below_k"] == 1
    assert release("anonymity", folder / "people.csv", "--by", "sex,age", "--secret", "form") == 0
    assert "(k = " in capsys.readouterr().out


ROW = {
    "yearOfRegistration": "2024",
    "gender": "Woman",
    "ageBroad": "9--17",
    "citizenship": "IDN",
    "isForcedLabour": "yes",
    "meansThreats": "0",
}


def test_coded_people_take_the_shape_of_ctdc_and_are_read_strictly(folder, capsys):
    assert len(ctdc.columns()) == 27
    (folder / "coded.csv").write_text(f"{','.join(ROW)}\n{','.join(ROW.values())}\n", "utf-8")
    assert release("ctdc", folder / "coded.csv") == 2
    assert "column traffickMonths: it is needed once" in capsys.readouterr().err
    assert release("ctdc", folder / "coded.csv", "--out", folder / "shaped.tsv") == 0
    assert release("ctdc", folder / "shaped.tsv", "--json") == 0
    text = (folder / "shaped.tsv").read_text("utf-8")
    row = dict(zip([column.name for column in ctdc.columns()], ctdc.read(text)[0], strict=True))
    assert row["isForcedLabour"] == "1" and row["meansThreats"] == "" and row["gender"] == "Woman"
    (folder / "bad.tsv").write_text(text.replace("Woman", "woman"), "utf-8")
    capsys.readouterr()
    assert release("ctdc", folder / "bad.tsv") == 2
    said = capsys.readouterr().err
    assert "row 2, column gender: not one of Woman, Man" in said and "woman" not in said
    newer = text.replace("typeOfLabourAgriculture", "sectorOfLabourAgriculture")
    assert ctdc.read(newer) == ctdc.read(text)


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("a,count\nx,-1\n", ["--by", "a"], "row 2, column count: not a whole number"),
        ("a,b\nx,y\n", ["--by", "a,c"], "table a x c: there is no column c"),
        ("a\n", ["--by", "a"], "it holds nobody"),
        ("a,b,c,d,e\n1,1,1,1,1\n", ["--by", "a,b,c,d,e"], "1 to 4 columns can be crossed"),
        ("a\n(all)\n", ["--by", "a"], "stands for everybody and cannot be a code"),
        ("a\n" + "".join(f"{n}\n" for n in range(500)), ["--by", "a"], "more than 400"),
        ("a,b\nx,y\n", ["--by", "a", "--where", "b=z"], "nobody has the code"),
        ("a,b\nx,y\n", ["--by", "a,b", "--where", "b=y"], "column b: --where keeps one code of it"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_and_where(tmp_path, capsys, text, words, said):
    (tmp_path / "bad.csv").write_text(text, "utf-8")
    assert release("tables", tmp_path / "bad.csv", *words, "--out", tmp_path / "t.csv") == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "t.csv").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["tables", "p", "--by", "a", "--ledger", "x"],
        ["tables", "p", "--by", "a", "--where", "b"],
        ["noise", "p", "--by", "a", "--rho", "0", "--out", "x"],
        ["noise", "p", "--by", "a", "--rho", "1", "--out", "x", "--smooth", "y"],
    ],
)
def test_a_command_that_cannot_be_is_refused(words, tmp_path):
    assert release(*words) == 2
