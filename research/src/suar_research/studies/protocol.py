"""Reading a protocol: TOML or JSON, every name known, every day a day."""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from suar_research.reading import Unreadable, refuse

TEMPLATE = Path(__file__).with_name("data") / "protocol.toml"
Protocol = dict[str, Any]
WORDS, LINES, DAY, YES = "words", "a list of sentences", "a day", "true or false"
PARTS: dict[str, dict[str, str]] = {
    "study": {"title": WORDS, "public_name": WORDS, "organisation": WORDS, "questions": LINES, "ends": DAY},
    "approval": {"body": WORDS, "number": WORDS, "on": DAY, "until": DAY},
    "reach": {"avenues": LINES, "included": WORDS, "invited_by": WORDS, "children": YES},
    "children": {"need": WORDS, "assent": WORDS, "guardian": WORDS, "review": WORDS},
    "consent": {
        "about": WORDS,
        "use": WORDS,
        "skip": WORDS,
        "stop": WORDS,
        "restrict": WORDS,
        "apart_from_help": WORDS,
    },
    "referral": {"offer": WORDS, "places": "places"},
    "safety": {"distress": WORDS, "danger": WORDS},
    "data": {"kept": WORDS, "readers": WORDS, "given_to": WORDS, "destroyed": DAY},
    "results": {"back": WORDS},
}
PLAN = "plan"
PLACE = {"place": WORDS, "checked": DAY, "money": "money", "currency": WORDS}
ANALYSIS = {"name": WORDS, "question": WORDS, "run": WORDS}
LISTS = {"places": PLACE, PLAN: ANALYSIS}


def read(text: str, *, json_format: bool) -> Protocol:
    """Read a protocol and put every part in one form; raises Unreadable.

    What is not filled in stays empty here; the gate says what must not be.
    """
    try:
        found = json.loads(text) if json_format else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        kind = "JSON" if json_format else "TOML"
        raise Unreadable([f"it is not {kind} ({_where(error)})"]) from error
    if not isinstance(found, dict):
        raise Unreadable(["it has no parts: [study], [approval] and so on"])
    problems = [f"part [{name}]: it is not known" for name in found if name not in {*PARTS, PLAN}]
    protocol: Protocol = {name: _part(name, found.get(name, {}), problems) for name in PARTS}
    protocol[PLAN] = _listed(PLAN, found.get(PLAN, []), problems)
    refuse(problems)
    return protocol


def _where(error: Exception) -> str:
    """Say the line, and nothing of what stands there."""
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}"
    place = str(error).partition("(at ")[2].rstrip(")")
    return place or "its form"


def _part(name: str, found: object, problems: list[str]) -> dict[str, Any]:
    if not isinstance(found, dict):
        problems.append(f"part [{name}]: it has no lines of its own")
        return {}
    wanted = PARTS[name]
    problems += [f"[{name}] {key}: the name is not known" for key in found if key not in wanted]
    return {key: _value(f"[{name}] {key}", kind, found.get(key), problems) for key, kind in wanted.items()}


def _value(place: str, kind: str, value: object, problems: list[str]) -> Any:
    if kind == "places":
        return _listed("places", value or [], problems)
    if value in (None, ""):
        return [] if kind == LINES else None if kind == YES else ""
    if kind == LINES:
        return _lines(place, value, problems)
    if kind == YES and not isinstance(value, bool):
        problems.append(f"{place}: not true or false")
    if kind == DAY:
        return _day(place, value, problems)
    if kind == WORDS and not isinstance(value, str):
        problems.append(f"{place}: not words between quotes")
    if kind == "money" and (isinstance(value, bool) or not isinstance(value, int | float)):
        problems.append(f"{place}: not a number")
    return value.strip() if isinstance(value, str) else value


def _lines(place: str, value: object, problems: list[str]) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        problems.append(f"{place}: not a list of words between quotes")
        return []
    return [each.strip() for each in value if each.strip()]


def _day(place: str, value: object, problems: list[str]) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        problems.append(f"{place}: not a day as 2027-06-30")
        return ""


def _listed(name: str, found: object, problems: list[str]) -> list[dict[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        problems.append(f"{name}: not a list of parts with names")
        return []
    wanted, rows = LISTS[name], []
    for at, row in enumerate(found, 1):
        problems += [f"{name} {at}, {key}: the name is not known" for key in row if key not in wanted]
        rows.append({key: _value(f"{name} {at}, {key}", kind, row.get(key), problems) for key, kind in wanted.items()})
    return rows


def digest(part: object) -> str:
    """Give the SHA-256 of a part in one form: the same for TOML, JSON and any order of names."""
    return hashlib.sha256(canonical(part).encode()).hexdigest()


def canonical(part: object) -> str:
    """Write a part in one form."""
    return json.dumps(part, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def flat(part: object, path: str = "") -> Iterable[tuple[str, object]]:
    """Give every value with its path; parts of a list go by their own names where they have one."""
    if isinstance(part, Mapping) and part:
        for key, value in part.items():
            yield from flat(value, f"{path}.{key}" if path else str(key))
    elif isinstance(part, list) and part and all(isinstance(each, Mapping) for each in part):
        for at, each in enumerate(part, 1):
            yield from flat(each, f"{path}.{each.get('name') or each.get('place') or at}")
    else:
        yield path, part


def differences(before: Protocol, after: Protocol) -> list[dict[str, object]]:
    """List what differs between two protocols: where, what stood there, what stands there."""
    old, new = dict(flat(before)), dict(flat(after))
    return [
        {"where": path, "before": old.get(path), "after": new.get(path)}
        for path in sorted({*old, *new})
        if old.get(path) != new.get(path)
    ]
