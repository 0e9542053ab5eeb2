"""A report as XLSX, by the smallest set of parts that every sheet program reads.

Words are written as text, never as formulas. Source: ECMA-376, Office Open XML, part 1.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from html import escape

from suar_research.casefiles.shares import Printed
from suar_research.casefiles.sheets import Cell, Report, Sheet, shown
from suar_research.casefiles.writing import defused

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# The same bytes for the same report: no time of day is written.
MOMENT = (2020, 1, 1, 0, 0, 0)
PLAIN, BOLD, COUNT, PERCENT, PERCENT_1, PERCENT_2 = range(6)
PERCENTS = (PERCENT, PERCENT_1, PERCENT_2)
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" '
    'formatCode="0.0%"/>'
    '</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/>'
    '<sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill '
    'patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="6"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="3" '
    'applyNumberFormat="1"/><xf numFmtId="9" applyNumberFormat="1"/><xf numFmtId="164" '
    'applyNumberFormat="1"/><xf numFmtId="10" applyNumberFormat="1"/></cellXfs><cellStyles '
    'count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
# What XML cannot hold.
BROKEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME = 31


def as_xlsx(report: Report) -> bytes:
    """Write each sheet of a report as a sheet, and a last one of whom they cover."""
    every = [*report.sheets, *([report.chart.sheet] if report.chart else []), _about(report)]
    names = _names(every)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in _parts(names, every).items():
            archive.writestr(zipfile.ZipInfo(path, MOMENT), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _about(report: Report) -> Sheet:
    lines = (*report.coverage, *report.notices, report.line())
    return Sheet("About", ("Who is in these numbers",), tuple((line,) for line in lines))


def _parts(names: Sequence[str], sheets: Sequence[Sheet]) -> dict[str, str]:
    numbers = range(1, len(sheets) + 1)
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{at}" r:id="rId{at}"/>' for at, name in zip(numbers, names, strict=True)
    )
    links = "".join(_link(at, f"{OFFICE}/worksheet", f"worksheets/sheet{at}.xml") for at in numbers) + _link(
        len(sheets) + 1, f"{OFFICE}/styles", "styles.xml"
    )
    book = f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>'
    return {
        "[Content_Types].xml": _types(numbers),
        "_rels/.rels": _relations(_link(1, f"{OFFICE}/officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": _relations(links),
        "xl/styles.xml": STYLES,
        **{f"xl/worksheets/sheet{at}.xml": _sheet(sheet) for at, sheet in zip(numbers, sheets, strict=True)},
    }


def _types(numbers: range) -> str:
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{KIND}.worksheet+xml"/>' for at in numbers
    )
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>{overrides}</Types>'
    )


def _relations(links: str) -> str:
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'


def _link(at: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{at}" Type="{kind}" Target="{target}"/>'


def _sheet(sheet: Sheet) -> str:
    rows: list[Sequence[Cell]] = [sheet.flat_heads(), *sheet.rows]
    rows += [(), *((note,) for note in sheet.notes)] if sheet.notes else []
    body = "".join(
        f'<row r="{number}">{"".join(_cell(cell, at, number) for at, cell in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
    )
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{_width(sheet, at - 1)}" customWidth="1"/>'
        for at in range(1, len(sheet.heads) + 1)
    )
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"><pane '
        'ySplit="1" '
        'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>{body}</sheetData></worksheet>"
    )


def _width(sheet: Sheet, at: int) -> int:
    cells = [sheet.flat_heads()[at], *(shown(row[at]) for row in sheet.rows if at < len(row))]
    return min(60, max(len(each) for each in cells) + 2)


def _cell(cell: Cell, at: int, number: int) -> str:
    place = f"{_letters(at)}{number}"
    if isinstance(cell, int):
        return f'<c r="{place}" s="{COUNT}"><v>{cell}</v></c>'
    if isinstance(cell, Printed) and cell.value is not None:
        style = PERCENTS[min(cell.digits, 2)] if cell.percent else PLAIN
        return f'<c r="{place}" s="{style}"><v>{cell.value!r}</v></c>'
    text = escape(BROKEN.sub("\ufffd", defused(shown(cell))), quote=False)
    style = BOLD if number == 1 else PLAIN
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _letters(at: int) -> str:
    found, at = "", at + 1
    while at:
        at, rest = divmod(at - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def _names(sheets: Sequence[Sheet]) -> list[str]:
    """Give names that sheet programs allow, each once."""
    names: list[str] = []
    for at, sheet in enumerate(sheets, 1):
        plain = BROKEN.sub("", NOT_IN_NAMES.sub(" ", sheet.name)).strip()[:LONGEST_NAME] or f"Sheet {at}"
        taken = {name.casefold() for name in names}
        while plain.casefold() in taken:
            plain = f"{plain[: LONGEST_NAME - 4]} {at}"
        names.append(plain)
    return names
