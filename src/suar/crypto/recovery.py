"""Printed secrets: recovery codes, and shares of a key of which some join (Shamir).

Both are printed in groups of four characters and typed back. Shares contain the 32 bytes of the key and 4 bytes of its
SHA-256, byte by byte over GF(256) with x^8 + x^4 + x^3 + x + 1. A share is `threshold and index (a nibble each) | set,
2 bytes | piece, 36 bytes`; the set is random and the same in all shares of a split.

Source: Shamir, How to share a secret, 1979; FIPS 197 4.2 (the field); own design, docs/decisions/crypto-formats.md
"""

import secrets
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

from suar.crypto.kdf import KEY_BYTES, Secret, check_key, digest, equal, subkey

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {character: value for value, character in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_BITS = 15
_CODE_BYTES = 16
_CHECK_BYTES = 4
_SET_BYTES = 2
_PIECE_BYTES = KEY_BYTES + _CHECK_BYTES
_MOST_SHARES = 15
_CODE_KIND, _SHARE_KIND = "recovery", "share"


class Mistyped(Exception):
    """A printed code was typed wrongly; `group` counts from 1, None means not known which."""

    def __init__(self, group: int | None) -> None:
        super().__init__("mistyped" if group is None else f"mistyped in group {group}")
        self.group = group


class SharesRefused(Exception):
    """The shares do not join to a secret; the message is the reason."""


@dataclass(frozen=True, slots=True)
class RecoveryCode(Secret):
    """A secret of 16 bytes that is never shown except by `printed`.

    Source: own design, docs/decisions/crypto-formats.md
    """

    secret: bytes = field(repr=False)

    @classmethod
    def new(cls) -> Self:
        """Return a random code."""
        return cls(secrets.token_bytes(_CODE_BYTES))

    @classmethod
    def read(cls, typed: str) -> Self:
        """Read a code as typed, forgiving case, blanks, dashes and O for 0, I or L for 1.

        Raises Mistyped whose `group` is the first wrong group, counted from 1.
        """
        return cls(read_groups(typed, length=_CODE_BYTES, kind=_CODE_KIND))

    def printed(self) -> str:
        """Return the code as it is printed: nine groups of four characters with `-` between."""
        return print_groups(self.secret, kind=_CODE_KIND)

    def key(self) -> bytes:
        """Return the key of 32 bytes that wraps the user's private keys."""
        return subkey(self.secret, purpose=_CODE_KIND)


@dataclass(frozen=True, slots=True)
class Share(Secret):
    """One share: its index from 1, how many join, which split it is of; its piece is not shown.

    Raises SharesRefused when no split can have made it.
    """

    index: int
    threshold: int
    set_id: bytes
    piece: bytes = field(repr=False)

    def __post_init__(self) -> None:
        possible = 1 <= self.index <= _MOST_SHARES and 2 <= self.threshold <= _MOST_SHARES
        if not possible or len(self.piece) != _PIECE_BYTES or len(self.set_id) != _SET_BYTES:
            raise SharesRefused("a wrong share")

    @classmethod
    def read(cls, typed: str) -> Self:
        """Read a share as typed; raises Mistyped whose `group` is the first wrong group, None for a forged share."""
        length = 1 + _SET_BYTES + _PIECE_BYTES
        whole = read_groups(typed, length=length, kind=_SHARE_KIND)
        start = 1 + _SET_BYTES
        try:
            return cls(whole[0] & 15, whole[0] >> 4, whole[1:start], whole[start:])
        except SharesRefused:
            raise Mistyped(None) from None

    def printed(self) -> str:
        """Return the share as it is printed: 21 groups of four characters with `-` between."""
        head = bytes([self.threshold << 4 | self.index])
        return print_groups(head + self.set_id + self.piece, kind=_SHARE_KIND)


def split(secret: bytes, *, shares: int = 3, threshold: int = 2) -> list[Share]:
    """Split a key of 32 bytes into shares of which any `threshold` join.

    Raises ValueError unless 2 <= threshold <= shares <= 15 and the secret has 32 bytes.
    """
    if not 2 <= threshold <= shares <= _MOST_SHARES:
        raise ValueError("not a possible number of shares")
    rows = [secrets.token_bytes(_PIECE_BYTES) for _ in range(threshold - 1)]
    return split_with(secret, rows, shares=shares, set_id=secrets.token_bytes(_SET_BYTES))


def split_with(secret: bytes, rows: Sequence[bytes], *, shares: int, set_id: bytes) -> list[Share]:
    """Split with given coefficients, a row of 36 for each power; for test vectors."""
    checked = check_key(secret) + _share_checksum(secret)
    columns = list(zip(checked, *rows, strict=True))
    return [
        Share(index, len(rows) + 1, set_id, bytes(polynomial_at(index, column) for column in columns))
        for index in range(1, shares + 1)
    ]


def join(shares: Sequence[Share]) -> bytes:
    """Join shares to the key they were split from; more than enough are all checked.

    Raises SharesRefused when they are too few, repeated, of another split, or one is wrong.
    """
    _check_family(shares)
    points = [share.index for share in shares]
    columns = zip(*(share.piece for share in shares), strict=True)
    whole = bytes(interpolate_at_zero(points, column) for column in columns)
    secret = whole[:KEY_BYTES]
    if not equal(whole[KEY_BYTES:], _share_checksum(secret)):
        raise SharesRefused("a wrong share")
    return secret


def _check_family(shares: Sequence[Share]) -> None:
    if len({share.index for share in shares}) != len(shares):
        raise SharesRefused("repeated")
    if len({(share.set_id, share.threshold) for share in shares}) > 1:
        raise SharesRefused("of another split")
    if not shares or len(shares) < shares[0].threshold:
        raise SharesRefused("too few")


def _share_checksum(secret: bytes) -> bytes:
    return digest(b"suar:share:" + secret)[:_CHECK_BYTES]


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
    characters = [
        character for character in unicodedata.normalize("NFKC", typed).upper() if _is_part_of_code(character)
    ]
    count, spare = _shape(length)
    number = 0
    for part in _parts(characters[: 4 * count]):
        number = number << _BITS | part
    if len(characters) != 4 * count:
        raise Mistyped(min(len(characters) // 4, count) + 1)
    content = (number >> spare).to_bytes(length)
    if number & ((1 << spare) - 1) != _checksum(content, kind, spare):
        raise Mistyped(None)
    return content


def _parts(characters: list[str]) -> Iterator[int]:
    """Yield the value of each group of four; raise Mistyped for a group with a wrong check character."""
    for place, start in enumerate(range(0, len(characters), 4), 1):
        group = [_VALUES.get(character) for character in characters[start : start + 4]]
        values = [value for value in group if value is not None]
        if len(values) != 4 or _check(place, values[:3]) != values[3]:
            raise Mistyped(place)
        yield values[0] << 10 | values[1] << 5 | values[2]


def _print_group(place: int, part: int) -> str:
    values = [part >> 10, part >> 5 & 31, part & 31]
    return "".join(ALPHABET[value] for value in (*values, _check(place, values)))


def _check(place: int, values: list[int]) -> int:
    """Return the check value of a group, from its number (up to 31) and its three values."""
    total = place
    for value in values:
        total = _times_a(total) ^ value
    return _times_a(total)


def _times_a(value: int) -> int:
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 32 else doubled


def _shape(length: int) -> tuple[int, int]:
    """Return how many groups some bytes need and how many bits are left over, 0 to 14."""
    count = -(-8 * length // _BITS)
    return count, _BITS * count - 8 * length


def _checksum(content: bytes, kind: str, bits: int) -> int:
    return int.from_bytes(digest(f"suar:{kind}:".encode() + content)[:2]) >> 16 - bits


def _is_part_of_code(character: str) -> bool:
    """Return False for what only separates the groups: blanks, dashes, dots."""
    return not character.isspace() and character not in "-\u2010\u2011\u2013\u2014_."


def polynomial_at(point: int, coefficients: Sequence[int]) -> int:
    """Return a polynomial's value at a point; the coefficients start with the constant."""
    total = 0
    for coefficient in reversed(coefficients):
        total = gf_times(total, point) ^ coefficient
    return total


def interpolate_at_zero(points: Sequence[int], values: Sequence[int]) -> int:
    """Return the value at 0 of the polynomial through these points; the points differ, none is 0."""
    total = 0
    for point, value in zip(points, values, strict=True):
        part = value
        for other in points:
            if other != point:
                part = gf_times(part, gf_times(other, gf_inverse(other ^ point)))
        total ^= part
    return total


def gf_times(one: int, other: int) -> int:
    """Multiply two elements."""
    product = 0
    for bit in range(8):
        product ^= one * (other >> bit & 1)
        one = one << 1 ^ (0x11B if one & 0x80 else 0)
    return product


def gf_inverse(value: int) -> int:
    """Return the element whose product with this one is 1: its 254th power."""
    square, result = value, 1
    for _ in range(7):
        square = gf_times(square, square)
        result = gf_times(result, square)
    return result
