"""Attack: files as offices have them, JSON alone on stdout, sheets and figures that say what they are."""

import io
import json
import re
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import typer
import xlsxwriter

from suar_research.cli.main import app, main
from suar_research.files import decoded, rows_of
from suar_research.mse.bootstrap import bca
from support import linkage_world as world

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
ROWS = [["form", "sex", "met", "left"], ["labour", "F", "03/12/2024", "24/12/2024"], ["sexual", "M", "13/11/2024", ""]]


def suar(*words):
    return main([str(word) for word in words])


def workbook(rows, *, dated=()):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet, day = book.add_worksheet("Cases"), book.add_format({"num_format": "dd/mm/yyyy"})
        for at, row in enumerate(rows):
            for column, word in enumerate(row):
                if at and column in dated and word:
                    sheet.write_datetime(at, column, date(*map(int, reversed(word.split("/")))), day)
                elif word.isdigit():
                    sheet.write_number(at, column, int(word))
                else:
                    sheet.write_string(at, column, word)
    return content.getvalue()


def joined(sign):
    return "\n".join(sign.join(row) for row in ROWS) + "\n"


@pytest.mark.parametrize(
    ("content", "assumed", "dates_are_words"),
    [
        (joined(";").encode(), "semicolons between cells", True),
        (joined("\t").encode(), "tabs between cells", True),
        (joined(",").encode("utf-16"), "text in UTF-16", True),
        (joined(";").encode("utf-16"), "text in UTF-16, semicolons between cells", True),
        (workbook(ROWS), "the first visible sheet of a workbook", True),
        (workbook(ROWS, dated=(2, 3)), "the first visible sheet of a workbook", False),
    ],
)
def test_files_of_offices_are_read_and_what_was_assumed_is_said(tmp_path, capsys, content, assumed, dates_are_words):
    file = tmp_path / "cases.csv"
    file.write_bytes(content)
    assert suar("tabulate", file, "--rows", "form", "--columns", "sex", "--json") == 0
    out = capsys.readouterr().out
    [read] = json.loads(out)["inputs"]
    assert read["assumed"] == assumed
    assert suar("tabulate", file, "--rows", "form") == 0
    assert f"({assumed})" in " ".join(capsys.readouterr().out.split())
    assert suar("tabulate", file, "--start", "met", "--end", "left", "--until", "2024-12-31") == 0
    answer = " ".join(capsys.readouterr().out.split())
    assert "21" in answer
    assert ("the day before the month" in answer) is dates_are_words


READERS = [
    (["estimate", "rds", "FILE", "--outcome", "papers", "--replicates", "20", "--workers", "1"], "boats"),
    (
        [
            *["estimate", "nsum", EXAMPLES / "neighbours.csv", "--sizes", "FILE", "--target", "domestic"],
            *["--population", "100000", "--replicates", "20", "--workers", "1"],
        ],
        "sizes",
    ),
    (["release", "tables", "FILE", "--by", "sex,age"], "harbours"),
    (
        [
            *["link", "match", EXAMPLES / "police.tokens", EXAMPLES / "shelter.tokens"],
            *["--truth", "FILE", "--out", "counts.csv"],
        ],
        "same",
    ),
]


@pytest.mark.parametrize(("words", "name"), READERS, ids=lambda item: item if isinstance(item, str) else "")
def test_every_command_answers_the_same_however_an_office_saved_its_file(tmp_path, capsys, monkeypatch, words, name):
    monkeypatch.chdir(tmp_path)
    text = (EXAMPLES / f"{name}.csv").read_text("utf-8")
    forms = {
        "plain.csv": text.encode(),
        "semicolons.csv": text.replace(",", ";").encode(),
        "wide.csv": text.encode("utf-16"),
        "book.xlsx": workbook([line.split(",") for line in text.splitlines()]),
    }
    answers = set()
    for file, content in forms.items():
        Path(file).write_bytes(content)
        capsys.readouterr()
        assert suar(*(file if word == "FILE" else word for word in words)) == 0
        answers.add(capsys.readouterr().out.partition("\nSuar ")[0])
        Path("counts.csv").unlink(missing_ok=True)
    assert len(answers) == 1


