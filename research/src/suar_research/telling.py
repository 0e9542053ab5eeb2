"""What all estimates tell alike, in words and as JSON."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np

from suar_research.answers import Answer, Limits

WIDTH = 100


def answer_json(answer: Answer, digits: int = 4) -> dict[str, Any]:
    """Give what one method says; what is infinite is null."""
    return {
        "name": answer.name,
        "estimate": finite(answer.estimate, digits),
        "low": finite(answer.shown.low, digits),
        "high": finite(answer.shown.high, digits),
        "level": answer.shown.level,
        "replicates": answer.replicates,
        "settled": answer.settled,
        "cpu_s": round(answer.cpu_s, 3),
        "model": answer.model,
        "intervals": {
            kind: [_limits_json(each, digits) for each in limits] for kind, limits in answer.intervals.items()
        },
    }


def _limits_json(limits: Limits, digits: int) -> dict[str, Any]:
    low, high = finite(limits.low, digits), finite(limits.high, digits)
    return {"level": limits.level, "low": low, "high": high}


def wrapped(sentence: str) -> str:
    """Break a sentence into lines for a screen."""
    return textwrap.fill(sentence, WIDTH, subsequent_indent="  ")


def number(value: float) -> str:
    """Write a number of people."""
    return f"{value:,.0f}" if np.isfinite(value) else "no limit"


def finite(value: float, digits: int = 4) -> float | None:
    """Give a number for JSON, which knows no infinity."""
    return round(float(value), digits) if np.isfinite(value) else None
