"""How a report reaches the reader: on the screen, as JSON, as files of six kinds."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from suar_research.casefiles.sheets import Report
from suar_research.casefiles.workbook import as_xlsx
from suar_research.casefiles.writing import as_csv, as_html, as_latex, as_text
from suar_research.linkage.writing import Written, write_new


def told(report: Report) -> dict[str, Any]:
    """Give a report in the shape of `--json`."""
    return {
        **report.about,
        "title": report.title,
        **report.body,
        "coverage": list(report.coverage),
        "notices": list(report.notices),
    }


def _json(report: Report) -> str:
    """Write a report as JSON."""
    return json.dumps(told(report), indent=1, ensure_ascii=False) + "\n"


def as_svg(report: Report) -> str:
    """Give the chart alone; its words, whom it covers and its source are in it."""
    svg = report.chart.svg if report.chart else ""
    return svg.replace("</desc>", f" {report.line()}</desc>", 1)


FORMATS: dict[str, Callable[[Report], str | bytes]] = {
    ".txt": as_text,
    ".tex": as_latex,
    ".html": as_html,
    ".csv": as_csv,
    ".xlsx": as_xlsx,
    ".json": _json,
    ".svg": as_svg,
}


def tell(report: Report, files: Sequence[str], *, as_json: bool) -> None:
    """Write every file or none, then tell on the screen."""
    write_new(*(Written(name, FORMATS[Path(name).suffix](report)) for name in files))
    sys.stdout.write(_json(report) if as_json else as_text(report))
