"""Recordings: metadata is removed, other files than one Opus stream are refused."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suar.directory.rules import opus
from suar.directory.rules.opus import RecordingRefused

OGG = (Path(__file__).parent / "sounds" / "tone.ogg").read_bytes()
M4A = (Path(__file__).parent / "sounds" / "tone.m4a").read_bytes()
CANARIES = (b"canary-of-a-reader", b"canary-of-a-village", b"Lavf", b"2026")
"""Three seconds of a tone with metadata about the reader, place, device and time."""
PAGES = list(opus.read_pages(OGG))
WITHOUT_POSITIONS = [replace(page, position=opus.NO_POSITION) if n > 1 else page for n, page in enumerate(PAGES)]
EMPTY_PAGE = replace(PAGES[-1], flags=0, lacing=b"", body=b"").to_bytes()


def test_metadata_is_removed_and_the_sound_stays() -> None:
    assert CANARIES[0] in OGG, "positive control"
    audio = opus.clean_recording(OGG)
    assert (audio.kind, audio.seconds) == ("ogg", 3)
    assert [canary for canary in CANARIES[:2] if canary in audio.content] == []
    assert opus.clean_recording(audio.content) == audio
    assert [page.body for page in list(opus.read_pages(audio.content))[2:]] == [page.body for page in PAGES[2:]]


REFUSED = {
    "empty": (b"", "empty"),
    "too large": (OGG + bytes(opus.MAX_BYTES), "too_large"),
    "a page": (b"<html><script>alert(1)</script>", "other_kind"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(200), "other_kind"),
    "wave": (b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(60), "other_kind"),
    "m4a": (M4A, "other_kind"),
    "an mp3 tag": (b"ID3\x03\x00\x00" + bytes(200), "other_kind"),
    "ogg cut": (OGG[:-30], "broken"),
    "ogg with words behind": (OGG + b"<script>", "broken"),
    "ogg altered": (OGG[:-1] + bytes([OGG[-1] ^ 1]), "broken"),
    "ogg begun twice": (OGG + OGG, "broken"),
    "pages without end": (OGG + EMPTY_PAGE * 100_000, "broken"),
    "ogg without positions": (b"".join(page.to_bytes() for page in WITHOUT_POSITIONS), "broken"),
    "another codec": (replace(PAGES[0], body=b"\x01vorbis" + bytes(12)).to_bytes(), "other_kind"),
    "comments without end": (
        PAGES[0].to_bytes() + replace(PAGES[1], lacing=b"\xff", body=b"OpusTags" + bytes(247)).to_bytes(),
        "broken",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_files_than_one_opus_stream_are_refused(name: str) -> None:
    content, code = REFUSED[name]
    with pytest.raises(RecordingRefused) as refused:
        opus.clean_recording(content)
    assert refused.value.code == code


@given(at=st.integers(0, 5_000), byte=st.integers(0, 255))
def test_altered_file_is_refused_or_cleaned(at: int, byte: int) -> None:
    content = bytearray(OGG)
    content[at % len(content)] = byte
    try:
        audio = opus.clean_recording(bytes(content))
    except RecordingRefused:
        return
    assert len(audio.content) <= len(content) and 0 < audio.seconds <= opus.MAX_SECONDS


def test_long_comments_over_many_pages_are_emptied() -> None:
    [head, comments, *rest] = list(opus.read_pages(OGG))
    words = b"OpusTags" + b"canary" * 20_000
    cut = [words[n : n + 255 * 255] for n in range(0, len(words), 255 * 255)]
    goes_on = [opus.CONTINUED if n else 0 for n in range(len(cut))]
    laced = [_laced(item, last=item is cut[-1]) for item in cut]
    pages = [
        opus.Page(flags, 0, head.serial, number, lacing, body)
        for number, (flags, lacing, body) in enumerate(zip(goes_on, laced, cut, strict=True))
    ]
    pages = [replace(page, number=page.number + 1) for page in pages]
    whole = b"".join(page.to_bytes() for page in [head, *pages, *rest])
    assert comments.body.startswith(b"OpusTags")
    assert opus.clean_recording(whole) == opus.clean_recording(OGG)


def _laced(body: bytes, *, last: bool) -> bytes:
    full, left = divmod(len(body), 255)
    return b"\xff" * full + (bytes([left]) if last else b"")


def test_too_long_recording_is_refused() -> None:
    pages = list(opus.read_pages(OGG))
    late = opus.MAX_SECONDS * opus.SAMPLES_A_SECOND + 48_000
    whole = b"".join(page.to_bytes() for page in pages[:-1])
    last = pages[-1]
    end = opus.Page(last.flags, late, last.serial, last.number, last.lacing, last.body).to_bytes()
    with pytest.raises(RecordingRefused) as refused:
        opus.clean_recording(whole + end)
    assert refused.value.code == "too_long"
