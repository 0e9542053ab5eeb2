"""One report in the ways it is handed on: text, LaTeX, HTML, CSV."""

from __future__ import annotations

import csv
import io
import re
import textwrap
from collections.abc import Iterator
from html import escape

from suar_research.casefiles.shares import MINUS, NONE, Printed
from suar_research.casefiles.sheets import Cell, Report, Sheet, shown

WIDTH = 100
# A sheet program takes such a cell for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|")
NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]+)*%?")
LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    NONE: "--",
    MINUS: "$-$",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
}
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;color:#1f2a2e;background:#fff;
max-width:60rem;margin:1rem auto;padding:0 1rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;margin:.5rem 0;font-variant-numeric:tabular-nums}
caption{text-align:start;font-weight:600;padding:.25rem 0}
th,td{padding:.25rem .6rem;border-bottom:1px solid #c9cfd1;text-align:end}
td{white-space:nowrap}
th:first-child{text-align:start}
thead th{border-bottom:2px solid #1f2a2e;vertical-align:bottom}
th[colspan]{text-align:center;border-inline-start:1px solid #c9cfd1}
.coverage{border-inline-start:4px solid #0f5c55;padding:.25rem 1rem;background:#f2f6f5}
figure{margin:1rem 0}
svg{max-width:100%;height:auto}
footer{font-size:.85rem;overflow-wrap:anywhere}
@media (prefers-color-scheme:dark){
body{background:#14191b;color:#e9eeef}
.coverage{background:#1d2628}
thead th{border-bottom-color:#e9eeef}
th,td{border-bottom-color:#475054}
}
@media print{
body{background:#fff;color:#000;max-width:none}
.wide{overflow:visible}
table,figure{break-inside:avoid}
}
"""


def safe(cell: Cell) -> str:
    """Give a cell that no sheet program takes for a formula; our own numbers stay numbers."""
    if isinstance(cell, int):
        return str(cell)
    text = shown(cell)
    if isinstance(cell, Printed):
        text = text.replace(MINUS, "-").replace(",", "") if cell.value is not None else text
        return text if NUMBER.fullmatch(text) else defused(text)
    return defused(text)


def defused(text: str) -> str:
    """Put an apostrophe before words that a sheet program would take for a formula."""
    return f"'{text}" if text.startswith(FORMULA) and not NUMBER.fullmatch(text) else text


def as_csv(report: Report) -> str:
    """Write all sheets under each other, each with its name and notes, then what they cover."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for sheet in (*report.sheets, *([report.chart.sheet] if report.chart else [])):
        writer.writerow([safe(sheet.name)])
        writer.writerow([safe(head) for head in sheet.flat_heads()])
        writer.writerows([safe(cell) for cell in row] for row in sheet.rows)
        writer.writerows([safe(note)] for note in sheet.notes)
        writer.writerow([])
    for sentence in (*report.coverage, *report.notices, report.line()):
        writer.writerow([safe(sentence)])
    return out.getvalue()


def as_text(report: Report) -> str:
    """Write for a screen."""
    lines = [report.title, "=" * len(report.title), ""]
    for sheet in report.sheets:
        lines += [*_text_table(sheet), *(_wrapped(f"- {note}") for note in sheet.notes), ""]
    lines += ["WHO IS IN THESE NUMBERS", *(_wrapped(f"- {each}") for each in report.coverage)]
    if report.notices:
        lines += ["", "NOTICES", *(_wrapped(f"- {each}") for each in report.notices)]
    return "\n".join([*lines, "", report.line(), ""])


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent="  ")


def _text_table(sheet: Sheet) -> Iterator[str]:
    cells = [[shown(cell) for cell in row] for row in sheet.rows]
    wide = [max(len(row[at]) for row in [list(sheet.heads), *cells]) for at in range(len(sheet.heads))]
    if sheet.groups:
        wide = _stretched(sheet, wide)
    yield sheet.name
    if sheet.groups:
        yield _groups(sheet, wide)
    for row in [list(sheet.heads), *cells]:
        line = "  ".join(
            cell.ljust(size) if not at else cell.rjust(size)
            for at, (cell, size) in enumerate(zip(row, wide, strict=True))
        )
        yield line.rstrip()
        if row == list(sheet.heads):
            yield "-" * len(line)


def _stretched(sheet: Sheet, wide: list[int]) -> list[int]:
    """Give a group's last column the room that the name above needs."""
    at = 1
    for name, size in sheet.groups:
        have = sum(wide[at : at + size]) + 2 * (size - 1)
        wide[at + size - 1] += max(0, len(name) - have)
        at += size
    return wide


def _groups(sheet: Sheet, wide: list[int]) -> str:
    parts, at = [" " * wide[0]], 1
    for name, size in sheet.groups:
        parts.append(name.rjust(sum(wide[at : at + size]) + 2 * (size - 1)))
        at += size
    return "  ".join(parts).rstrip()


def as_latex(report: Report) -> str:
    """Write tables for a paper; they need no package but the plain tabular."""
    parts = [f"% {report.line()}"]
    parts += [_latex_table(sheet) for sheet in report.sheets]
    for sentence in (*report.coverage, *report.notices):
        parts.append(f"\\par\\noindent {latex(sentence)}")
    return "\n\n".join(parts) + "\n"


def latex(text: str) -> str:
    """Give words that LaTeX prints as they stand."""
    return "".join(LATEX.get(sign, sign) for sign in text)


def _latex_table(sheet: Sheet) -> str:
    lines = [
        r"\begin{table}[htbp]",
        rf"\caption{{{latex(sheet.name)}}}",
        rf"\begin{{tabular}}{{l{'r' * (len(sheet.heads) - 1)}}}",
        r"\hline",
    ]
    if sheet.groups:
        above = (rf"\multicolumn{{{wide}}}{{c}}{{{latex(name)}}}" for name, wide in sheet.groups)
        lines.append(" & ".join(["", *above]) + r" \\")
    lines.append(" & ".join(map(latex, sheet.heads)) + r" \\ \hline")
    lines += [" & ".join(latex(shown(cell)) for cell in row) + r" \\" for row in sheet.rows]
    lines += [r"\hline", r"\end{tabular}"]
    lines += [rf"\par\footnotesize {latex(note)}" for note in sheet.notes]
    return "\n".join([*lines, r"\end{table}"])


def as_html(report: Report) -> str:
    """Write one page that needs nothing else: no script, no font, nothing fetched."""
    title = escape(report.title)
    cover = "".join(f"<p>{escape(each)}</p>" for each in report.coverage)
    notices = "".join(f"<li>{escape(each)}</li>" for each in report.notices)
    beware = f"<h2>Notices</h2><ul>{notices}</ul>" if notices else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><main><h1>{title}</h1>"
        f'<section class="coverage"><h2>Who is in these numbers</h2>{cover}</section>'
        f"{_figure(report)}{''.join(map(_html_table, report.sheets))}{beware}"
        f"</main><footer>{escape(report.line())}</footer></body></html>\n"
    )


def _figure(report: Report) -> str:
    if report.chart is None:
        return ""
    return (
        f"<figure>{report.chart.svg}<figcaption>{escape(report.chart.says)}</figcaption></figure>"
        f"<details><summary>The numbers of the "
        f"chart</summary>{_html_table(report.chart.sheet)}</details>"
    )


def _html_table(sheet: Sheet) -> str:
    above = "".join(f'<th colspan="{wide}" scope="colgroup">{escape(name)}</th>' for name, wide in sheet.groups)
    first = f"<tr><td></td>{above}</tr>" if above else ""
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in sheet.heads)
    rows = "".join(
        f'<tr><th scope="row">{escape(shown(row[0]))}</th>'
        + "".join(f"<td>{escape(shown(cell))}</td>" for cell in row[1:])
        + "</tr>"
        for row in sheet.rows
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in sheet.notes)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(sheet.name)}"><table>'
        f"<caption>{escape(sheet.name)}</caption><thead>{first}<tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>{f'<ul>{notes}</ul>' if notes else ''}"
    )
