"""Pictures that want to harm whoever reads them: the process that reads them takes it alone."""

import io

import pytest
from PIL import Image

from suar.core import locks
from suar.core.files import redrawing
from suar.core.refusals import Refused, TooBusy
from tests.contact.uploads import a_flood, a_picture, a_slow_picture, a_talkative_png

CUT = a_picture(size=(400, 300))
HOSTILE = {
    "nothing": b"",
    "noise": bytes(range(256)) * 40,
    "a flood of pixels": a_flood(),
    "as wide as a number": a_flood(side=2**31 - 1),
    "no pixels": a_flood(side=0),
    "fewer rows than said": a_flood(side=3_000),
    "cut": CUT[: len(CUT) // 2],
    "words that unpack": a_talkative_png(),
    "another kind": a_picture(kind="GIF", mode="P"),
    "another kind by a name inside": b"%!PS-Adobe-3.0\n%%BoundingBox: 0 0 9 9\n",
    "a picture of many pages": a_picture(kind="TIFF"),
    "the same pixels again and again": a_slow_picture(scans=150_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_picture_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        redrawing.redraw(HOSTILE[name])
    assert refused.value.because == "broken"


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("WEBP", "RGB"),
        ("WEBP", "RGBA"),
    ],
)
def test_every_picture_becomes_a_jpeg(kind: str, mode: str) -> None:
    colour = "RGB" if mode in ("P", "1") else mode
    drawn = io.BytesIO()
    Image.new(colour, (60, 40), "white").convert(mode).save(drawn, kind)
    shown = Image.open(io.BytesIO(redrawing.redraw(drawn.getvalue())))
    assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", (60, 40))


def test_transparent_pixels_become_white() -> None:
    drawn = io.BytesIO()
    Image.new("RGBA", (60, 40), (0, 0, 0, 0)).save(drawn, "PNG")
    shown = Image.open(io.BytesIO(redrawing.redraw(drawn.getvalue())))
    assert shown.getpixel((30, 20)) == (255, 255, 255)


def test_16_bit_grey_is_scaled_to_8_bits() -> None:
    drawn = io.BytesIO()
    row = (0x2000).to_bytes(2, "little") * 30 + (0x8000).to_bytes(2, "little") * 30
    Image.frombytes("I;16", (60, 40), row * 40).save(drawn, "PNG")
    shown = Image.open(io.BytesIO(redrawing.redraw(drawn.getvalue()))).convert("L")
    assert [round(shown.getpixel(at) / 8) for at in ((10, 20), (50, 20))] == [4, 16]


def test_a_large_picture_is_scaled_down() -> None:
    shown = Image.open(io.BytesIO(redrawing.redraw(a_picture(size=(6000, 4000)))))
    assert shown.size == (2048, 1365)


def test_a_busy_redrawer_raises_too_busy(monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    # Only limits are made small; the turnstile and the drawing are the real ones.
    monkeypatch.setattr(redrawing, "MAX_WAIT_S", 0.05)
    monkeypatch.setattr(redrawing, "SLOTS", 1)
    with locks.queue_slot(redrawing.QUEUE, slots=1), pytest.raises(TooBusy):
        redrawing.redraw(a_picture())
