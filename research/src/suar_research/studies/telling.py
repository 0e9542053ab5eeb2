"""A study in words and as JSON: what was fixed when, what changed, whom it can see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from suar_research import coverage
from suar_research.studies.outputs import STATUSES, Judged
from suar_research.studies.protocol import PLAN
from suar_research.studies.record import AMENDED, CLOSED, OPENED, Line, opened, protocol_of
from suar_research.telling import wrapped

HOLD = (
    "Give this hash to the committee or to somebody else who keeps it: only that proves later that "
    "the record was not written anew."
)
CANNOT_PROVE = (
    "This proves order, not honesty: nobody can show that data were not looked at outside of this "
    "record before they were opened in it."
)


def changes(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """List every change of the protocol, and whether data had been opened by then."""
    found, seen = [], False
    for line in lines:
        seen = seen or line.kind == OPENED
        if line.kind == AMENDED:
            found.append(
                {
                    "line": line.number,
                    "at": line.at,
                    "reason": line.body["reason"],
                    "after_opening": seen,
                    "differences": line.body["differences"],
                }
            )
    return found


def as_json(lines: Sequence[Line]) -> dict[str, Any]:
    """Give a study as it stands."""
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
        "coverage": notes(lines),
    }


def notes(lines: Sequence[Line]) -> list[str]:
    """Say whom this study can and cannot see."""
    return list(coverage.notes([], protocol_of(lines)["reach"]["avenues"]))


def words(lines: Sequence[Line]) -> str:
    """Tell a study to somebody who reads it on a screen."""
    return "\n".join(_words(as_json(lines))) + "\n"


def _words(said: Mapping[str, Any]) -> Iterator[str]:
    yield said["title"]
    yield f"Plan fixed {said['registered']['at']} (SHA-256 {said['registered']['plan_sha256']})."
    yield from (wrapped(f"- {each['name']}: {each['question']}") for each in said["plan"])
    yield "\nDATA"
    yield from (f"- opened {each['at']}: {each['sha256']}" for each in said["opened"])
    if not said["opened"]:
        yield "- not opened yet"
    yield "\nCHANGES OF THE PROTOCOL"
    yield from _changes(said["changes"])
    yield "\nWHO CAN BE SEEN"
    yield from (wrapped(f"- {each}") for each in said["coverage"])
    if said["closed"]:
        yield f"\nClosed {said['closed']}."
    yield f"\nLast line {said['head']}"
    yield wrapped(HOLD)


def _changes(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not found:
        yield "- none"
    for each in found:
        when = "AFTER data were opened" if each["after_opening"] else "before any data were opened"
        yield wrapped(f"- line {each['line']}, {each['at']}, {when}: {each['reason']}")
        for one in each["differences"]:
            yield wrapped(f"    {one['where']}: {_shown(one['before'])} became {_shown(one['after'])}")


def _shown(value: object) -> str:
    return "nothing" if value in (None, "", []) else f'"{value}"' if isinstance(value, str) else f"{value}"


def results(lines: Sequence[Line], judged: Sequence[Judged], missing: Sequence[str]) -> dict[str, Any]:
    """Give what `check` found."""
    return {
        **as_json(lines),
        "results": [each.as_json() for each in judged],
        "counts": {status: sum(each.status == status for each in judged) for status in STATUSES},
        "planned_without_result": list(missing),
        "notices": [CANNOT_PROVE],
    }


def result_words(said: Mapping[str, Any]) -> str:
    """Tell what `check` found."""
    lines = ["RESULTS"]
    for each in said["results"]:
        name = f" {each['analysis']}" if each["analysis"] else ""
        why = f" ({'; '.join(each['because'])})" if each["because"] else ""
        lines.append(wrapped(f"- {each['name']}: {each['status'].upper()}{name}{why}"))
    if said["planned_without_result"]:
        named = ", ".join(said["planned_without_result"])
        lines.append(f"Planned, and no result was handed in: {named}")
    lines += [*map(wrapped, said["notices"]), ""]
    return "\n".join([*lines, *_words(said)]) + "\n"
