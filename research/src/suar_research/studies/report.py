"""A study as a report: what was fixed when, what changed, whom it can see, which results were planned."""

from collections.abc import Iterator, Mapping, Sequence
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
    return {
        "version": lines[-1].version,
        "title": protocol["study"]["title"],
        "head": lines[-1].hash,
        "registered": {"at": lines[0].at, "version": lines[0].version, "plan_sha256": lines[0].body["plan_sha256"]},
        "plan": protocol[PLAN],
        "opened": [{"sha256": sha, "at": line.at, "line": line.number} for sha, line in opened(lines).items()],
        "changes": changes(lines),
        "closed": lines[-1].at if lines[-1].kind == CLOSED else None,
        "coverage": list(coverage.notes([], protocol["reach"]["avenues"])),
    }


def changes(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Return every change of the protocol, and whether data had been opened by then."""
    first_opening = next((line.number for line in lines if line.kind == OPENED), len(lines) + 1)
    return [
        {
            "line": line.number,
            "at": line.at,
            "reason": line.body["reason"],
            "after_opening": line.number > first_opening,
            "differences": line.body["differences"],
        }
        for line in lines
        if line.kind == AMENDED
    ]


def _study(data: Mapping[str, Any]) -> Iterator[Block]:
    yield data["title"]
    yield f"Plan fixed {data['registered']['at']} (SHA-256 {data['registered']['plan_sha256']})."
    yield Section("Plan", [f"{each['name']}: {each['question']}" for each in data["plan"]])
    yield Section("Data", [f"opened {each['at']}: {each['sha256']}" for each in data["opened"]] or ["not opened yet"])
    yield Section("Changes of the protocol", list(_changes(data["changes"])) or ["none"])
    yield Section("Who can be seen", data["coverage"])
    if data["closed"]:
        yield f"Closed {data['closed']}."
    yield f"Last line {data['head']}"
    yield HOLD


def _changes(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for each in found:
        when = "AFTER data were opened" if each["after_opening"] else "before any data were opened"
        differences = "; ".join(
            f"{one['where']}: {_shown(one['before'])} became {_shown(one['after'])}" for one in each["differences"]
        )
        yield f"line {each['line']}, {each['at']}, {when}: {each['reason']} {differences}"


def _shown(value: object) -> str:
    return "nothing" if value in (None, "", []) else f'"{value}"' if isinstance(value, str) else f"{value}"


def results_report(lines: Sequence[Line], judged: Sequence[Judged], missing: Sequence[str]) -> Report:
    """Report which results were planned, then the study."""
    data = {
        **study_json(lines),
        "results": [each.as_json() for each in judged],
        "counts": {status: sum(each.status == status for each in judged) for status in STATUSES},
        "planned_without_result": list(missing),
        "notices": [CANNOT_PROVE],
    }
    items = []
    for each in judged:
        name = f" {each.analysis}" if each.analysis else ""
        why = f" ({'; '.join(each.because)})" if each.because else ""
        items.append(f"{each.name}: {each.status.upper()}{name}{why}")
    blocks: list[Block] = [Section("Results", items)]
    if missing:
        blocks.append(f"Planned, and no result was handed in: {', '.join(missing)}")
    return Report(data["title"], (*blocks, CANNOT_PROVE, *_study(data)), data)
