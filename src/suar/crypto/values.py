"""Sealed values: one field of one record, bound to its place and padded to a length class."""

from dataclasses import dataclass

from suar.crypto.padding import pad, unpad
from suar.crypto.refusals import SealBroken, UnknownSuite
from suar.crypto.secrecy import Stored
from suar.crypto.suites import OVERHEAD_BYTES, lock, unlock

__all__ = ["OVERHEAD_BYTES", "Place", "SealBroken", "UnknownSuite", "seal", "unseal"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value belongs; it opens nowhere else, so cells cannot be swapped.

    Raises ValueError when a part is empty or has a `|`, or the schema number is negative.
    Source: own design, docs/decisions/0003-sealing-formats.md
    """

    organisation: str
    record: str
    compartment: str
    field: str
    schema: int

    def __post_init__(self) -> None:
        for part in (self.organisation, self.record, self.compartment, self.field):
            if not part or "|" in part:
                raise ValueError("a part of a place is empty or has a '|'")
        if self.schema < 0:
            raise ValueError("a schema number is not negative")

    def encoded(self) -> bytes:
        """Write the place as `organisation|record|compartment|field|schema` in UTF-8."""
        parts = (self.organisation, self.record, self.compartment, self.field)
        return "|".join((*parts, f"{self.schema:d}")).encode()


def seal(key: bytes, plaintext: bytes, place: Place) -> bytes:
    """Seal a value under a key of 32 bytes; gives its padded length and 41 bytes more.

    Raises ValueError for a key of another length or a text of 16 MiB.
    Source: draft-irtf-cfrg-xchacha-03; own design, docs/decisions/0003-sealing-formats.md
    """
    return lock(key, pad(plaintext), place.encoded())


def unseal(key: bytes, sealed: Stored, place: Place) -> bytes:
    """Open a value; raises UnknownSuite, or SealBroken when key, bytes or place do not fit.

    Source: draft-irtf-cfrg-xchacha-03; own design, docs/decisions/0003-sealing-formats.md
    """
    return unpad(unlock(key, sealed, place.encoded()))
