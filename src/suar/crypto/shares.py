"""Shares of a key on paper: any `threshold` of them join, fewer tell nothing (Shamir).

Shared are the 32 bytes of the key and 4 bytes of its SHA-256, byte by byte over GF(256) with
x^8 + x^4 + x^3 + x + 1. A printed share is `threshold and index (a nibble each) | set, 2 bytes |
piece, 36 bytes` in groups of four signs; the set is random and the same in all shares of a split.

Source: Shamir, How to share a secret, 1979; own design, docs/decisions/0003-sealing-formats.md
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from suar.crypto.derivation import digest, equal
from suar.crypto.groups import print_groups, read_groups
from suar.crypto.polynomials import at, at_zero
from suar.crypto.refusals import Mistyped, ShareFault, SharesRefused
from suar.crypto.secrecy import KEY_BYTES, Secret, need_key

__all__ = ["Mistyped", "Share", "ShareFault", "SharesRefused", "join", "split"]

_CHECK_BYTES = 4
_SET_BYTES = 2
_PIECE_BYTES = KEY_BYTES + _CHECK_BYTES
_MOST = 15
_KIND = "share"


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
        possible = 1 <= self.index <= _MOST and 2 <= self.threshold <= _MOST
        if not possible or len(self.piece) != _PIECE_BYTES or len(self.set_id) != _SET_BYTES:
            raise SharesRefused(ShareFault.WRONG_SHARE)

    @classmethod
    def read(cls, typed: str) -> Self:
        """Read a share as typed; raises Mistyped whose `group` is the first wrong group."""
        length = 1 + _SET_BYTES + _PIECE_BYTES
        whole = read_groups(typed, length=length, kind=_KIND)
        start = 1 + _SET_BYTES
        return cls(whole[0] & 15, whole[0] >> 4, whole[1:start], whole[start:])

    def printed(self) -> str:
        """Print the share: 21 groups of four signs with `-` between."""
        head = bytes([self.threshold << 4 | self.index])
        return print_groups(head + self.set_id + self.piece, kind=_KIND)


def split(secret: bytes, *, shares: int = 3, threshold: int = 2) -> list[Share]:
    """Split a key of 32 bytes into shares of which any `threshold` join.

    Raises ValueError unless 2 <= threshold <= shares <= 15 and the secret has 32 bytes.
    """
    if not 2 <= threshold <= shares <= _MOST:
        raise ValueError("not a possible number of shares")
    rows = [secrets.token_bytes(_PIECE_BYTES) for _ in range(threshold - 1)]
    return split_with(secret, rows, shares=shares, set_id=secrets.token_bytes(_SET_BYTES))


def split_with(secret: bytes, rows: Sequence[bytes], *, shares: int, set_id: bytes) -> list[Share]:
    """Split with given coefficients, a row of 36 for each power; for test vectors."""
    checked = need_key(secret) + _checksum(secret)
    columns = list(zip(checked, *rows, strict=True))
    return [
        Share(index, len(rows) + 1, set_id, bytes(at(index, column) for column in columns))
        for index in range(1, shares + 1)
    ]


def join(shares: Sequence[Share]) -> bytes:
    """Join shares to the key they were split from; more than enough are all checked.

    Raises SharesRefused when they are too few, repeated, of another split, or one is wrong.
    """
    _check_family(shares)
    points = [share.index for share in shares]
    columns = zip(*(share.piece for share in shares), strict=True)
    whole = bytes(at_zero(points, column) for column in columns)
    secret = whole[:KEY_BYTES]
    if not equal(whole[KEY_BYTES:], _checksum(secret)):
        raise SharesRefused(ShareFault.WRONG_SHARE)
    return secret


def _check_family(shares: Sequence[Share]) -> None:
    if len({share.index for share in shares}) != len(shares):
        raise SharesRefused(ShareFault.REPEATED)
    if len({(share.set_id, share.threshold) for share in shares}) > 1:
        raise SharesRefused(ShareFault.OTHER_SPLIT)
    if not shares or len(shares) < shares[0].threshold:
        raise SharesRefused(ShareFault.TOO_FEW)


def _checksum(secret: bytes) -> bytes:
    return digest(b"suar:share:" + secret)[:_CHECK_BYTES]
