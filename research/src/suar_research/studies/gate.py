"""The gate of ethics: what a protocol lacks, and which rule asks for it.

Source: data/ethics.json (each rule names its own); own design, docs/decisions/studies.md.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from math import inf

from suar_research import coverage
from suar_research.studies import ethics
from suar_research.studies.planning import parse_planned
from suar_research.studies.protocol import PLAN, Protocol

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
    return f"Asked for by {ethics.rules()[code].why()}."


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
