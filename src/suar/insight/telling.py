"""What all estimates tell alike, in words and as JSON."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np

from suar.insight.answers import Answer

WIDTH = 100


def answer_json(answer: Answer) -> dict[str, Any]:
    """Give what one method says; what is infinite is null."""
    return {
        "name": answer.name,
        "estimate": finite(answer.estimate),
        "low": finite(answer.shown.low),
        "high": finite(answer.shown.high),
        "level": answer.shown.level,
        "replicates": answer.replicates,
        "settled": answer.settled,
        "cpu_s": round(answer.cpu_s, 3),
        "model": answer.model,
        "intervals": {
            kind: [
                {"level": at.level, "low": finite(at.low), "high": finite(at.high)} for at in limits
            ]
            for kind, limits in answer.intervals.items()
        },
    }


def wrapped(sentence: str) -> str:
    """Break a sentence into lines for a screen."""
    return textwrap.fill(sentence, WIDTH, subsequent_indent="  ")


def number(value: float) -> str:
    """Write a number of people."""
    return f"{value:,.0f}" if np.isfinite(value) else "no limit"


def finite(value: float) -> float | None:
    """Give a number for JSON, which knows no infinity."""
    return round(float(value), 4) if np.isfinite(value) else None
