"""`./suar tabulate`: its answers, its files, its refusals and its exit codes."""

import csv
import io
import json
import re
import zipfile
from xml.etree import ElementTree

import pytest

from suar_research.cli.main import main
from suar_research.report import MINUS, MISSING_NUMBER, escape_latex, spreadsheet_safe
from support import published_tables as figures

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CASES = (
    "case,sex,form,year,met,found\n"
    + "".join(f"c{at},female,begging,2023,2024-01-01,2024-01-{at + 2:02}\n" for at in range(12))
    + "".join(f"d{at},male,labour,2024,2024-01-01,2024-02-{at + 2:02}\n" for at in range(14))
    + "e1,,labour,2024,2024-01-01,\ne2,male,=1+1,2024,2024-01-03,2024-01-09\n"
)
TABLE = ["--rows", "form", "--columns", "sex"]
TIMES = ["--start", "met", "--end", "found", "--until", "2024-03-01"]


@pytest.fixture
def cases(tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text(CASES, "utf-8")
    return path


def tabulate(cases, *words):
    return main(["tabulate", cases, *words])


def answer(capsys):
    return json.loads(capsys.readouterr().out)


def test_words_come_without_being_asked_for(cases, capsys):
    assert tabulate(cases, *TABLE, "--compare", "male,female", "--stratum", "year") == 0
    out = capsys.readouterr().out
    assert "form by sex, year: 2024" in out
    assert "not all people who were trafficked" in out and "Men who were identified" in out
    assert "SMALL CELLS" in out and "./suar release" in out
    assert "odds ratio" in out and "Pearson chi-square" in out


def test_json_names_version_seed_input_and_what_was_asked(cases, capsys):
    assert tabulate(cases, *TABLE, "--json", "--seed", "9") == 0
    told = answer(capsys)
    assert (told["version"], len(told["input_sha256"]), told["seed"]) == ("0.1.0", 64, 9)
    assert (told["asked"]["command"], told["asked"]["rows"]) == ("tabulate", "form")
    assert told["tables"][0]["rows"][-1][1:4] == [12, "43%", "100%"]
    assert told["coverage"][0].startswith("These are people who were identified")


def test_a_note_of_whom_it_covers_is_in_every_kind_of_file(cases, tmp_path, capsys):
    kinds = ("txt", "tex", "html", "csv", "xlsx", "json", "svg")
    outs = [word for kind in kinds for word in ("--out", tmp_path / f"t.{kind}")]
    assert tabulate(cases, *TABLE, "--chart", "stacked", "--avenue", "SA_FILES", *outs) == 0
    digest = re.search(r"SHA-256 (\w{64})", capsys.readouterr().out)[1]
    for kind in kinds:
        content = (tmp_path / f"t.{kind}").read_bytes()
        if kind == "xlsx":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                content = b"".join(archive.read(name) for name in archive.namelist())
        said = " ".join(content.decode().split())
        assert "not all people who were trafficked" in said, kind
        assert digest in said, kind


def test_every_single_table_says_whom_it_covers(cases, tmp_path, capsys):
    words = [*TABLE, "--compare", "male,female", "--stratum", "year", "--chart", "bar", "--json"]
    assert tabulate(cases, *words, "--out", tmp_path / "t.tex") == 0
    told = answer(capsys)
    for table in [*told["tables"], told["chart"]]:
        assert table["notes"][-1].startswith("People who were identified, not all"), table["name"]
        assert "not all men and women" in table["notes"][-1]
    paper = (tmp_path / "t.tex").read_text("utf-8")
    parts = paper.split(r"\begin{table}")[1:]
    assert len(parts) == len(told["tables"])
    assert all("not all people" in part.partition(r"\end{table}")[0] for part in parts)


def test_no_cell_of_a_file_is_a_formula(cases, tmp_path):
    assert tabulate(cases, *TABLE, "--out", tmp_path / "t.csv", "--out", tmp_path / "t.xlsx") == 0
    rows = list(csv.reader(io.StringIO((tmp_path / "t.csv").read_text("utf-8"))))
    cells = [cell for row in rows for cell in row]
    assert "'=1+1" in cells and not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
    sheets = workbook(tmp_path / "t.xlsx")
    assert not [cell for sheet in sheets.values() for cell in sheet.iter(f"{{{SHEET}}}f")]
    texts = [cell.text for sheet in sheets.values() for cell in sheet.iter(f"{{{SHEET}}}t")]
    assert "=1+1" in texts


@pytest.mark.parametrize("word", ["=1", "+a", "-a", "@a", "\tx", "\rx", "|x"])
def test_a_word_that_a_sheet_would_run_is_defused(word):
    assert spreadsheet_safe(word) == f"'{word}"


@pytest.mark.parametrize("word", ["-5", "+3.5", "12%", "a=b", ""])
def test_other_words_and_numbers_stay_as_they_are(word):
    assert spreadsheet_safe(word) == word


def workbook(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {
            name: ElementTree.fromstring(archive.read(name))  # noqa: S314 - our own file
            for name in archive.namelist()
            if name.endswith(".xml")
        }


def cells_of(row):
    return [re.sub(r"<[^>]*>", "", match) for match in re.findall(r"<t[hd][^>]*>.*?</t[hd]>", row)]


def test_the_same_report_is_the_same_bytes(cases, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        assert tabulate(cases, *TABLE, "--out", tmp_path / name) == 0
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_words_are_safe_in_latex_and_in_pages(tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text("who,kind\n<b>&,50% \\ $x_1$\n<b>&,other\n", "utf-8")
    words = ["--rows", "kind", "--columns", "who", "--chart", "bar"]
    assert tabulate(path, *words, "--out", tmp_path / "t.html", "--out", tmp_path / "t.tex") == 0
    page, paper = ((tmp_path / f"t.{kind}").read_text("utf-8") for kind in ("html", "tex"))
    assert "<b>" not in page and "&lt;b&gt;&amp;" in page
    assert r"50\% \textbackslash{} \$x\_1\$" in paper
    assert escape_latex(f"{MINUS}3 {MISSING_NUMBER} ok") == "$-$3 -- ok"


def test_charts_tell_their_numbers_in_words_and_beside(cases, tmp_path, capsys):
    words = ["--chart", "bar", "--json", "--out", tmp_path / "t.svg"]
    assert tabulate(cases, *TABLE, *words) == 0
    chart = answer(capsys)["chart"]
    assert chart["rows"][1][:2] == ["begging", 12] and "28 people" in chart["says"]
    svg = ElementTree.parse(tmp_path / "t.svg").getroot()  # noqa: S314 - our own file
    assert svg.get("role") == "img"
    title, desc = svg[0], svg[1]
    assert title.text == "form by sex" and "not all people who were trafficked" in desc.text
    drawn = " ".join(svg.itertext())
    assert "12 (100%)" in drawn and "not recorded" in drawn


@pytest.mark.parametrize("words", [[*TABLE, "--chart", "bar"], [*TABLE, "--chart", "stacked"], TIMES])
def test_a_title_stands_above_the_chart_and_changes_no_number(cases, tmp_path, capsys, words):
    assert tabulate(cases, *words, "--json") == 0
    plain = answer(capsys)
    assert tabulate(cases, *words, "--title", "Help < 2025", "--json", "--out", tmp_path / "t.svg") == 0
    titled = answer(capsys)
    assert (titled["asked"], titled["tables"]) == (plain["asked"], plain["tables"])
    assert "<title>Help &lt; 2025</title>" in (tmp_path / "t.svg").read_text("utf-8")


def test_curves_of_a_file_of_dates_are_told_with_their_test(cases, tmp_path, capsys):
    words = [*TIMES, "--by", "sex", "--at", "10,90", "--json", "--out", tmp_path / "t.html"]
    assert tabulate(cases, *words) == 0
    told = answer(capsys)
    medians = {row[0]: row[1:4] for row in told["tables"][0]["rows"]}
    assert medians["everybody"] == [28, 27, 1] and medians["not recorded"] == [1, 0, 1]
    assert told["tables"][1]["rows"][1][-1] == "nobody was watched so long"
    assert "Log-rank test" in told["tables"][2]["notes"][0]
    assert "<svg" in (tmp_path / "t.html").read_text("utf-8")


def test_children_of_a_trial_wait_as_the_books_say(capsys):
    words = ["--time", "weeks", "--came", "relapse", "--by", "treatment", "--unit", "weeks"]
    assert tabulate(figures.PLACE / "remission.csv", *words) == 0
    out = capsys.readouterr().out
    assert re.search(r"6-MP +21 +9 +12 +23 +13 to no limit", out)
    assert "Log-rank test: chi-square 16.79, degrees of freedom 1, p < 0.0001." in out


def test_percentages_are_printed_of_as_few_as_was_asked(cases, capsys):
    for least, wanted in (("12", "100%"), ("13", MISSING_NUMBER)):
        words = ["--where", "form=begging", "--least-base", least, "--percent", "column", "--json"]
        assert tabulate(cases, *TABLE, *words) == 0
        assert answer(capsys)["tables"][0]["rows"][0][2] == wanted


def test_how_many_cells_are_small_is_told_from_the_threshold_on(cases, capsys):
    """Four cells hold one person, two of them totals; degrees of freedom are no people."""
    for threshold, wanted in (
        ("3", "SMALL CELLS: 4 cells hold 1 to 2"),
        ("15", "SMALL CELLS: 8 cells"),
        ("1", "none"),
    ):
        assert tabulate(cases, *TABLE, "--threshold", threshold, "--json") == 0
        assert [*answer(capsys)["notices"], "none"][0].startswith(wanted)


@pytest.mark.parametrize(
    "words",
    [
        ["--rows", "nothing"],
        ["--rows", "form", "--count", "year", "--where", "year=1999"],
        ["--rows", "form", "--columns", "sex", "--compare", "male,nobody"],
        ["--rows", "form", "--period", "year", "--earlier", "1999", "--later", "2024"],
        ["--start", "met", "--end", "found"],
        ["--start", "met", "--end", "found", "--until", "2024-01-02"],
        ["--rows", "form", "--out", "no/such/folder/t.html"],
        ["--rows", "form", "--out", "t.doc"],
        ["--rows", "form", "--out", "t.svg"],
    ],
)
def test_what_cannot_be_used_ends_with_two_and_writes_nothing(cases, tmp_path, capsys, words):
    assert tabulate(cases, *words, "--out", tmp_path / "t.csv") == 2
    told = capsys.readouterr()
    assert told.out == "" and "cannot be used" in told.err
    assert not (tmp_path / "t.csv").exists()


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--rows", "form", "--time", "x"],
        ["--time", "year"],
        ["--start", "met"],
        ["--rows", "form", "--by", "sex"],
        ["--rows", "form", "--compare", "a,b"],
        ["--rows", "form", "--columns", "sex", "--compare", "male"],
        ["--rows", "form", "--chart", "stacked"],
        ["--rows", "form", "--period", "year"],
        ["--rows", "form", "--where", "form"],
        ["--rows", "form", "--avenue", "SA_MOON"],
        [*TIMES, "--at", "ten"],
        [*TIMES[:-1], "soon"],
        ["--rows", "form", "--least-base", "-1"],
        [*TIMES, "--columns", "sex"],
        ["--rows", "form", "--threshold", "0"],
    ],
)
def test_words_that_do_not_go_together_end_with_two(cases, words):
    assert tabulate(cases, *words) == 2


def test_nothing_is_written_over_and_of_two_files_none_is_left(cases, tmp_path, capsys):
    (tmp_path / "b.csv").write_text("mine", "utf-8")
    outs = ["--out", tmp_path / "a.html", "--out", tmp_path / "b.csv"]
    assert tabulate(cases, *TABLE, *outs) == 2
    assert "it exists already" in capsys.readouterr().err
    assert not (tmp_path / "a.html").exists()
    assert (tmp_path / "b.csv").read_text("utf-8") == "mine"
