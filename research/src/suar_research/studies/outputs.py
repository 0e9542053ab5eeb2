"""Which results belong to the plan: what was planned before the data were opened, and what was not.

Source: Nosek, Ebersole, DeHaven & Mellor 2018, PNAS 115, 2600-2606 (why a plan is fixed first); own design,
docs/decisions/studies.md.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suar_research.files import Unreadable
from suar_research.studies.protocol import PLAN, Protocol, parse_planned
from suar_research.studies.record import Line, opened

PLANNED, DEVIATION, EXPLORATORY = "planned", "deviation", "exploratory"
NOT_OURS, ALTERED = "not of this study", "altered"
STATUSES = (PLANNED, DEVIATION, EXPLORATORY, NOT_OURS, ALTERED)
NEAR = 2
NEEDED = {"version": str, "input_sha256": str, "asked": dict}
DRAWING_AND_FILES = {"title", "chart", "version", "inputs"}
Plan = dict[str, tuple[Any, dict[str, Any]]]
"""For each analysis the run of its command, and the options that decide its answer."""


@dataclass(frozen=True)
class Judged:
    """The judgement on one result: its status, the analysis of the plan, and why."""

    name: str
    status: str
    analysis: str = ""
    because: tuple[str, ...] = ()


def plans_of(lines: Sequence[Line]) -> list[tuple[Line, Plan]]:
    """Return every plan a study has had, with the line that fixed it; raises Unreadable."""
    return [(line, _commands(line.body["protocol"])) for line in lines if "protocol" in line.body]


def _commands(protocol: Protocol) -> Plan:
    try:
        return {analysis["name"]: parse_planned(analysis["run"]) for analysis in protocol[PLAN]}
    except ValueError as error:
        problem = "a command of the plan is not known to this version; use the one it was fixed with"
        raise Unreadable([problem]) from error


def judge(lines: Sequence[Line], results: Mapping[str, Any], data: Mapping[str, str]) -> list[Judged]:
    """Judge for each result, by its name, whether it was planned.

    `data` are texts of opened files by their digest: planned tables are made again from them, and
    a result that differs is altered. Estimates by resampling are not made again.
    """
    plans, files = plans_of(lines), opened(lines)
    return [_judged(name, result, plans, files, data) for name, result in results.items()]


def _judged(
    name: str, result: Any, plans: list[tuple[Line, Plan]], files: Mapping[str, Line], data: Mapping[str, str]
) -> Judged:
    if not isinstance(result, dict) or not all(isinstance(result.get(key), kind) for key, kind in NEEDED.items()):
        return Judged(name, NOT_OURS, because=("it does not say its version, its input and what was asked",))
    inputs = result.get("inputs", [])
    others = (
        [file.get("sha256") if isinstance(file, dict) else None for file in inputs]
        if (isinstance(inputs, list))
        else [None]
    )
    if result["input_sha256"] not in files:
        return Judged(name, NOT_OURS, because=("its file was not opened in this study",))
    if not all(isinstance(digest, str) and digest in files for digest in others):
        why = "another file that it was made from was not opened in this study"
        return Judged(name, NOT_OURS, because=(why,))
    opening = min(files[digest].number for digest in (result["input_sha256"], *others))
    for line, plan in plans:
        for analysis, (run, options) in plan.items():
            if options == result["asked"] and line.number < opening:
                return _checked(Judged(name, PLANNED, analysis), result, line, run, data)
            if options == result["asked"]:
                why = f"added to the plan by line {line.number}, when the data had been opened"
                return Judged(name, DEVIATION, analysis, (why,))
    before = [plan for line, plan in plans if line.number < opening][-1]
    return Judged(name, EXPLORATORY, because=(_nearest(result["asked"], before),))


def _checked(planned: Judged, result: Mapping[str, Any], line: Line, run: Any, data: Mapping[str, str]) -> Judged:
    """Add to a planned result what differs: its version, or that it was altered."""
    notes = []
    if result["version"] != line.version:
        notes.append(f"made with Suar {result['version']}; the plan was fixed with {line.version}")
    text = data.get(result["input_sha256"])
    if text is None or run.command != "tabulate":
        return Judged(planned.name, PLANNED, planned.analysis, (*notes, "not made again"))
    same = _reproduces(run, text, result)
    notes.append(f"made again from the data: {'the same' if same else 'NOT the same'}")
    return Judged(planned.name, PLANNED if same else ALTERED, planned.analysis, tuple(notes))


def _reproduces(run: Any, text: str, result: Mapping[str, Any]) -> bool:
    # The commands import this module.
    from suar_research.cli import tabulate

    try:
        report = tabulate.make(run, tabulate.request_of(run.options), text, result["input_sha256"])
    except Unreadable:
        return False
    again = json.loads(json.dumps(report.data))
    return all(again.get(name) == result.get(name) for name in {*again, *result} - DRAWING_AND_FILES)


def _nearest(options: Mapping[str, Any], plan: Plan) -> str:
    """Name the planned analysis from which a result differs least, in one or two options only."""
    apart = {
        name: sorted(key for key in {*options, *planned} if options.get(key) != planned.get(key))
        for name, (_, planned) in plan.items()
    }
    name = min(apart, key=lambda name: len(apart[name]), default=None)
    if name is None or len(apart[name]) > NEAR:
        return "in no plan"
    return f"differs from {name} in: {', '.join(apart[name])}"


def unanswered(lines: Sequence[Line], judged: Sequence[Judged]) -> list[str]:
    """Name the analyses that were planned when data were opened and that have no result."""
    first = min((line.number for line in lines if line.kind == "opened"), default=len(lines) + 1)
    plan = [plan for line, plan in plans_of(lines) if line.number < first][-1]
    answered = {result.analysis for result in judged if result.status in (PLANNED, ALTERED)}
    return [name for name in plan if name not in answered]
