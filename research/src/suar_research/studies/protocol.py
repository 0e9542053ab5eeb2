"""Protocols of studies: reading TOML or JSON, the gate of ethics, and the commands of a plan.

Source: data/ethics.json (each rule names its own); own design, docs/decisions/studies.md.
"""

import hashlib
import json
import re
import shlex
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

import typer
from typer.exceptions import TyperException

from suar_research import coverage
from suar_research.files import Unreadable, refuse

DATA = Path(__file__).with_name("data")
TEMPLATE = DATA / "protocol.toml"
SPECIFICATION = json.loads((DATA / "protocol.json").read_text("utf-8"))
FIELDS: dict[str, dict[str, dict[str, Any]]] = SPECIFICATION["fields"]
LISTS: dict[str, dict[str, str]] = SPECIFICATION["lists"]
PLAN = "plan"
REQUIRED: dict[tuple[str, str], str] = {
    (part, name): field["rule"] for part, fields in FIELDS.items() for name, field in fields.items() if "rule" in field
}
"""The fields that must be filled in, and the rule that asks for each."""
SHORTEST = 12
DISCLOSES = re.compile(r"traffick|slave|exploit|victim|prostitut|smuggl|forced|perdagangan orang|korban|tppo", re.I)
CHECKED_WITHIN = timedelta(days=365)
EMPTY: dict[str, Any] = {"list": [], "flag": None}
WRONG_TYPE = {
    "text": (str, "not words between quotes"),
    "flag": (bool, "not true or false"),
    "money": (int | float, "not a number"),
}
Protocol = dict[str, Any]


@dataclass(frozen=True)
class Rule:
    """A rule of ethics: its code, name, short wording, and sources."""

    code: str
    name: str
    says: str
    source: list[str]

    @property
    def reason(self) -> str:
        """The sentence that follows what is missing."""
        return f"Asked for by {self.code}, {self.name}: {self.says} ({'; '.join(self.source)})."


@cache
def rules() -> dict[str, Rule]:
    """Return every rule by its code."""
    listed = json.loads((DATA / "ethics.json").read_text("utf-8"))["rules"]
    return {row["code"]: Rule(row["code"], row["name"], row["says"], row["source"]) for row in listed}


def read(text: str, *, json_format: bool) -> Protocol:
    """Read a protocol in one normal form; raises Unreadable.

    Missing parts stay empty; `lacks` reports required ones.
    """
    try:
        content = json.loads(text) if json_format else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Only the line: what it holds may be confidential.
        line = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        place = line or str(error).partition("(at ")[2].rstrip(")") or "its form"
        raise Unreadable([f"it is not {'JSON' if json_format else 'TOML'} ({place})"]) from error
    if not isinstance(content, dict):
        raise Unreadable(["it has no parts: [study], [approval] and so on"])
    problems = [f"part [{name}]: it is not known" for name in content if name not in {*FIELDS, PLAN}]
    protocol: Protocol = {name: _part(name, content.get(name, {}), problems) for name in FIELDS}
    protocol[PLAN] = _list(PLAN, content.get(PLAN, []), problems)
    refuse(problems)
    return protocol


def _part(name: str, part: object, problems: list[str]) -> dict[str, Any]:
    if not isinstance(part, dict):
        problems.append(f"part [{name}]: it has no lines of its own")
        return {}
    fields = FIELDS[name]
    problems += [f"[{name}] {key}: the name is not known" for key in part if key not in fields]
    return {key: _value(f"[{name}] {key}", field["kind"], part.get(key), problems) for key, field in fields.items()}


def _value(place: str, kind: str, value: object, problems: list[str]) -> Any:
    if kind == "places":
        return _list(kind, value or [], problems)
    if value in (None, ""):
        return EMPTY.get(kind, "")
    if kind == "list":
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            problems.append(f"{place}: not a list of words between quotes")
            return []
        return [item.strip() for item in value if item.strip()]
    if kind == "day":
        try:
            return date.fromisoformat(str(value)[:10] if isinstance(value, date) else str(value)).isoformat()
        except ValueError:
            problems.append(f"{place}: not a day as 2027-06-30")
            return ""
    expected, problem = WRONG_TYPE[kind]
    if not isinstance(value, expected) or (kind == "money" and isinstance(value, bool)):
        problems.append(f"{place}: {problem}")
    return value.strip() if isinstance(value, str) else value


