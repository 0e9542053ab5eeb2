"""Padding that hides how long a text is: only its length class can be seen.

The text gets one byte 0x80 and then zeros up to the class (ISO/IEC 7816-4), so that the real
length comes back. Classes: 32, 64, 128, 256 bytes, then each is the last one and 12% of it,
rounded down to a whole byte: 286, 320, 358, ...

Source: own design, docs/decisions/0003-sealing-formats.md
"""

from bisect import bisect_left

from suar.crypto.refusals import SealBroken

_MARK = b"\x80"


def _ladder() -> tuple[int, ...]:
    steps = [32, 64, 128, 256]
    while (following := steps[-1] + steps[-1] * 12 // 100) <= 16 * 1024 * 1024:
        steps.append(following)
    return tuple(steps)


LADDER = _ladder()
LONGEST_BYTES = LADDER[-1] - 1
"""Longer things are files and go through `sealing.streams`."""


def pad(plaintext: bytes) -> bytes:
    """Pad to the next class; raises ValueError above LONGEST_BYTES (just under 16 MiB)."""
    if len(plaintext) > LONGEST_BYTES:
        raise ValueError("too long for a value; seal it as a file")
    size = LADDER[bisect_left(LADDER, len(plaintext) + 1)]
    return (plaintext + _MARK).ljust(size, b"\0")


def unpad(padded: bytes) -> bytes:
    """Give back the text without its padding; raises SealBroken when there is none."""
    marked = padded.rstrip(b"\0")
    if not marked.endswith(_MARK):
        raise SealBroken("no padding")
    return marked[:-1]
