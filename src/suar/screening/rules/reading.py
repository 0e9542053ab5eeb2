"""Read the data files of an instrument once, and freeze them."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from suar.core.urgency import Urgency
from suar.law.terms import Element, Path
from suar.screening.rules.files import Raw, data_file, raw_set
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
from suar.screening.terms import Answers, Outcome, Step, Strength

LISTED = {"settings": "SETTING", "barriers": "BARRIERS", "missed": "MISSED"}
BOTH = frozenset(Path)

Options = Mapping[str, tuple[Option, ...]]
Kind = TypeVar("Kind")
Coded = TypeVar("Coded", bound="HasCode")


class HasCode(Protocol):
    """Anything read from a row with a code."""

    @property
    def code(self) -> str: ...


@lru_cache(maxsize=32)
def instrument(code: str = "short", version: int = 2) -> Instrument:
    """Give one version of one talk; raises Unreadable when there is none.

    Source: data/instrument-short-1.json and the files it names; docs/decisions/0004.
    """
    return instrument_from(raw_set(code, version))


def instrument_from(raw: Raw) -> Instrument:
    """Read a question set that was put together; `own_lines` join prompts of a house to signs.

    Source: own design, docs/decisions/0004 and 0023.
    """
    files = {kind: data_file(name) for kind, name in raw["uses"].items()}
    sets = {name: tuple(map(_option, rows)) for name, rows in raw["answer_sets"].items()}
    sets |= _listed(files)
    steps = tuple(_step(row, sets) for row in raw["steps"])
    return Instrument(
        code=raw["code"],
        version=raw["version"],
        minutes=raw["minutes"],
        title=text_of(raw["title"]),
        steps=steps,
        themes=tuple(Theme(row["code"], text_of(row["label"])) for row in raw["themes"]),
        answer_sets=MappingProxyType(sets),
        slots_after=tuple(raw["slots_after"]),
        questions=_by_code(question for step in steps for question in step.questions),
        uses=MappingProxyType(raw["uses"]),
        minutes_child=raw.get("minutes_child", raw["minutes"]),
        pause_every=raw.get("pause_every"),
        **_parts(files, raw.get("own_lines", ())),
    )


def instrument_of(answers: Answers) -> Instrument:
    """Give the version these answers were begun with; a talk never changes its wording midway.

    Source: own design, docs/decisions/0004.
    """
    return instrument(answers.instrument, answers.version)


def _parts(files: Mapping[str, Raw], own_lines: Iterable[Raw]) -> dict[str, Any]:
    needs, signs, keeping = files["needs"], files["signs"], files["keeping"]
    lines = [*files.get("map", {"lines": ()})["lines"], *own_lines]
    return {
        "stops": _by_code(map(_stop, files["stops"]["stops"])),
        "levels": MappingProxyType({each.code: each for each in map(_level, needs["levels"])}),
        "who_answers": text_of(needs["who_answers"]),
        "until_then": text_of(needs["until_then"]),
        "needs": _by_code(map(_need, needs["needs"])),
        "signs": _by_code(map(_sign, signs["signs"])),
        "thresholds": tuple(map(_threshold, signs["thresholds"])),
        "lines": tuple(map(_line, lines)),
        "tables": outcome_tables(files["outcomes"]),
        "keeping": read_keeping(keeping),
        "draft_days": keeping["draft_days"],
        "codes_months": keeping["codes_months"],
        "words": MappingProxyType({w["code"]: text_of(w["text"]) for w in files["words"]["words"]}),
    }


def _listed(files: Mapping[str, Raw]) -> dict[str, tuple[Option, ...]]:
    """Give the answer sets whose codes stand in a file of their own: settings, end codes."""
    return {
        name: tuple(Option(row["code"], text_of(row.get("label") or row["text"])) for row in files[kind][kind])
        for kind, name in LISTED.items()
        if kind in files
    }


def text_of(raw: Raw) -> Text:
    """Read wording.

    Source: own design, docs/decisions/0004.
    """
    return Text(raw["en"], raw["id"])


def maybe_text(raw: Raw | None) -> Text | None:
    """Read wording that may be missing.

    Source: own design, docs/decisions/0004.
    """
    return None if raw is None else text_of(raw)


def _by_code(rows: Iterable[Coded]) -> Mapping[str, Coded]:
    return MappingProxyType({row.code: row for row in rows})


def _frozen(read: Callable[[str], Kind], values: Iterable[str]) -> frozenset[Kind]:
    return frozenset(read(value) for value in values)


def _paths(raw: Raw) -> frozenset[Path]:
    return _frozen(Path, raw.get("paths", BOTH))


def _option(raw: Raw) -> Option:
    return Option(raw["code"], text_of(raw["text"]))


def _step(raw: Raw, sets: Options) -> StepSlot:
    return StepSlot(
        code=Step(raw["code"]),
        part=raw["part"],
        title=text_of(raw["title"]),
        why=text_of(raw["why"]),
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
        text=text_of(raw["text"]),
        child=maybe_text(raw.get("child")),
        options=sets.get(raw.get("options", ""), ()),
        bad=frozenset(raw.get("bad", ())),
        paths=_paths(raw),
        theme=raw.get("theme"),
        asks=_frozen(Element, raw.get("asks", ())),
        raises=raw.get("raises"),
        reminder=maybe_text(raw.get("reminder")),
        standard=tuple(raw.get("standard", ())),
        source=tuple(raw["source"]),
        opened_with=raw.get("set"),
        groups=frozenset(raw.get("groups", ())),
    )


def _stop(raw: Raw) -> Stop:
    always = raw["offered_at"] == "ALWAYS"
    return Stop(
        code=raw["code"],
        always=always,
        offered_at=frozenset(Step) if always else _frozen(Step, raw["offered_at"]),
        label=text_of(raw["label"]),
        what=text_of(raw["what"]),
        ask=maybe_text(raw.get("ask")),
        now=tuple(map(text_of, raw["now"])),
        say=text_of(raw["say"]),
        child=text_of(raw["child"]),
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
        text_of(raw["label"]),
        raw["acknowledge_within_min"],
        raw["first_contact_within_min"],
    )


def _need(raw: Raw) -> Need:
    return Need(
        raw["code"],
        Urgency(raw["level"]),
        tuple(raw["services"]),
        text_of(raw["text"]),
        tuple(raw["source"]),
    )


def _sign(raw: Raw) -> Sign:
    strengths = {
        Path(path.upper()): None if value is None else Strength(value) for path, value in raw["strength"].items()
    }
    return Sign(
        code=raw["code"],
        element=None if raw["element"] is None else Element(raw["element"]),
        observed=raw["observed"],
        strength=MappingProxyType(strengths),
        conditions=raw["conditions"],
        holds=raw["holds"],
        text=text_of(raw["text"]),
        source=tuple(raw["source"]),
        reminder=maybe_text(raw.get("reminder")),
        differs=maybe_text(raw.get("differs")),
    )


def _threshold(raw: Raw) -> Threshold:
    return Threshold(raw["strong"], raw["medium"], raw["weak"])


def _line(raw: Raw) -> MapLine:
    return MapLine(
        raw["question"],
        raw["sign"],
        _paths(raw),
        text_of(raw["because"]),
        tuple(raw["source"]),
    )
