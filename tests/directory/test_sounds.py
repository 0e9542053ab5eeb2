"""Sound files: what is taken, what of a file is left, and what is refused."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suar.directory.rules import sound
from suar.directory.rules.sound import SoundKind, SoundRefused, ogg

SOUNDS = Path(__file__).parent / "sounds"
TOLD = (b"canary-of-a-reader", b"canary-of-a-village", b"Lavf", b"LAME3", b"2026")
"""Who read, where, with what and when: what the three files tell beside three seconds of a tone."""


def tone(kind: str) -> bytes:
    return (SOUNDS / f"tone.{kind}").read_bytes()


@pytest.mark.parametrize(
    ("name", "kind"),
    [("ogg", SoundKind.OGG), ("mp3", SoundKind.MPEG), ("m4a", SoundKind.MP4)],
)
def test_a_sound_is_kept_and_what_the_file_tells_is_not(name: str, kind: SoundKind) -> None:
    content = tone(name)
    assert b"canary-of-a-reader" in content, "the control: it tells before"
    found = sound.read(content)
    assert (found.kind, found.seconds) == (kind, 3)
    assert not [each for each in TOLD[:2] if each in found.content]
    assert sound.read(found.content) == found, "written anew it is the same"


def test_dates_of_a_recording_telephone_are_taken_off() -> None:
    content = bytearray(tone("m4a"))
    for name in (b"mvhd", b"tkhd", b"mdhd"):
        at = content.index(name) + 8
        content[at : at + 8] = b"\xe0\x12\x34\x56" * 2
    assert b"\xe0\x12\x34\x56" not in sound.read(bytes(content)).content


@pytest.mark.parametrize(
    "name",
    [
        b"ftyp",
        b"mvhd",
        b"tkhd",
        b"mdhd",
        b"hdlr",
        b"smhd",
        b"dref",
        b"stsd",
        b"mp4a",
        b"esds",
        b"stts",
        b"stsc",
        b"stsz",
        b"stco",
    ],
)
def test_what_lies_behind_the_end_of_a_box_is_emptied(name: bytes) -> None:
    hidden = (28).to_bytes(4) + b"udtacanary -6.72 108.5 here"[:24]
    content = grown(name, hidden)
    assert b"canary" in content
    found = sound.read(content)
    assert b"canary" not in found.content and b"108.5" not in found.content
    assert (found.seconds, len(found.content)) == (3, len(content))
    assert sound.read(found.content) == found


@pytest.mark.parametrize("head", [False, True])
def test_a_tag_behind_the_frames_is_taken_off(head: bool) -> None:
    told = an_ape(b"canary-of-a-reader", head=head)
    assert sound.read(FRAMES + told) == sound.read(FRAMES)
    assert sound.read(FRAMES + told + b"TAG" + bytes(125)) == sound.read(FRAMES)


def test_a_handler_keeps_nothing_but_its_kind() -> None:
    content = bytearray(M4A)
    at = content.index(b"hdlr") + 4
    content[at + 4 : at + 8], content[at + 12 : at + 20] = b"cana", b"ry-canar"
    found = sound.read(bytes(content))
    assert b"cana" not in found.content
    assert found.content[at + 4 : at + 20] == bytes(4) + b"soun" + bytes(8)


def test_a_box_with_a_long_number_for_its_size_is_emptied_like_others() -> None:
    told = b"\0\0\0\x01udta" + (34).to_bytes(8) + b"canary-of-a-reader"
    found = sound.read(M4A + told)
    assert b"canary" not in found.content.removeprefix(sound.read(M4A).content)
    assert found.content.endswith(b"\0\0\0\x01free" + (34).to_bytes(8) + bytes(18))
    assert found.seconds == 3


def test_nothing_of_a_telephone_recording_moves() -> None:
    content = tone("m4a")
    kept = sound.read(content).content
    at = content.index(b"mdat")
    size = int.from_bytes(content[at - 4 : at])
    assert len(kept) == len(content) and kept[at : at - 4 + size] == content[at : at - 4 + size]


def an_id3(size: int) -> bytes:
    """Make a tag in front of an MP3 that says it has a length."""
    return b"ID3\x03\x00\x00" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def an_ape(told: bytes, *, size: int = 0, head: bool = False) -> bytes:
    """Make a tag behind an MP3, as APEv2 has it: a foot of 32 bytes, and as much of a head."""
    flags = (0x80000000 if head else 0).to_bytes(4, "little")
    foot = b"APETAGEX" + bytes(4) + (size or len(told) + 32).to_bytes(4, "little")
    foot += bytes(4) + flags + bytes(8)
    return (foot if head else b"") + told + foot


MP3, OGG, M4A = tone("mp3"), tone("ogg"), tone("m4a")
FRAMES = sound.read(MP3).content
PAGES = list(ogg._pages(OGG))
TIMELESS = [replace(page, granule=ogg.NOTHING_ENDS) if n > 1 else page for n, page in enumerate(PAGES)]
BARE_PAGE = replace(PAGES[-1], flags=0, laced=b"", body=b"").written
MOOV = M4A.index(b"moov") - 4


def grown(name: bytes, more: bytes, *, content: bytes = M4A, keep: int = -1) -> bytes:
    """Make a box end later by some bytes, or after `keep` bytes; those around it grow with it."""
    held, at = bytearray(content), content.index(name) - 4
    last = at + int.from_bytes(held[at : at + 4])
    cut = last if keep < 0 else at + 8 + keep
    around = [each for each in AROUND if _holds(held, each, at, last)]
    held[cut:last] = more
    for start in {at, *around}:
        size = int.from_bytes(held[start : start + 4]) + len(more) - (last - cut)
        held[start : start + 4] = size.to_bytes(4)
    return bytes(held)


def _holds(held: bytearray, start: int, at: int, last: int) -> bool:
    return start <= at and last <= start + int.from_bytes(held[start : start + 4])


AROUND = [
    M4A.index(each) - 4 for each in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"mp4a", b"edts", b"dinf")
]
REFUSED = {
    "empty": (b"", "empty"),
    "too large": (OGG + bytes(sound.MOST_BYTES), "too_large"),
    "a page": (b"<html><script>alert(1)</script>", "other_kind"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(200), "other_kind"),
    "wave": (b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(60), "other_kind"),
    "ones": (b"\xff" * 5_000, "broken"),
    "a tag that never ends": (an_id3(2**28 - 1), "broken"),
    "a tag of signs that are none": (b"ID3\x03\x00\x00\xff\xff\xff\xff" + FRAMES, "broken"),
    "words between frames": (FRAMES[:2_000] + b"canary" + FRAMES[2_000:], "broken"),
    "words behind frames": (FRAMES + b"<script>", "broken"),
    "two frames": (FRAMES[:200], "broken"),
    "ogg cut": (OGG[:-30], "broken"),
    "ogg with words behind": (OGG + b"<script>", "broken"),
    "ogg altered": (OGG[:-1] + bytes([OGG[-1] ^ 1]), "broken"),
    "ogg begun twice": (OGG + OGG, "broken"),
    "m4a cut": (M4A[:-30], "broken"),
    "m4a with words behind": (M4A + b"<script>", "broken"),
    "a film": (M4A.replace(b"soun", b"vide"), "other_kind"),
    "another codec": (M4A.replace(b"mp4a", b"sowt"), "other_kind"),
    "sound elsewhere": (M4A.replace(b"url \x00\x00\x00\x01", b"url \x00\x00\x00\x00"), "broken"),
    "a box in itself": (M4A[:4] + b"ftyp" + bytes(4) + b"moov" + M4A[12:], "broken"),
    "boxes without end": (M4A[:32] + b"\x00\x00\x00\x08mdat" * 1_000, "broken"),
    "boxes without end that are emptied": (M4A + b"\x00\x00\x00\x08skip" * 300_000, "broken"),
    "pages without end": (OGG + BARE_PAGE * 100_000, "broken"),
    "tags without end": (an_id3(0) * 300_000 + FRAMES, "broken"),
    "ogg that says no time": (b"".join(page.written for page in TIMELESS), "broken"),
    "a handler of twelve bytes": (grown(b"hdlr", b"", keep=12), "broken"),
    "a header of nothing": (
        M4A[:MOOV] + M4A[MOOV:].replace(M4A[MOOV + 8 : MOOV + 116], b"") + b"\0\0\0\x08mvhd",
        "broken",
    ),
    "a moov that ends with its header": (M4A[:MOOV] + b"\0\0\0\x10moov\0\0\0\x08mvhd", "broken"),
    "a table shorter than its rows": (grown(b"stsz", b"", keep=40), "broken"),
    "a codec that says much": (M4A.replace(b"\x05\x80\x80\x80\x05", b"\x05\x80\x80\x80\x7f"), "broken"),
    "a length that never ends": (M4A.replace(b"\x05\x80\x80\x80\x05", b"\x05\x80\x80\x80\x85"), "broken"),
    "comments that never end": (
        PAGES[0].written + replace(PAGES[1], laced=b"\xff", body=b"OpusTags" + bytes(247)).written,
        "broken",
    ),
    "a foot shorter than itself": (FRAMES + an_ape(b"", size=31), "broken"),
    "a foot of more than there is": (an_ape(b"", size=len(FRAMES) + 400), "other_kind"),
    "two handlers": (grown(b"mdia", M4A[M4A.index(b"hdlr") - 4 :][:45]), "other_kind"),
    "two media headers": (grown(b"mdia", M4A[M4A.index(b"mdhd") - 4 :][:32]), "other_kind"),
    "a page of brands": (grown(b"ftyp", b"canary--" * 6), "broken"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_sound_or_not_only_sound_is_refused(name: str) -> None:
    content, because = REFUSED[name]
    with pytest.raises(SoundRefused) as refused:
        sound.read(content)
    assert refused.value.because == because


@given(at=st.integers(0, 5_000), sign=st.integers(0, 255), kind=st.sampled_from([MP3, OGG, M4A]))
def test_a_file_altered_anywhere_is_read_or_refused_and_never_more(at: int, sign: int, kind: bytes) -> None:
    content = bytearray(kind)
    content[at % len(content)] = sign
    try:
        found = sound.read(bytes(content))
    except SoundRefused:
        return
    assert len(found.content) <= len(content) and 0 < found.seconds <= sound.LONGEST_S


def test_long_comments_over_many_pages_are_emptied() -> None:
    [head, comments, *rest] = list(ogg._pages(OGG))
    words = b"OpusTags" + b"canary" * 20_000
    cut = [words[n : n + 255 * 255] for n in range(0, len(words), 255 * 255)]
    goes_on = [ogg.CONTINUES if n else 0 for n in range(len(cut))]
    laced = [_laced(each, last=each is cut[-1]) for each in cut]
    pages = [
        ogg.Page(flags, 0, head.serial, number, lacing, body)
        for number, (flags, lacing, body) in enumerate(zip(goes_on, laced, cut, strict=True))
    ]
    pages = [replace(page, number=page.number + 1) for page in pages]
    whole = b"".join(page.written for page in [head, *pages, *rest])
    assert comments.body.startswith(b"OpusTags")
    assert sound.read(whole) == sound.read(OGG)


def _laced(body: bytes, *, last: bool) -> bytes:
    full, left = divmod(len(body), 255)
    return b"\xff" * full + (bytes([left]) if last else b"")


def test_longer_than_anybody_listens_is_refused() -> None:
    pages = list(ogg._pages(OGG))
    late = sound.LONGEST_S * ogg.OPUS_HERTZ + 48_000
    whole = b"".join(page.written for page in pages[:-1])
    last = pages[-1]
    end = ogg.Page(last.flags, late, last.serial, last.number, last.laced, last.body).written
    with pytest.raises(SoundRefused) as refused:
        sound.read(whole + end)
    assert refused.value.because == "too_long"
