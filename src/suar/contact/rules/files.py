"""Limits of files for a letter and for a team."""

from dataclasses import dataclass

from suar.core.decisions import Decision
from suar.core.files.kinds import FREE_BYTES, MEBIBYTE, PIECE_BYTES

MAX_FILES_AT_ONCE = 3
MAX_FILES_IN_A_REQUEST = 12
PIECES_AN_HOUR = 20 * MEBIBYTE // PIECE_BYTES
"""From one connection. A day of it stays under what a team takes in a day."""
PIECES_A_DAY = 500 * MEBIBYTE // PIECE_BYTES
NEARLY_FULL = 0.9


@dataclass(frozen=True, slots=True)
class Quota:
    """The storage that the files of one team use, in pieces, and how many megabytes they may use."""

    pieces: int
    most_mb: int

    @property
    def used_mb(self) -> int:
        """Return the megabytes in use, rounded up."""
        return -(-self.pieces * PIECE_BYTES // MEBIBYTE)

    @property
    def most(self) -> int:
        """Return the quota in pieces."""
        return self.most_mb * MEBIBYTE // PIECE_BYTES

    @property
    def nearly_full(self) -> bool:
        """Return True if somebody should remove files soon."""
        return self.pieces >= NEARLY_FULL * self.most


def may_be_added(*, stored: int, files: int, pieces: int, quota: Quota, today: int, free_bytes: int) -> Decision:
    """Allow so many files more: in the request, in the team's quota, today, and on the disk.

    Letters need hardly any storage, so they still arrive when files do not.
    Source: own design, docs/decisions/help-requests.md and help-requests.md.
    """
    if stored + files > MAX_FILES_IN_A_REQUEST:
        return Decision.refuse("many_files")
    if quota.pieces + pieces > quota.most:
        return Decision.refuse("room_full")
    fits = today + pieces <= PIECES_A_DAY and free_bytes >= FREE_BYTES
    return Decision.allow() if fits else Decision.refuse("no_room")


def count_pieces(size: int) -> int:
    """Count the pieces of a file, the last one begun.

    Source: own design, docs/decisions/help-requests.md.
    """
    return -(-size // PIECE_BYTES)
