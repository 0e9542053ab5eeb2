"""How tables and charts of case files are laid out: on screens, in files, in pictures."""

import io
import re
import zipfile
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from suar_research.casefiles import charts, drawing
from suar_research.casefiles.counting import APART, Layout
from suar_research.casefiles.crossing import crosses
from suar_research.casefiles.curves import curves
from suar_research.casefiles.frames import Wanted, read
from suar_research.casefiles.shares import Printed
from suar_research.casefiles.sheets import Report, Sheet, as_json, shown
from suar_research.casefiles.timing import TimeColumns, times
from suar_research.casefiles.workbook import MAIN, as_xlsx
from suar_research.casefiles.writing import as_csv, as_html, as_text
from support import casefile_figures as figures


def texts(sheet):
    return [[shown(cell) for cell in row] for row in sheet.rows]


def framed(text, *columns):
    return read(text, columns, Wanted("people"))


SHEET = Sheet(
    "a / table",
    ("a", "n", "%", "n", "%"),
    (("x", 1, Printed("5%", 0.05, 0, percent=True), 22, Printed("6.5%", 0.065, 1, percent=True)),),
    ("a note",),
    (("a long name", 2), ("b", 2)),
)
REPORT = Report(
    "Title",
    (SHEET, SHEET),
    ("whom",),
    (),
    {
        "version": "0",
        "input_sha256": "f" * 64,
        "seed": 1,
    },
)


def test_a_screen_puts_the_end_of_every_name_over_the_end_of_its_columns():
    lines = as_text(REPORT).splitlines()
    assert lines[:9] == [
        "Title",
        "=====",
        "",
        "a / table",
        "   a long name         b",
        "a  n         %   n     %",
        "-" * 24,
        "x  1        5%  22  6.5%",
        "- a note",
    ]
    assert "NOTICES" not in lines and lines[-1].startswith("Suar 0, file ffff")
    plain = Sheet("t", ("a", "n"), (("x", 1), ("longer", 1_000)))
    told = as_text(Report("T", (plain,), ("whom",), ("beware",), REPORT.about)).splitlines()
    assert told[3:8] == ["t", "a           n", "-" * 13, "x           1", "longer  1,000"]
    assert told[told.index("NOTICES") + 1] == "- beware"


def test_a_sheet_as_json_names_its_parts():
    assert as_json(SHEET) == {
        "name": "a / table",
        "notes": ["a note"],
        "rows": [["x", 1, "5%", 22, "6.5%"]],
        "columns": ["a", "a long name: n", "a long name: %", "b: n", "b: %"],
    }
    assert REPORT.body == {} and REPORT.chart is None


def test_a_file_of_commas_has_every_sheet_under_the_other():
    assert as_csv(REPORT).split("\r\n") == [
        *["a / table", "a,a long name: n,a long name: %,b: n,b: %", "x,1,5%,22,6.5%", "a note", ""] * 2,
        "whom",
        f'"{REPORT.line()}"',
        "",
    ]


def test_a_page_without_notices_has_no_heading_for_them():
    page = as_html(REPORT)
    assert "Notices" not in page and "<figure>" not in page and page.count("<table>") == 2
    assert page.count('<th colspan="2" scope="colgroup">') == 4