def test_the_first_sheet_that_a_person_sees_is_read(tmp_path, capsys):
    """Forms of offices begin with a hidden sheet of the words that their lists offer."""
    with xlsxwriter.Workbook(tmp_path / "cases.xlsx") as book:
        book.add_worksheet("choices").write_column(0, 0, ["choice", "yes", "no"])
        sheet = book.add_worksheet("Cases")
        sheet.write_column(0, 0, [row[0] for row in ROWS])
        sheet.activate()
        book.worksheets()[0].hide()
    assert suar("tabulate", tmp_path / "cases.xlsx", "--rows", "form") == 0
    assert "labour" in capsys.readouterr().out


def test_empty_cells_and_rows_of_a_sheet_are_read_as_in_a_plain_file(tmp_path, capsys):
    """Spreadsheets leave the last cells of a row out, and formatted cells beyond the table in."""
    with xlsxwriter.Workbook(tmp_path / "people.xlsx") as book:
        sheet, bold = book.add_worksheet("Cases"), book.add_format({"bold": True})
        for at, row in enumerate([*ROWS, [], ["", "X", "29 May", ""]]):
            for column, word in enumerate(row):
                sheet.write_string(at, column, word) if word else None
            sheet.write_blank(at, 6, None, bold)
    text = decoded((tmp_path / "people.xlsx").read_bytes())[0]
    assert rows_of(text) == (ROWS[0], [(2, ROWS[1]), (3, ROWS[2]), (5, ["", "X", "29 May", ""])])


def test_a_plain_file_assumes_nothing(capsys):
    assert suar("tabulate", EXAMPLES / "cases.csv", "--rows", "form", "--json") == 0
    assert json.loads(capsys.readouterr().out)["inputs"][0].get("assumed", "") == ""


