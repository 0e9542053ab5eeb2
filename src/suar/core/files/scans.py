"""Limit of JPEG scans: decoding each scan costs as much as a whole picture."""

import re

MAX_SCANS = 30
"""Cameras and programmes write one, or about ten."""
SCAN = b"\xff\xda"
MARKER = re.compile(rb"\xff+([^\x00\xff])")
BARE = {0x01, *range(0xD0, 0xD9)}
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
IN_ONE_PASS = {0xC0, 0xC1}


def has_too_many_scans(content: bytes) -> bool:
    """Return True if a JPEG makes its reader go over it more than 30 times.

    One whose first scan holds every component is read in one pass, whatever follows it: a film
    behind a photograph does not count. Elsewhere every sign of a scan counts, also in what a
    reader may skip.

    Source: ITU-T T.81, B.1.1.3 (markers), B.2.2 (frame), B.2.3 (scan); docs/decisions/help-requests.md.
    """
    if not content.startswith(b"\xff\xd8"):
        return False
    return content.count(SCAN) > MAX_SCANS and not _is_one_pass(content)


def _is_one_pass(content: bytes) -> bool:
    """Walk to the first scan, and compare its components with those of the frame."""
    at, frame, components = 2, 0, 0
    while match := MARKER.search(content, at):
        marker, at = match[1][0], match.end()
        if marker in BARE:
            continue
        inside = content[at + 2 : at + 8]
        if marker == 0xDA:
            return frame in IN_ONE_PASS and inside[:1] == bytes([components])
        if marker in FRAMES and len(inside) == 6:
            frame, components = marker, inside[5]
        at += max(2, int.from_bytes(content[at : at + 2]))
    return False
