"""What somebody tapped about the help they got: the statements, and how answers are written."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from suar.contact.terms import Tapped

FILE = Path(__file__).parent / "data" / "feedback-1.json"
RULES = {"code", "dimension", "statements", "severity", "acknowledge_days", "answer_days"}
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to tap: its code, and its words by language."""

    code: str
    words: Words


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence about the help, and the dimension in which its answers are counted."""

    code: str
    dimension: str
    words: Words


@dataclass(frozen=True, slots=True)
class Complaint:
    """What one may complain about, how grave it is, and how many days there are."""

    code: str
    words: Words
    severity: str
    acknowledge_days: int
    answer_days: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything that can be tapped, in the order in which it is shown."""

    stages: Sequence[Choice]
    statements: Mapping[str, Sequence[Statement]]
    dimensions: Sequence[Choice]
    answers: Sequence[Choice]
    complaints: Mapping[str, Complaint]
    workers: Sequence[Choice]
    done: Sequence[Choice]

    def dimension_of(self, stage: str) -> dict[str, str]:
        """Name the dimension of each statement of a stage."""
        return {each.code: each.dimension for each in self.statements.get(stage, ())}


@lru_cache(maxsize=1)
def asked() -> Asked:
    """Read the file once."""
    raw = json.loads(FILE.read_text("utf-8"))
    return Asked(
        stages=_choices(raw["stages"]),
        statements={row["code"]: _statements(row["statements"]) for row in raw["stages"]},
        dimensions=_choices(raw["dimensions"]),
        answers=_choices(raw["answers"]),
        complaints={row["code"]: _complaint(row) for row in raw["complaints"]},
        workers=_choices(raw["workers"]),
        done=_choices(raw["done"]),
    )


def written(said: Tapped) -> str:
    """Write what was tapped as the content of a letter."""
    told = {
        "stage": said.stage,
        "answers": dict(said.answers),
        "complaint": said.complaint,
        "house": str(said.house or ""),
        "worker": said.worker,
    }
    return json.dumps(told)


def read(content: str) -> Tapped:
    """Read what was tapped from the content of a letter."""
    told = json.loads(content)
    house = UUID(told["house"]) if told["house"] else None
    return Tapped(told["stage"], told["answers"], told["complaint"], house, told["worker"])


def _choices(rows: Sequence[Any]) -> list[Choice]:
    return [Choice(row["code"], _words(row)) for row in rows]


def _statements(rows: Sequence[Any]) -> list[Statement]:
    return [Statement(row["code"], row["dimension"], _words(row)) for row in rows]


def _complaint(row: Any) -> Complaint:
    return Complaint(
        row["code"],
        _words(row),
        row["severity"],
        row["acknowledge_days"],
        row["answer_days"],
    )


def _words(row: Any) -> Words:
    """Give the words of a row by language: all that is neither its code nor a rule."""
    return {name: text for name, text in row.items() if name not in RULES}