def rewritten(content, old, new):
    """Return a workbook with bytes of its sheet replaced."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as book, zipfile.ZipFile(result, "w") as other:
        for name in book.namelist():
            assert name != "xl/worksheets/sheet1.xml" or old in book.read(name)
            other.writestr(name, book.read(name).replace(old, new))
    return result.getvalue()


@pytest.mark.parametrize("spoiled", ["cut", "bomb", "none", "wide"])
def test_a_workbook_that_is_none_is_refused(tmp_path, capsys, spoiled):
    content = workbook(ROWS)
    if spoiled == "cut":
        content = content[: len(content) // 2]
    elif spoiled == "wide":
        content = rewritten(content, b'r="B2"', b'r="ZZZZZZZ2"')
    else:
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", b" " * (300_000_000 if spoiled == "bomb" else 10))
        content = bomb.getvalue()
    (tmp_path / "cases.xlsx").write_bytes(content)
    assert suar("tabulate", tmp_path / "cases.xlsx", "--rows", "form") == 2
    assert "workbook" in capsys.readouterr().err


def prepared(words, folder):
    """Return the words of a command with files in a folder."""
    (folder / "lists.csv").write_text(LISTS, "utf-8")
    return [{"OUT": folder / "out", "LISTS": folder / "lists.csv"}.get(word, word) for word in words]


LISTS = """a,b,c,count
1,0,0,90
0,1,0,70
0,0,1,60
1,1,0,20
1,0,1,16
0,1,1,12
1,1,1,5
"""
QUICK = ["--replicates", "20", "--workers", "1"]
TABLE = [EXAMPLES / "harbours.csv", "--by", "sex,age"]
LEDGER = ["--ledger", "LEDGER", "--series", "coast"]
COMMANDS = [
    ["tabulate", EXAMPLES / "cases.csv", "--rows", "form"],
    ["estimate", "mse", "LISTS", *QUICK],
    ["estimate", "rds", EXAMPLES / "boats.csv", "--outcome", "papers", *QUICK],
    [
        *["estimate", "nsum", EXAMPLES / "neighbours.csv", "--sizes", EXAMPLES / "sizes.csv"],
        *["--target", "domestic", "--population", "100000", *QUICK],
    ],
    ["link", "key", "coast", "--out", "KEY"],
    ["link", "schema", "--out", "SCHEMA"],
    [
        *["link", "encode", "police.csv", "--house", "police", "--key", "KEY", "--schema", "SCHEMA"],
        *["--out", "TOKENS", "--rows", "ROWS"],
    ],
    ["link", "match", EXAMPLES / "police.tokens", EXAMPLES / "shelter.tokens", "--out", "COUNTS"],
    ["link", "clear", "police.csv", "shelter.csv", "--schema", "SCHEMA", "--out", "CLEAR"],
    ["release", "tables", *TABLE, *LEDGER, "--out", "TABLES"],
    ["release", "audit", "TABLES"],
    ["release", "ledger", "LEDGER"],
    ["release", "anonymity", EXAMPLES / "harbours.csv"],
    ["release", "noise", *TABLE, "--rho", "0.5", "--out", "NOISE"],
    ["release", "synthetic", *TABLE, "--rho", "0.5", "--out", "SYNTHETIC"],
    ["release", "ctdc", "CODED", "--out", "SHAPED"],
    ["study", "protocol", "--out", "PROTOCOL"],
    ["study", "avenues"],
    ["study", "gate", EXAMPLES / "study.toml"],
    ["study", "register", EXAMPLES / "study.toml", "--record", "RECORD"],
    ["study", "open", EXAMPLES / "cases.csv", "--record", "RECORD"],
    ["study", "amend", "CHANGED", "--reason", "a wrong word", "--record", "RECORD"],
    ["study", "check", "--record", "RECORD"],
    ["study", "show", "--record", "RECORD"],
    ["study", "close", "--summary", "SUMMARY", "--record", "RECORD"],
]


def all_commands(group, *words):
    """Yield the words of each command that the program has."""
    for name, one in group.commands.items():
        yield from all_commands(one, *words, name) if hasattr(one, "commands") else [(*words, name)]


@pytest.mark.slow
def test_with_json_every_command_writes_json_and_nothing_else_to_stdout(tmp_path, capfd, monkeypatch):
    """The commands run one after the other, since some read what others wrote."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "LISTS").write_text(LISTS, "utf-8")
    for name, seed in (("police", 1), ("shelter", 2)):
        rows = [*world.people(60, seed=0), *world.people(60, seed=seed)]
        (tmp_path / f"{name}.csv").write_text(world.as_csv(rows), "utf-8")
    (tmp_path / "CODED").write_text("gender,yearOfRegistration\nWoman,2024\nMan,2023\n", "utf-8")
    plan = (EXAMPLES / "study.toml").read_text("utf-8")
    (tmp_path / "CHANGED").write_text(plan.replace("Work and journeys study", "Work study"), "utf-8")
    (tmp_path / "SUMMARY").write_text("Nothing was found that was not known before. " * 8, "utf-8")
    wanted = sorted(all_commands(typer.main.get_command(app())))
    assert wanted == sorted(("tabulate",) if words[0] == "tabulate" else tuple(words[:2]) for words in COMMANDS)
    for words in COMMANDS:
        capfd.readouterr()
        code = suar(*words, "--json")
        out = capfd.readouterr()
        assert code == 0, (words, out.err)
        assert isinstance(json.loads(out.out), dict), words


