"""A study as a report: what was fixed when, what changed, whom it can see, which results were planned."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from suar_research import coverage
from suar_research.coverage import texts
from suar_research.report import Block, Report, Section
from suar_research.studies.outputs import STATUSES, Judged
from suar_research.studies.protocol import PLAN
from suar_research.studies.record import AMENDED, CLOSED, OPENED, Line, opened, protocol_of

TEXTS = texts("studies.report")
HOLD: str = TEXTS["hold"]
CANNOT_PROVE: str = TEXTS["cannot_prove"]


def study_report(lines: Sequence[Line]) -> Report:
    """Report a study as it stands."""
    data = study_json(lines)
    return Report(data["title"], tuple(_study(data)), data)


def study_json(lines: Sequence[Line]) -> dict[str, Any]:
    """Return a study as it stands, for `--json`."""
    protocol = protocol_of(lines)
    first_opening = next((line.number for line in lines if line.kind == OPENED), len(lines) + 1)
    return {
        "version": lines[-1].version,
        "title": protocol["study"]["title"],
        "head": lines[-1].hash,
        "registered": {"at": lines[0].at, "version": lines[0].version, "plan_sha256": lines[0].body["plan_sha256"]},
        "plan": protocol[PLAN],
        "opened": [{"sha256": sha, "at": line.at, "line": line.number} for sha, line in opened(lines).items()],
        "changes": [
            {
                "line": line.number,
                "at": line.at,
                "reason": line.body["reason"],
                "after_opening": line.number > first_opening,
                "differences": line.body["differences"],
            }
            for line in lines
            if line.kind == AMENDED
        ],
        "closed": lines[-1].at if lines[-1].kind == CLOSED else None,
        "coverage": list(coverage.notes([], protocol["reach"]["avenues"])),
    }


def _study(data: Mapping[str, Any]) -> Iterator[Block]:
    yield data["title"]
    yield f"Plan fixed {data['registered']['at']} (SHA-256 {data['registered']['plan_sha256']})."
    yield Section("Plan", [f"{analysis['name']}: {analysis['question']}" for analysis in data["plan"]])
    yield Section("Data", [f"opened {file['at']}: {file['sha256']}" for file in data["opened"]] or ["not opened yet"])
    yield Section("Changes of the protocol", list(map(_change, data["changes"])) or ["none"])
    yield Section("Who can be seen", data["coverage"])
    if data["closed"]:
        yield f"Closed {data['closed']}."
    yield f"Last line {data['head']}"
    yield HOLD


def _change(change: Mapping[str, Any]) -> str:
    when = "AFTER data were opened" if change["after_opening"] else "before any data were opened"
    differences = "; ".join(
        f"{one['where']}: {_quoted(one['before'])} became {_quoted(one['after'])}" for one in change["differences"]
    )
    return f"line {change['line']}, {change['at']}, {when}: {change['reason']} {differences}"


def _quoted(value: object) -> str:
    return "nothing" if value in (None, "", []) else f'"{value}"' if isinstance(value, str) else f"{value}"


def results_report(lines: Sequence[Line], judged: Sequence[Judged], missing: Sequence[str]) -> Report:
    """Report which results were planned, then the study."""
    data = {
        **study_json(lines),
        "results": [asdict(result) for result in judged],
        "counts": {status: sum(result.status == status for result in judged) for status in STATUSES},
        "planned_without_result": list(missing),
        "notices": [CANNOT_PROVE],
    }
    items = [
        f"{result.name}: {result.status.upper()}{f' {result.analysis}' if result.analysis else ''}"
        + (f" ({'; '.join(result.because)})" if result.because else "")
        for result in judged
    ]
    blocks: list[Block] = [Section("Results", items)]
    if missing:
        blocks.append(f"Planned, and no result was handed in: {', '.join(missing)}")
    return Report(data["title"], (*blocks, CANNOT_PROVE, *_study(data)), data)
