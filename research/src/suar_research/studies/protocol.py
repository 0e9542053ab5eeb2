"""Reading a protocol: TOML or JSON, every name known, every day a day.

The rules of ethics as data: what each asks, and from where it comes.

Commands of a plan, parsed as the command line parses them, so that results can be recognised.

The gate of ethics: what a protocol lacks, and which rule asks for it.

Source: data/json (each rule names its own); own design, docs/decisions/studies.md.
"""

from __future__ import annotations

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
from typing import TYPE_CHECKING, Any

import typer
from typer.exceptions import TyperException

from suar_research import coverage
from suar_research.files import Unreadable, refuse

if TYPE_CHECKING:
    from suar_research.cli.options import Run

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


RULES = Path(__file__).with_name("data") / "ethics.json"


@dataclass(frozen=True)
class Rule:
    """One rule: its code, name, what it says in short, and its sources."""

    code: str
    name: str
    says: str
    source: tuple[str, ...]

    def why(self) -> str:
        """Say why something is asked for, with where the rule comes from."""
        return f"{self.code}, {self.name}: {self.says} ({'; '.join(self.source)})"


@cache
def rules() -> dict[str, Rule]:
    """Give every rule by its code."""
    listed = json.loads(RULES.read_text("utf-8"))["rules"]
    return {each["code"]: Rule(each["code"], each["name"], each["says"], tuple(each["source"])) for each in listed}


@dataclass(frozen=True)
class Planned:
    """A command of a plan: how it would run, and the options that decide its answer."""

    run: Run
    asked: Mapping[str, Any]

    @property
    def can_repeat(self) -> bool:
        """Return True if the result can be made again quickly."""
        return self.run.command == "tabulate"


def parse_planned(words: str) -> Planned:
    """Parse a command such as `tabulate cases.csv --rows form`; raises ValueError with a sentence."""
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
    return Planned(run, as_plain_json(run.asked()))


def as_plain_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as JSON would give them back."""
    found: dict[str, Any] = json.loads(json.dumps(values))
    return found


# What must be said, and the rule that asks for it.
ASKED: dict[tuple[str, str], str] = {
    ("study", "title"): "ET10",
    ("study", "public_name"): "ET32",
    ("study", "organisation"): "ET28",
    ("study", "questions"): "ET10",
    ("study", "ends"): "ET28",
    ("approval", "body"): "ET28",
    ("approval", "number"): "ET28",
    ("approval", "on"): "ET28",
    ("approval", "until"): "ET28",
    ("reach", "avenues"): "ET30",
    ("reach", "included"): "ET30",
    ("reach", "invited_by"): "ET29",
    ("reach", "children"): "ET34",
    ("consent", "about"): "ET06",
    ("consent", "use"): "ET06",
    ("consent", "skip"): "ET06",
    ("consent", "stop"): "ET06",
    ("consent", "restrict"): "ET06",
    ("consent", "apart_from_help"): "ET29",
    ("referral", "offer"): "ET31",
    ("referral", "places"): "ET31",
    ("safety", "distress"): "ET08",
    ("safety", "danger"): "ET09",
    ("data", "kept"): "ET05",
    ("data", "readers"): "ET05",
    ("data", "given_to"): "ET18",
    ("data", "destroyed"): "ET20",
    ("results", "back"): "ET33",
}
OF_CHILDREN = ("need", "assent", "guardian", "review")
SHORTEST = 12
# Parts that may be short: a name, a number, a role.
MAY_BE_SHORT = {"title", "public_name", "organisation", "body", "number", "invited_by", "given_to"}
GIVES_AWAY = re.compile(r"traffick|slave|exploit|victim|prostitut|smuggl|forced|perdagangan orang|korban|tppo", re.I)
CHECKED_WITHIN = timedelta(days=365)


def lacks(protocol: Protocol, today: date) -> list[str]:
    """Say what is missing or cannot be, each with its rule; empty where a study may open."""
    return [
        *_unsaid(protocol),
        *_reach(protocol),
        *_referral(protocol, today),
        *_times(protocol, today),
        *_plan(protocol),
    ]


def because(code: str) -> str:
    """Name a rule in brackets after what is missing."""
    return f"Asked for by {rules()[code].why()}."


def _unsaid(protocol: Protocol) -> Iterator[str]:
    for (part, name), code in ASKED.items():
        value = protocol[part][name]
        if value is None or value in ("", []):
            yield f"[{part}] {name}: nothing is said. {because(code)}"
        elif _too_short(name, value):
            yield f"[{part}] {name}: too short to be understood. {because(code)}"


def _too_short(name: str, value: object) -> bool:
    days = {"ends", "on", "until", "destroyed"}
    return isinstance(value, str) and name not in MAY_BE_SHORT | days and len(value) < SHORTEST


def _reach(protocol: Protocol) -> Iterator[str]:
    for code in protocol["reach"]["avenues"]:
        if code not in coverage.avenues():
            known = ", ".join(sorted(coverage.avenues()))
            yield f"[reach] avenues: a code is not known; there are {known}. {because('ET30')}"
    if GIVES_AWAY.search(protocol["study"]["public_name"]):
        yield f"[study] public_name: it says what the study is about. {because('ET32')}"
    if protocol["reach"]["children"] is True:
        for name in OF_CHILDREN:
            if len(protocol["children"][name]) < SHORTEST:
                yield f"[children] {name}: nothing is said, or too little. {because('ET34')}"


def _referral(protocol: Protocol, today: date) -> Iterator[str]:
    for at, place in enumerate(protocol["referral"]["places"], 1):
        if not place["place"]:
            yield f"[referral] place {at}: it has no name. {because('ET31')}"
        if not isinstance(place["money"], int | float) or not 0 < place["money"] < inf:
            yield f"[referral] place {at}: there is no money for urgent help. {because('ET31')}"
        elif not place["currency"]:
            yield f"[referral] place {at}: money without a currency. {because('ET31')}"
        checked = _date(place["checked"])
        if checked is None or not today - CHECKED_WITHIN <= checked <= today:
            yield (f"[referral] place {at}: services there were not checked within a year. {because('ET31')}")


def _times(protocol: Protocol, today: date) -> Iterator[str]:
    approval = protocol["approval"]
    on, until, ends = (_date(each) for each in (approval["on"], approval["until"], protocol["study"]["ends"]))
    if on and on > today:
        yield f"[approval] on: the approval is not of the past. {because('ET28')}"
    if until and until < today:
        yield f"[approval] until: the approval is over. {because('ET28')}"
    if until and ends and ends > until:
        yield f"[study] ends: it goes on after the approval ends. {because('ET28')}"
    if ends and ends < today:
        yield f"[study] ends: the study is over. {because('ET28')}"
    destroyed = _date(protocol["data"]["destroyed"])
    if destroyed and ends and destroyed < ends:
        yield f"[data] destroyed: data would be destroyed before the study ends. {because('ET20')}"


def _plan(protocol: Protocol) -> Iterator[str]:
    if not protocol[PLAN]:
        yield "[[plan]]: there is no analysis. A plan made after the data were seen proves nothing."
    names = [each["name"] for each in protocol[PLAN]]
    for at, each in enumerate(protocol[PLAN], 1):
        if not each["name"] or names.count(each["name"]) > 1:
            yield f"[[plan]] {at}: an analysis needs a name of its own."
        if not each["question"]:
            yield f"[[plan]] {at}: it does not say which question it answers."
        try:
            parse_planned(each["run"])
        except ValueError as error:
            yield f"[[plan]] {at}, run: {error}."


def _date(word: str) -> date | None:
    return date.fromisoformat(word) if word else None