def opened(report):
    with zipfile.ZipFile(io.BytesIO(as_xlsx(report))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_every_part_of_a_workbook_is_named_where_it_must_be():
    parts = opened(REPORT)
    named = set(re.findall(r'PartName="/([^"]+)"', parts["[Content_Types].xml"]))
    assert named == {name for name in parts if name.startswith("xl/") and "_rels" not in name}
    links = re.findall(r'Id="(\w+)" Type="\S+/(\w+)" Target="([^"]+)"', parts["xl/_rels/workbook.xml.rels"])
    assert [(key, f"xl/{place}" in parts) for key, _, place in links] == [(f"rId{at}", True) for at in (1, 2, 3, 4)]
    assert [kind for _, kind, _ in links] == ["worksheet"] * 3 + ["styles"]
    names = re.findall(r'<sheet name="([^"]+)" sheetId="(\d)" r:id="rId(\d)"', parts["xl/workbook.xml"])
    assert names == [("a   table", "1", "1"), ("a   table 2", "2", "2"), ("About", "3", "3")]


def test_a_workbook_gives_every_number_its_style_and_every_column_room():
    sheet = ElementTree.fromstring(opened(REPORT)["xl/worksheets/sheet1.xml"])  # noqa: S314 - our own file
    cells = {each.get("r"): each for each in sheet.iter(f"{{{MAIN}}}c")}
    assert [cells[at].get("s") for at in ("A1", "B2", "C2", "D2", "E2", "A2", "A4")] == [
        "1",
        "2",
        "3",
        "2",
        "4",
        "0",
        "0",
    ]
    assert "".join(cells["A4"].itertext()) == "a note"
    room = [int(each.get("width")) for each in sheet.iter(f"{{{MAIN}}}col")]
    assert room == [3, 16, 16, 6, 6]
    wide = Sheet("w" * 40, ("a" * 90, *("b",) * 702), ())
    parts = opened(Report("t", (wide, wide), (), (), REPORT.about))
    first = re.findall(r'<c r="([A-Z]+)1"', parts["xl/worksheets/sheet1.xml"])
    assert [first[at] for at in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]
    assert 'width="60"' in parts["xl/worksheets/sheet1.xml"]
    names = re.findall(r'<sheet name="([^"]+)"', parts["xl/workbook.xml"])
    assert names[:2] == ["w" * 31, "w" * 27 + " 2"]


def boxes(svg, high):
    found = re.findall(rf'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="{high}[.\d]*" fill="url', svg)
    return [tuple(map(float, each)) for each in found]


def written(svg):
    found = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)"[^>]*>([^<]*)<', svg)
    return [(float(x), float(y), anchor, text) for x, y, anchor, text in found]


def held(svg):
    """See that every word stands inside the picture."""
    high = float(re.search(r'viewBox="0 0 760 (\d+)"', svg)[1])
    for x, y, anchor, text in written(svg):
        wide = len(text) * 7.2
        begin = {"start": x, "middle": x - wide / 2, "end": x - wide}[anchor]
        assert begin >= -2 and begin + wide <= 770 and 12 < y < high, text
    *others, (_, foot, _, said) = written(svg)
    assert said == "Whom it covers." and 16 < high - foot < 30
    drawn = [
        float(y) + float(high)
        for y, high in re.findall(r'<rect x="[^"]+" y="([^"]+)" width="[^"]+" height="([\d.]+)"', svg)
    ]
    assert 20 < foot - max([*drawn, *(y for _, y, _, _ in others)]) < 40, "below all, and near"


def test_bars_stand_apart_with_their_words_beside_them():
    cross = crosses(framed("form,people\none,30\nlonger name,10\nnone,0\n", "form"), "form", None, None)[0]
    chart = charts.bars(cross, Layout(), "Whom it covers.")
    bars = boxes(chart.svg, 16)
    assert [x for x, _, _ in bars] == [bars[0][0]] * 2
    assert bars[0][2] == pytest.approx(bars[1][2] / 3, abs=0.1)
    assert bars[1][0] + bars[1][2] == pytest.approx(760 - 24 - 110, abs=0.2)
    assert all(8 < lower[1] - upper[1] - 16 < 16 for upper, lower in pairwise(bars))
    labels = [each for each in written(chart.svg) if each[2] == "end"]
    numbers = [each for each in written(chart.svg) if "(" in each[3]]
    assert [each[3] for each in labels] == ["longer name", "one"]
    assert [each[3] for each in numbers] == ["10 (25%)", "30 (75%)"]
    for (x, y, wide), label, number in zip(bars, labels, numbers, strict=True):
        assert y + 8 < label[1] == number[1] < y + 16
        assert 4 < x - label[0] < 12 and 4 < number[0] - x - wide < 10
    assert chart.says == "Bars of form: 40 people. The longest is one with 30."
    held(chart.svg)


