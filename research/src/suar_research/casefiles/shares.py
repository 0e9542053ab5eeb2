"""Percentages as they are printed: one rule of rounding, in whole numbers, without surprises."""

from __future__ import annotations

from dataclasses import dataclass
from math import isinf, isnan

NONE, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"
RULE = (
    "Percentages are rounded each by itself, a half away from zero: they need not add up to 100, "
    "and 0% "
    "may be a few people."
)


@dataclass(frozen=True)
class Printed:
    """A number as printed, and the same as a number for a sheet (None where it is only text)."""

    text: str
    value: float | None = None
    digits: int = 0
    percent: bool = False


def percent(count: int, base: int, digits: int = 0, least: int = 1) -> Printed:
    """Print count of base in percent, with `digits` after the point; a dash under `least`."""
    if base < max(least, 1):
        return Printed(NONE)
    return _percent(_rounded(count * 100, base, digits), digits)


def change(before: int, after: int, digits: int = 0, least: int = 1) -> Printed:
    """Print by how many percent a count changed, signed; a dash where it was under `least`."""
    if before < max(least, 1):
        return Printed(NONE)
    return _percent(_rounded((after - before) * 100, before, digits), digits, moved=True)


def points(before: tuple[int, int], after: tuple[int, int], digits: int = 0) -> Printed:
    """Print how many percentage points a share moved; each share is a count and its base."""
    if not before[1] or not after[1]:
        return Printed(NONE)
    top = (after[0] * before[1] - before[0] * after[1]) * 100
    units = _rounded(top, before[1] * after[1], digits)
    return Printed(signed(_written(units, digits), units), units / 10**digits, digits)


def _rounded(top: int, base: int, digits: int) -> int:
    """Divide and round a half away from zero, in units of the last digit."""
    size, way = abs(top) * 10**digits, 1 if top >= 0 else -1
    return way * int((2 * size + base) // (2 * base))


def _percent(units: int, digits: int, *, moved: bool = False) -> Printed:
    text = _written(units, digits) + "%"
    text = signed(text, units) if moved else text
    return Printed(text, units / 10 ** (digits + 2), digits, percent=True)


def _written(units: int, digits: int) -> str:
    whole, rest = divmod(abs(units), 10**digits)
    return f"{whole:,}.{rest:0{digits}d}" if digits else f"{whole:,}"


def signed(text: str, units: float) -> str:
    """Put a sign before a text; the minus is the longer sign of print."""
    return f"{'+' if units > 0 else MINUS if units < 0 else ''}{text}"


def decimal(value: float, digits: int = 2) -> Printed:
    """Print any other number: an odds ratio, a statistic, days."""
    if isnan(value):
        return Printed(NONE)
    if isinf(value):
        return Printed("no limit")
    text = f"{abs(value):,.{digits}f}"
    return Printed(
        f"{MINUS}{text}" if value < 0 and float(text.replace(",", "")) else text, round(value, digits), digits
    )


def p_value(value: float) -> Printed:
    """Print a p-value to four digits; the smallest only as a limit."""
    least = 0.0001
    if value < least:
        return Printed("< 0.0001")
    return Printed(f"{value:.4f}", round(value, 4), 4)