def _list(name: str, rows: object, problems: list[str]) -> list[dict[str, Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        problems.append(f"{name}: not a list of parts with names")
        return []
    fields = LISTS[name]
    problems += [
        f"{name} {at}, {key}: the name is not known" for at, row in enumerate(rows, 1) for key in row.keys() - fields
    ]
    return [
        {key: _value(f"{name} {at}, {key}", kind, row.get(key), problems) for key, kind in fields.items()}
        for at, row in enumerate(rows, 1)
    ]


def digest(part: object) -> str:
    """Return the SHA-256 of a part; the same for TOML, JSON and any order of names."""
    canonical = json.dumps(part, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def flat(part: object, path: str = "") -> Iterable[tuple[str, object]]:
    """Yield every value with its path; parts of a list go by their own names if they have one."""
    if isinstance(part, Mapping) and part:
        for key, value in part.items():
            yield from flat(value, f"{path}.{key}" if path else str(key))
    elif isinstance(part, list) and part and all(isinstance(item, Mapping) for item in part):
        for at, item in enumerate(part, 1):
            yield from flat(item, f"{path}.{item.get('name') or item.get('place') or at}")
    else:
        yield path, part


def differences(before: Protocol, after: Protocol) -> list[dict[str, object]]:
    """List what differs between two protocols: the path, the value before, the value after."""
    old, new = dict(flat(before)), dict(flat(after))
    return [
        {"where": path, "before": old.get(path), "after": new.get(path)}
        for path in sorted({*old, *new})
        if old.get(path) != new.get(path)
    ]


def lacks(protocol: Protocol, today: date) -> list[str]:
    """Return what is missing or cannot be, each with its rule; empty if a study may open."""
    gaps = [*_empty(protocol), *_reach(protocol), *_referral(protocol, today), *_times(protocol, today)]
    return [*(f"{gap}. {rules()[code].reason}" for gap, code in gaps), *_plan(protocol)]


def _empty(protocol: Protocol) -> Iterator[tuple[str, str]]:
    for (part, name), code in REQUIRED.items():
        value, field = protocol[part][name], FIELDS[part][name]
        if value is None or value in ("", []):
            yield f"[{part}] {name}: nothing is said", code
        elif field["kind"] == "text" and not field.get("may_be_short") and len(value) < SHORTEST:
            yield f"[{part}] {name}: too short to be understood", code


def _reach(protocol: Protocol) -> Iterator[tuple[str, str]]:
    known = sorted(coverage.avenues())
    for code in protocol["reach"]["avenues"]:
        if code not in known:
            yield f"[reach] avenues: a code is not known; there are {', '.join(known)}", "ET30"
    if DISCLOSES.search(protocol["study"]["public_name"]):
        yield "[study] public_name: it says what the study is about", "ET32"
    if protocol["reach"]["children"] is True:
        for name in FIELDS["children"]:
            if len(protocol["children"][name]) < SHORTEST:
                yield f"[children] {name}: nothing is said, or too little", "ET34"


def _referral(protocol: Protocol, today: date) -> Iterator[tuple[str, str]]:
    for at, place in enumerate(protocol["referral"]["places"], 1):
        if not place["place"]:
            yield f"[referral] place {at}: it has no name", "ET31"
        if not isinstance(place["money"], int | float) or not 0 < place["money"] < inf:
            yield f"[referral] place {at}: there is no money for urgent help", "ET31"
        elif not place["currency"]:
            yield f"[referral] place {at}: money without a currency", "ET31"
        checked = _date(place["checked"])
        if checked is None or not today - CHECKED_WITHIN <= checked <= today:
            yield f"[referral] place {at}: services there were not checked within a year", "ET31"


def _times(protocol: Protocol, today: date) -> Iterator[tuple[str, str]]:
    approval = protocol["approval"]
    on, until, ends = (_date(day) for day in (approval["on"], approval["until"], protocol["study"]["ends"]))
    destroyed = _date(protocol["data"]["destroyed"])
    if on and on > today:
        yield "[approval] on: the approval is not of the past", "ET28"
    if until and until < today:
        yield "[approval] until: the approval is over", "ET28"
    if until and ends and ends > until:
        yield "[study] ends: it goes on after the approval ends", "ET28"
    if ends and ends < today:
        yield "[study] ends: the study is over", "ET28"
    if destroyed and ends and destroyed < ends:
        yield "[data] destroyed: data would be destroyed before the study ends", "ET20"


def _plan(protocol: Protocol) -> Iterator[str]:
    if not protocol[PLAN]:
        yield "[[plan]]: there is no analysis. A plan made after the data were seen proves nothing."
    names = [analysis["name"] for analysis in protocol[PLAN]]
    for at, analysis in enumerate(protocol[PLAN], 1):
        if not analysis["name"] or names.count(analysis["name"]) > 1:
            yield f"[[plan]] {at}: an analysis needs a name of its own."
        if not analysis["question"]:
            yield f"[[plan]] {at}: it does not say which question it answers."
        try:
            parse_planned(analysis["run"])
        except ValueError as error:
            yield f"[[plan]] {at}, run: {error}."


def _date(word: str) -> date | None:
    return date.fromisoformat(word) if word else None


def parse_planned(words: str) -> tuple[Any, dict[str, Any]]:
    """Parse a command such as `tabulate cases.csv --rows form`; raises ValueError with a sentence.

    Returns its `Run`, and the options that decide its answer.
    """
    # The commands import this module.
    from suar_research.cli import options, tabulate
    from suar_research.cli.main import app

    try:
        arguments = shlex.split(words.removeprefix("./suar ").strip())
    except ValueError:
        raise ValueError("a quote is left open") from None
    if not arguments or arguments[0] not in ("tabulate", "estimate"):
        raise ValueError("it must begin with tabulate or estimate")
    token = options.only_parse.set(True)
    try:
        run = typer.main.get_command(app()).main(args=arguments, standalone_mode=False)
        if not isinstance(run, options.Run):
            raise ValueError("the command is not one")
        if run.command == "tabulate":
            tabulate.request_of(run.options)
    except TyperException as error:
        raise ValueError(f"the command is not one: {error.format_message()}") from None
    finally:
        options.only_parse.reset(token)
    return run, json.loads(json.dumps(run.decisive_options()))
