"""Polynomials over GF(256) with x^8 + x^4 + x^3 + x + 1, as shares need them.

Source: Shamir, How to share a secret, 1979; FIPS 197 4.2 (the field)
"""

from collections.abc import Sequence


def at(point: int, coefficients: Sequence[int]) -> int:
    """Give a polynomial's value at a point; the coefficients start with the constant."""
    total = 0
    for coefficient in reversed(coefficients):
        total = times(total, point) ^ coefficient
    return total


def at_zero(points: Sequence[int], values: Sequence[int]) -> int:
    """Give the value at 0 of the polynomial through these points; the points differ, none is 0."""
    total = 0
    for point, value in zip(points, values, strict=True):
        part = value
        for other in points:
            if other != point:
                part = times(part, times(other, inverse(other ^ point)))
        total ^= part
    return total


def times(one: int, other: int) -> int:
    """Multiply two elements."""
    product = 0
    for bit in range(8):
        product ^= one * (other >> bit & 1)
        one = one << 1 ^ (0x11B if one & 0x80 else 0)
    return product


def inverse(value: int) -> int:
    """Give the element whose product with this one is 1: its 254th power."""
    square, result = value, 1
    for _ in range(7):
        square = times(square, square)
        result = times(result, square)
    return result
