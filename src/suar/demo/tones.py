"""A few tones that stand in for a voice: an MP3 written here, frame after frame, by no encoder.

A frame holds one set of lines of the transform; a line that is one where all others are zero is a
tone. So nobody is heard, and nothing has to be brought along.

Source: ISO/IEC 11172-3, 2.4.1 (header, side information), annex B (code table 1);
ISO/IEC 13818-3, 2.4.1.7 (lower sampling frequencies: one granule a frame).
"""

from collections.abc import Iterator, Sequence

HEADER = bytes((0xFF, 0xF3, 0x18, 0xC4))
"""MPEG-2, layer III, no check sum, 8 kbit/s, 16 kHz, one channel."""
FRAME_BYTES, SIDE_BYTES, FRAMES_A_TONE = 36, 9, 10
LINES_A_PAIR = 2
GAIN, FADE = 202, 1
"""Loudness of the first frame of a tone: a fourth of a line is 2 ** (1 / 4) softer; and a step."""
TONES = (31, 39, 47, 63, 47, 39, 31, 23)
"""Lines of the transform, each 13.9 Hz above the one before: 438 Hz, 549 Hz and so on."""
ZERO_PAIR, SECOND_OF_PAIR, FIRST_OF_PAIR = "1", "001", "01"
TIMES = 3


def sample() -> bytes:
    """Give the whole sound: some nine seconds."""
    return b"".join(_frames(TONES * TIMES))


def _frames(tones: Sequence[int]) -> Iterator[bytes]:
    for line in tones:
        for number in range(FRAMES_A_TONE):
            yield _frame(line, negative=_turned(line, number), gain=GAIN - FADE * number)


def _turned(line: int, number: int) -> bool:
    """Say whether a line is negative in a frame, so that its wave goes on where it was."""
    quarter = number * (1 if line % 2 == 0 else 3) % 4
    return quarter in (1, 2)


def _frame(line: int, *, negative: bool, gain: int) -> bytes:
    """Write the one line of a frame; what follows it is zero without being written."""
    pairs, second = line // LINES_A_PAIR, line % LINES_A_PAIR
    data = ZERO_PAIR * pairs + (SECOND_OF_PAIR if second else FIRST_OF_PAIR) + str(int(negative))
    side = "".join(
        (
            f"{0:09b}",  # nothing of it stands in an earlier frame; one private bit
            f"{len(data):012b}",
            f"{pairs + 1:09b}",
            f"{gain:08b}",
            f"{0:010b}",  # no scale factors, and long blocks
            f"{1:05b}" * 3,
            f"{0:09b}",  # code table 1 in every region; the rest is plain
        )
    )
    body = _bytes(side) + _bytes(data)
    return HEADER + body.ljust(FRAME_BYTES - len(HEADER), b"\0")


def _bytes(bits: str) -> bytes:
    whole = bits.ljust(-(-len(bits) // 8) * 8, "0")
    return int(whole, 2).to_bytes(len(whole) // 8, "big")
