"""Read the data files of an instrument once, and freeze them."""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from suar.kernel.urgency import Urgency
from suar.law.terms import Element, Path
from suar.screening.rules.shapes import (
    Instrument,
    Level,
    MapLine,
    Need,
    Option,
    Press,
    Question,
    Sign,
    StepSlot,
    Stop,
    Text,
    Theme,
    Threshold,
)
from suar.screening.rules.tables import outcome_tables, read_keeping
from suar.screening.terms import Answers, Outcome, Step, Strength, Unreadable

DATA = FilePath(__file__).parents[1] / "data"
AVAILABLE = frozenset({("short", 1)})
BOTH = frozenset(Path)

Raw = Mapping[str, Any]
Options = Mapping[str, tuple[Option, ...]]
Kind = TypeVar("Kind")
Coded = TypeVar("Coded", bound="HasCode")


class HasCode(Protocol):
    """Anything read from a row with a code."""

    @property
    def code(self) -> str: ...


@lru_cache(maxsize=8)
def instrument(code: str = "short", version: int = 1) -> Instrument:
    """Give one version of one talk; raises Unreadable when there is none.

    Source: data/instrument-short-1.json and the files it names; docs/decisions/0004.
    """
    if (code, version) not in AVAILABLE:
        raise Unreadable("instrument")
    raw = _file(f"instrument-{code}-{version}")
    sets = {name: tuple(map(_option, rows)) for name, rows in raw["answer_sets"].items()}
    steps = tuple(_step(row, sets) for row in raw["steps"])
    return Instrument(
        code=raw["code"],
        version=raw["version"],
        minutes=raw["minutes"],
        title=_text(raw["title"]),
        steps=steps,
        themes=tuple(Theme(row["code"], _text(row["label"])) for row in raw["themes"]),
        answer_sets=MappingProxyType(sets),
        slots_after=tuple(raw["slots_after"]),
        questions=_by_code(question for step in steps for question in step.questions),
        **_parts({kind: _file(name) for kind, name in raw["uses"].items()}),
    )


def instrument_of(answers: Answers) -> Instrument:
    """Give the version these answers were begun with; a talk never changes its wording midway.

    Source: own design, docs/decisions/0004.
    """
    return instrument(answers.instrument, answers.version)


def _parts(files: Mapping[str, Raw]) -> dict[str, Any]:
    needs, signs, keeping = files["needs"], files["signs"], files["keeping"]
    return {
        "stops": _by_code(map(_stop, files["stops"]["stops"])),
        "levels": MappingProxyType({each.code: each for each in map(_level, needs["levels"])}),
        "who_answers": _text(needs["who_answers"]),
        "until_then": _text(needs["until_then"]),
        "needs": _by_code(map(_need, needs["needs"])),
        "signs": _by_code(map(_sign, signs["signs"])),
        "thresholds": tuple(map(_threshold, signs["thresholds"])),
        "lines": tuple(map(_line, files["map"]["lines"])),
        "tables": outcome_tables(files["outcomes"]),
        "keeping": read_keeping(keeping),
        "draft_days": keeping["draft_days"],
        "codes_months": keeping["codes_months"],
        "words": MappingProxyType({w["code"]: _text(w["text"]) for w in files["words"]["words"]}),
    }


def _text(raw: Raw) -> Text:
    return Text(raw["en"], raw["id"])


def _maybe_text(raw: Raw | None) -> Text | None:
    return None if raw is None else _text(raw)


def _file(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    return loaded


def _by_code(rows: Iterable[Coded]) -> Mapping[str, Coded]:
    return MappingProxyType({row.code: row for row in rows})


def _frozen(read: Callable[[str], Kind], values: Iterable[str]) -> frozenset[Kind]:
    return frozenset(read(value) for value in values)


def _paths(raw: Raw) -> frozenset[Path]:
    return _frozen(Path, raw.get("paths", BOTH))


def _option(raw: Raw) -> Option:
    return Option(raw["code"], _text(raw["text"]))


def _step(raw: Raw, sets: Options) -> StepSlot:
    return StepSlot(
        code=Step(raw["code"]),
        part=raw["part"],
        title=_text(raw["title"]),
        why=_text(raw["why"]),
        skippable=raw["skippable"],
        questions=tuple(_question(row, sets) for row in raw["questions"]),
        standard=tuple(raw["standard"]),
        source=tuple(raw["source"]),
    )


def _question(raw: Raw, sets: Options) -> Question:
    return Question(
        code=raw["code"],
        kind=raw["kind"],
        to=raw["to"],
        text=_text(raw["text"]),
        child=_maybe_text(raw.get("child")),
        options=sets.get(raw.get("options", ""), ()),
        bad=frozenset(raw.get("bad", ())),
        paths=_paths(raw),
        theme=raw.get("theme"),
        asks=_frozen(Element, raw.get("asks", ())),
        raises=raw.get("raises"),
        reminder=_maybe_text(raw.get("reminder")),
        standard=tuple(raw.get("standard", ())),
        source=tuple(raw["source"]),
    )


def _stop(raw: Raw) -> Stop:
    always = raw["offered_at"] == "ALWAYS"
    return Stop(
        code=raw["code"],
        always=always,
        offered_at=frozenset(Step) if always else _frozen(Step, raw["offered_at"]),
        label=_text(raw["label"]),
        what=_text(raw["what"]),
        ask=_maybe_text(raw.get("ask")),
        now=tuple(map(_text, raw["now"])),
        say=_text(raw["say"]),
        child=_text(raw["child"]),
        pressed_by=tuple(map(_press, raw["pressed_by"])),
        ends_as=Outcome(raw["ends_as"]),
        keeps=raw["keeps"],
        level=None if raw["level"] is None else Urgency(raw["level"]),
        services=tuple(raw["services"]),
        source=tuple(raw["source"]),
    )


def _press(raw: Raw) -> Press:
    return Press(
        question=raw.get("question"),
        need=raw.get("need"),
        path=Path(raw["path"]) if "path" in raw else None,
        values=frozenset(raw["is"]),
    )


def _level(raw: Raw) -> Level:
    return Level(
        Urgency(raw["code"]),
        _text(raw["label"]),
        raw["acknowledge_within_min"],
        raw["first_contact_within_min"],
    )


def _need(raw: Raw) -> Need:
    return Need(
        raw["code"],
        Urgency(raw["level"]),
        tuple(raw["services"]),
        _text(raw["text"]),
        tuple(raw["source"]),
    )


def _sign(raw: Raw) -> Sign:
    strengths = {
        Path(path.upper()): None if value is None else Strength(value)
        for path, value in raw["strength"].items()
    }
    return Sign(
        code=raw["code"],
        element=None if raw["element"] is None else Element(raw["element"]),
        observed=raw["observed"],
        strength=MappingProxyType(strengths),
        conditions=raw["conditions"],
        holds=raw["holds"],
        text=_text(raw["text"]),
        source=tuple(raw["source"]),
    )


def _threshold(raw: Raw) -> Threshold:
    return Threshold(raw["strong"], raw["medium"], raw["weak"])


def _line(raw: Raw) -> MapLine:
    return MapLine(
        raw["question"],
        raw["sign"],
        _paths(raw),
        _text(raw["because"]),
        tuple(raw["source"]),
    )
