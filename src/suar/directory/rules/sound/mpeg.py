"""MP3: frame after frame to the end, without the tags before and behind them.

Source: ISO/IEC 11172-3, 2.4.1 (header of a frame); ID3v2.4, 3.1 (header of a tag).
"""

from dataclasses import dataclass

from suar.directory.rules.sound.shape import Sound, SoundKind, need

FEWEST_FRAMES = 20
BITRATES = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
SAMPLES = {3: 1152, 2: 576, 0: 576}
APE_HEAD = 1 << 31
MOST_TAGS = 4


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: its bytes, and what stays the same over all of them."""

    length: int
    version: int
    rate: int


def read(content: bytes) -> Sound:
    """Give the frames alone; raises SoundRefused where anything else lies between them.

    Source: ISO/IEC 11172-3, 2.4.1
    """
    body = _without_tags(content)
    first, at, frames = _frame(body, 0), 0, 0
    while at < len(body) and body[at : at + 1] == b"\xff":
        frame = _frame(body, at)
        need((frame.version, frame.rate) == (first.version, first.rate))
        if at + frame.length > len(body):
            break
        at, frames = at + frame.length, frames + 1
    need(frames >= FEWEST_FRAMES)
    rest = body[at:]
    need(rest[:1] == b"\xff" or not rest.strip(b"\0"))
    seconds = round(frames * SAMPLES[first.version] / first.rate)
    return Sound(SoundKind.MPEG, seconds, body[:at])


def _frame(body: bytes, at: int) -> Frame:
    head = body[at : at + 4]
    need(len(head) == 4 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2)
    version, bits, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    need(version != 1 and 0 < bits < 15 and rate < 3)
    kilobits, hertz = BITRATES[3 if version == 3 else 2][bits], RATES[version][rate]
    length = SAMPLES[version] // 8 * kilobits * 1000 // hertz + (head[2] >> 1 & 1)
    return Frame(length, version, hertz)


def _without_tags(content: bytes) -> bytes:
    for _ in range(MOST_TAGS):
        if not content.startswith(b"ID3"):
            break
        need(len(content) > 10 and not any(each & 0x80 for each in content[6:10]))
        size = sum(each << shift for each, shift in zip(content[6:10], (21, 14, 7, 0), strict=True))
        content = content[10 + size + (10 if content[5] & 0x10 else 0) :]
    if content[-128:].startswith(b"TAG"):
        content = content[:-128]
    foot = content[-32:]
    if foot.startswith(b"APETAGEX"):
        size, flags = (int.from_bytes(foot[n : n + 4], "little") for n in (12, 20))
        whole = size + (32 if flags & APE_HEAD else 0)
        need(32 <= whole < len(content))
        content = content[:-whole]
    return content