@pytest.mark.long
def test_the_first_command_of_a_fresh_clone_writes_json_alone_to_stdout(tmp_path):
    """It makes its environment and installs packages first, and tells so on stderr."""
    root = EXAMPLES.parents[2]
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(root), str(tmp_path / "suar")], check=True)
    words = ["./suar", "tabulate", "research/docs/examples/cases.csv", "--rows", "form", "--json"]
    done = subprocess.run(words, cwd=tmp_path / "suar", capture_output=True, text=True, check=True)
    assert isinstance(json.loads(done.stdout), dict)
    assert "Installing the packages" in done.stderr


@pytest.mark.parametrize(
    ("words", "sheets"),
    [
        (["--rows", "form", "--columns", "sex"], 1),
        (["--rows", "form", "--columns", "sex", "--stratum", "year", "--compare", "male,female"], 4),
        (["--start", "left", "--end", "identified", "--until", "2025-06-30", "--by", "sex"], 1),
    ],
)
def test_each_sheet_of_a_workbook_carries_the_title_of_its_table(tmp_path, words, sheets):
    out = tmp_path / "t.xlsx"
    assert suar("tabulate", EXAMPLES / "cases.csv", *words, "--out", out) == 0
    titles = []
    with zipfile.ZipFile(out) as book:
        strings = re.findall(r"<t[^>]*>([^<]*)</t>", book.read("xl/sharedStrings.xml").decode())
        for name in (name for name in book.namelist() if name.startswith("xl/worksheets/sheet")):
            first = re.search(r'<c r="A1"[^>]*t="s"[^>]*><v>(\d+)</v>', book.read(name).decode())
            titles.append(strings[int(first[1])])
    assert len(titles) >= sheets
    assert len(set(titles)) == len(titles) and all(titles)


FORMS = ["tabulate", EXAMPLES / "cases.csv", "--rows", "form", "--columns", "sex"]
FIGURES = [
    ([*FORMS, "--chart", "bar", "--out"], ("people", "form")),
    ([*FORMS, "--chart", "stacked", "--out"], ("share", "form")),
    (
        ["estimate", "mse", "LISTS", "--replicates", "20", "--plot"],
        ("people", "BIC above the best model", "best model"),
    ),
    (
        [
            *["tabulate", EXAMPLES / "cases.csv", "--start", "left", "--end", "identified"],
            *["--until", "2025-06-30", "--by", "sex", "--out"],
        ],
        ("days", "female"),
    ),
    (
        [
            *["estimate", "rds", EXAMPLES / "boats.csv", "--outcome", "papers", "--value", "own"],
            *["--replicates", "20", "--workers", "1", "--plot"],
        ],
        ("share", "people"),
    ),
]


@pytest.mark.parametrize(("words", "texts"), FIGURES)
def test_figures_have_named_axes_with_ticks_and_a_legend(tmp_path, words, texts):
    out = tmp_path / "figure.svg"
    assert suar(*prepared(words, tmp_path), out) == 0
    svg = out.read_text("utf-8")
    for text in texts:
        assert re.search(rf">[^<]*{text}[^<]*</text>", svg), text
    assert 'id="legend_1"' in svg
    for axis in ("xtick_2", "ytick_2"):
        assert f'id="{axis}"' in svg


@pytest.mark.parametrize("place", ["record", "result", "data"])
def test_study_check_names_a_file_that_is_missing(tmp_path, capsys, place):
    record = tmp_path / "study.jsonl"
    assert suar("study", "register", EXAMPLES / "study.toml", "--record", record) == 0
    missing = tmp_path / f"no-{place}"
    words = {"record": ["--record", missing], "result": [missing, "--record", record]}
    words["data"] = ["--data", missing, "--record", record]
    assert suar("study", "check", *words[place]) == 2
    assert f"no-{place}" in capsys.readouterr().err


def test_bca_refuses_an_interval_without_width():
    with pytest.raises(ValueError, match="one side of the estimate"):
        bca(100.0, np.arange(101.0, 140.0), 0.0, 0.95)
    limits = bca(100.0, np.arange(90.0, 111.0), 0.0, 0.95)
    assert limits.low < limits.high
