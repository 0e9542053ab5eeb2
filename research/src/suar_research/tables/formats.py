"""Numbers as printed: percentages from integers, half away from zero; a dash if the base is small."""

from math import isinf, isnan

from suar_research.coverage import texts
from suar_research.report import MINUS, MISSING_NUMBER, Number

TEXTS = texts("tables.formats")
RULE: str = TEXTS["rule"]


def percent(count: int, base: int, digits: int = 0, least: int = 1) -> Number:
    """Format count/base in percent; a dash if the base is under `least`."""
    if base < max(least, 1):
        return Number(MISSING_NUMBER)
    return _percent(_rounded(count * 100, base, digits), digits)


def change(before: int, after: int, digits: int = 0, least: int = 1) -> Number:
    """Format by how many percent a count changed; a dash if it was under `least`."""
    if before < max(least, 1):
        return Number(MISSING_NUMBER)
    return _percent(_rounded((after - before) * 100, before, digits), digits, moved=True)


def points(before: tuple[int, int], after: tuple[int, int], digits: int = 0) -> Number:
    """Format a change in percentage points; each share is a count and its base."""
    if not before[1] or not after[1]:
        return Number(MISSING_NUMBER)
    top = (after[0] * before[1] - before[0] * after[1]) * 100
    units = _rounded(top, before[1] * after[1], digits)
    return Number(signed(_written(units, digits), units), units / 10**digits, digits)


def _rounded(top: int, base: int, digits: int) -> int:
    """Divide and round half away from zero, in units of the last digit."""
    size, way = abs(top) * 10**digits, 1 if top >= 0 else -1
    return way * int((2 * size + base) // (2 * base))


def _percent(units: int, digits: int, *, moved: bool = False) -> Number:
    text = _written(units, digits) + "%"
    text = signed(text, units) if moved else text
    return Number(text, units / 10 ** (digits + 2), digits, percent=True)


def _written(units: int, digits: int) -> str:
    whole, rest = divmod(abs(units), 10**digits)
    return f"{whole:,}.{rest:0{digits}d}" if digits else f"{whole:,}"


def signed(text: str, units: float) -> str:
    """Put a typographic sign before a number's text."""
    return f"{'+' if units > 0 else MINUS if units < 0 else ''}{text}"


def decimal(value: float, digits: int = 2) -> Number:
    """Format any other number: an odds ratio, a statistic, days."""
    if isnan(value):
        return Number(MISSING_NUMBER)
    if isinf(value):
        return Number("no limit")
    text = f"{abs(value):,.{digits}f}"
    return Number(
        f"{MINUS}{text}" if value < 0 and float(text.replace(",", "")) else text, round(value, digits), digits
    )


def p_value(value: float) -> Number:
    """Format a p-value to four digits."""
    least = 0.0001
    if value < least:
        return Number("< 0.0001")
    return Number(f"{value:.4f}", round(value, 4), 4)