def test_a_stack_is_cut_where_its_shares_are_with_rules_at_quarters():
    text = "form,sex,people\nx,f,25\nx,m,75\ny,f,40\n,m,9\ny,,11\n"
    cross = crosses(framed(text, "form", "sex"), "form", "sex", None)[0]
    chart = charts.stacked(cross, Layout(APART), "Whom it covers.")
    (x1, y1, w1), (x2, _, w2), (x3, y3, w3) = boxes(chart.svg, 22)
    whole = w1 + w2
    assert (x1, x1 + w1, w1 / whole, w3) == pytest.approx((x3, x2, 0.25, whole), abs=0.1)
    assert 6 < y3 - y1 - 22 < 16
    rules = [float(each) for each in re.findall(r'<line x1="([\d.]+)"', chart.svg)]
    assert rules == pytest.approx([x1 + part * whole for part in (0, 0.25, 0.5, 0.75, 1)], abs=0.1)
    words = {text: (x, y) for x, y, _, text in written(chart.svg)}
    assert words["50%"][0] == pytest.approx(x1 + whole / 2, abs=0.1)
    bottom = float(re.search(r'y2="([\d.]+)" stroke="#c9', chart.svg)[1])
    assert words["50%"][1] == bottom + 14 and bottom > y3 + 22
    assert y1 < words["25%"][1] and y1 < words["x"][1] < y1 + 22 and y3 < words["y"][1] < y3 + 22
    assert words["100 people"][0] > x1 + whole and words["40 people"][1] == words["y"][1]
    papers = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="(\d+)" height="(\d+)" fill="#fff', chart.svg)
    [(x, y, wide, high)] = [map(float, each) for each in papers[1:-1]]
    assert (x + wide / 2, y + high / 2) == pytest.approx((x2 + w2 / 2, y1 + 11), abs=0.1)
    assert chart.says.endswith("Not drawn are 20 people with nothing recorded.")
    assert texts(chart.sheet) == [["x", "25", "25%", "75", "75%"], ["y", "40", "100%", "0", "0%"]]
    held(chart.svg)


def test_a_legend_goes_on_below_where_the_line_is_full_and_never_over_the_edge():
    names = [f"a name that is long {at}" for at in range(8)]
    svg, end = drawing.legend(names, 50.0)
    placed = boxes(svg, 13)
    lines = sorted({y for _, y, _ in placed})
    assert [min(x for x, y, _ in placed if y == line) for line in lines] == [24, 24, 24]
    assert len(lines) == 3 and all(b - a == 20 for a, b in pairwise(lines))
    assert (lines[0], end) == (39, 50 + 20 * 3)
    for (x, y, wide), (word, base, _, _) in zip(placed, written(svg), strict=True):
        assert (word - x - wide, wide) == (6, 16) and y < base < y + 13
        assert word + 21 * 7.2 <= 760 - 24
    for (x, y, _), (x2, y2, _) in pairwise(placed):
        assert y2 > y or x2 > x + 22 + 21 * 7.2
    assert drawing.legend(["w" * 200], 50.0)[1] == 70


def test_words_above_and_below_a_chart_are_broken_into_lines_that_fit():
    text = " ".join(["word"] * 60)
    lines = drawing.lines_of(text)
    assert " ".join(lines) == text and all(len(each) <= 98 for each in lines)
    assert all(len(a) + 1 + 4 > 98 for a, _ in pairwise(lines))
    assert drawing.lines_of("w" * 99) == ["w" * 99]
    assert drawing.short("n" * 30) == "n" * 30 and drawing.short("n" * 31) == "n" * 29 + "…"
    assert drawing.room(["abc", "a"]) == pytest.approx(3 * 7.2 + 10) and drawing.room([]) == 10


def test_every_colour_has_a_pattern_of_its_own_but_the_first():
    fills = drawing.patterns(8)
    assert fills.count("<pattern ") == 8 and fills.count("<path ") == 7
    assert len(set(re.findall(r'path d="([^"]+)"', fills))) == 7
    assert re.findall(r'id="p(\d)"', fills) == [*"01234567"]
    assert drawing.box(1, 2, -3, 4, 5).count('width="0.0"') == 1


def test_a_curve_has_a_key_and_marks_on_both_sides():
    columns = TimeColumns(time="weeks", came="relapse")
    frame = read((figures.PLACE / "remission.csv").read_text("utf-8"), [*columns.names(), "treatment"], Wanted())
    chart = curves(times(frame, columns, "treatment", "weeks"), "Whom it covers.")
    lines = re.findall(r'<polyline points="([^"]+)"', chart.svg)
    drawn_, keys = lines[0::2], lines[1::2]
    ends = [[tuple(map(float, each.split(","))) for each in line.split()] for line in drawn_]
    assert [line[0] for line in ends] == [(70, 56), (70, 56)]
    assert all(a[0] <= b[0] and a[1] <= b[1] for line in ends for a, b in pairwise(line))
    assert max(x for line in ends for x, _ in line) == 736 and ends[1][-1][1] == 336
    spans = [[float(each.split(",")[0]) for each in key.split()] for key in keys]
    assert spans == [[70, 110], [70, 110]]
    rows = [float(key.split(",")[1].split()[0]) for key in keys]
    assert rows[1] - rows[0] == 20 and rows[0] > 336 + 36
    percents = {text: y for _, y, anchor, text in written(chart.svg) if anchor == "end"}
    assert percents == {f"{part}%": 60 + (100 - part) * 2.8 for part in (0, 25, 50, 75, 100)}
    held(chart.svg)
