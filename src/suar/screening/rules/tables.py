"""Read the tables that lead from elements to an outcome, and to what is kept."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from suar.law.terms import Element, Path
from suar.screening.rules.shapes import (
    Gate,
    KeepRow,
    Lift,
    OutcomeTables,
    OutcomeWords,
    ReasonWords,
    Row,
    Text,
)
from suar.screening.terms import Fact, Outcome, Value

Raw = Mapping[str, Any]
ANY = "ANY"


def outcome_tables(raw: Raw) -> OutcomeTables:
    """Freeze the outcome file: labels, rows for both paths, lifts, gates, notes, reasons.

    Source: data/outcomes-1.json; docs/decisions/0005.
    """
    outcomes = [_outcome(row) for row in raw["outcomes"]]
    reasons = [_reason(row) for row in raw["reasons"]]
    rows = {path: tuple(map(_row, raw[path.lower()])) for path in Path}
    return OutcomeTables(
        outcomes=MappingProxyType({each.code: each for each in outcomes}),
        rows=MappingProxyType(rows),
        lifts=tuple(map(_lift, raw["lifts"])),
        gates=tuple(map(_gate, raw["gates"])),
        notes=MappingProxyType({row["code"]: _text(row["text"]) for row in raw["notes"]}),
        reasons=MappingProxyType({each.code: each for each in reasons}),
    )


def read_keeping(raw: Raw) -> tuple[KeepRow, ...]:
    """Freeze the rows of what survives the end of a talk.

    Source: data/keeping-1.json; docs/decisions/0005.
    """
    facts = {name: frozenset(map(Fact, codes)) for name, codes in raw["facts"].items()}
    return tuple(
        KeepRow(
            code=row["code"],
            stop_keeps=row["stop_keeps"],
            outcome=None if row["outcome"] == ANY else Outcome(row["outcome"]),
            facts=facts[row["facts"]],
            wish=row["wish"],
            because=_text(row["because"]),
        )
        for row in raw["rows"]
    )


def _text(raw: Raw) -> Text:
    return Text(raw["en"], raw["id"])


def _outcome(raw: Raw) -> OutcomeWords:
    return OutcomeWords(
        Outcome(raw["code"]),
        raw["rank"],
        _text(raw["label"]),
        _text(raw["say"]),
        _text(raw["child"]),
        _text(raw["next"]),
    )


def _reason(raw: Raw) -> ReasonWords:
    return ReasonWords(raw["code"], frozenset(raw["fits"]), _text(raw["text"]))


def _row(raw: Raw) -> Row:
    when = {
        element: frozenset(map(Value, raw[element.lower()]))
        for element in Element
        if raw.get(element.lower(), ANY) != ANY
    }
    return Row(
        code=raw["code"],
        when=MappingProxyType(when),
        suggest=Outcome(raw["suggest"]),
        because=_text(raw["because"]),
        notes=tuple(raw["notes"]),
        source=tuple(raw["source"]),
    )


def _lift(raw: Raw) -> Lift:
    return Lift(
        raw["code"],
        raw["when"],
        frozenset(map(Path, raw["paths"])),
        Outcome(raw["at_least"]),
        _text(raw["because"]),
    )


def _gate(raw: Raw) -> Gate:
    return Gate(
        raw["code"],
        tuple(raw.get("any_answered", ())),
        tuple(raw.get("all_good", ())),
        tuple(raw.get("all_yes", ())),
        _text(raw["text"]),
    )
