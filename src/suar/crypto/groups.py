"""Bytes as printed groups of four signs that tell which group was mistyped.

Three signs of Crockford's base 32 carry 15 bits, the fourth checks them and the group's number:
over GF(32) with x^5 + x^2 + 1 and a = x it is `number*a^4 + one*a^3 + two*a^2 + three*a`. All
weights differ, so one wrong sign, two swapped neighbours and two swapped groups never pass. The
bits left over in the last group are the first bits of a SHA-256 over kind and data.

Source: Crockford, base 32; own design, docs/decisions/0003-sealing-formats.md
"""

import unicodedata
from collections.abc import Iterator

from suar.crypto.derivation import digest
from suar.crypto.refusals import Mistyped

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {sign: value for value, sign in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_BITS = 15


def print_groups(content: bytes, *, kind: str) -> str:
    """Print bytes in groups with `-` between; `kind` keeps codes for different uses apart."""
    count, spare = _shape(len(content))
    number = int.from_bytes(content) << spare | _checksum(content, kind, spare)
    parts = (number >> _BITS * (count - place) & 0x7FFF for place in range(1, count + 1))
    return "-".join(_print_group(place, part) for place, part in enumerate(parts, 1))


def read_groups(typed: str, *, length: int, kind: str) -> bytes:
    """Read `length` bytes back, forgiving case, blanks, dashes and O for 0, I or L for 1.

    Raises Mistyped with the first group that is wrong, missing or too much.
    """
    signs = [sign for sign in unicodedata.normalize("NFKC", typed).upper() if _counts(sign)]
    count, spare = _shape(length)
    number = 0
    for part in _parts(signs[: 4 * count]):
        number = number << _BITS | part
    if len(signs) != 4 * count:
        raise Mistyped(min(len(signs) // 4, count) + 1)
    content = (number >> spare).to_bytes(length)
    if number & ((1 << spare) - 1) != _checksum(content, kind, spare):
        raise Mistyped(None)
    return content


def _parts(signs: list[str]) -> Iterator[int]:
    """Read each group of four; a group is wrong when its fourth sign does not follow."""
    for place, start in enumerate(range(0, len(signs), 4), 1):
        group = [_VALUES.get(sign) for sign in signs[start : start + 4]]
        values = [value for value in group if value is not None]
        if len(values) != 4 or _check(place, values[:3]) != values[3]:
            raise Mistyped(place)
        yield values[0] << 10 | values[1] << 5 | values[2]


def _print_group(place: int, part: int) -> str:
    values = [part >> 10, part >> 5 & 31, part & 31]
    return "".join(ALPHABET[value] for value in (*values, _check(place, values)))


def _check(place: int, values: list[int]) -> int:
    """Work out the fourth value; group numbers are told apart up to 31."""
    total = place
    for value in values:
        total = _times_a(total) ^ value
    return _times_a(total)


def _times_a(value: int) -> int:
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 32 else doubled


def _shape(length: int) -> tuple[int, int]:
    """Tell how many groups some bytes need and how many bits are left over, 0 to 14."""
    count = -(-8 * length // _BITS)
    return count, _BITS * count - 8 * length


def _checksum(content: bytes, kind: str, bits: int) -> int:
    return int.from_bytes(digest(f"suar:{kind}:".encode() + content)[:2]) >> 16 - bits


def _counts(sign: str) -> bool:
    """Leave out what only parts the groups: blanks, dashes, dots."""
    return not sign.isspace() and sign not in "-\u2010\u2011\u2013\u2014_."
