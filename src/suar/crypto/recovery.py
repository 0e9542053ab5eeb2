"""Recovery codes: 128 random bits, printed once, typed back, never stored."""

import secrets
from dataclasses import dataclass, field
from typing import Self

from suar.crypto.derivation import subkey
from suar.crypto.groups import print_groups, read_groups
from suar.crypto.refusals import Mistyped
from suar.crypto.secrecy import Secret

__all__ = ["Mistyped", "RecoveryCode"]

_BYTES = 16
_KIND = "recovery"


@dataclass(frozen=True, slots=True)
class RecoveryCode(Secret):
    """A secret of 16 bytes that is never shown except by `words_printed`.

    Source: own design, docs/decisions/0003-sealing-formats.md
    """

    secret: bytes = field(repr=False)

    @classmethod
    def new(cls) -> Self:
        """Make a random code."""
        return cls(secrets.token_bytes(_BYTES))

    @classmethod
    def read(cls, typed: str) -> Self:
        """Read a code as typed, forgiving case, blanks, dashes and O for 0, I or L for 1.

        Raises Mistyped whose `group` is the first wrong group, counted from 1.
        """
        return cls(read_groups(typed, length=_BYTES, kind=_KIND))

    def words_printed(self) -> str:
        """Print the code: nine groups of four signs with `-` between."""
        return print_groups(self.secret, kind=_KIND)

    def key(self) -> bytes:
        """Give the key of 32 bytes that wraps the user's private keys."""
        return subkey(self.secret, purpose=_KIND)
