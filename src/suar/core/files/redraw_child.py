"""The process that redraws a picture, a PDF or a sound: little memory, little time, no way to open or write a file.

It reads a picture from its input and prints a JPEG of the pixels alone: where and when it was taken, or another file
behind it, is dropped. Of a PDF it prints one with pictures of its pages (PDFium draws them): no script, link, attached
file or hidden text is left. A sound is decoded and encoded again (FFmpeg): only what is heard is left. Its argument is
the usual extension of the file, or `first-page` for a picture of the first page of a PDF.
"""

import io
import os
import sys
from importlib import import_module
from itertools import chain

from PIL import Image

from suar.core.sandbox import confine

MEMORY_BYTES = 300 * 1024 * 1024
SECONDS, SECONDS_OF_SOUND = 2, 8
NICENESS = 10
"""The priority below the processes that answer pages (`nice`)."""
FOR_PICTURES, FOR_PAGES = ("PIL.MpoImagePlugin", "PIL.WebPImagePlugin"), ("PIL.PdfImagePlugin", "pypdfium2")
FOR_SOUNDS = ("av.subtitles.stream",)
"""Loaded first, with what they would load when they need it: afterwards no file can be opened."""
MAX_SIDE = 2048
MAX_PIXELS = 16_000_000
MAX_PIXELS_JPEG = 120_000_000
"""A JPEG is read at a half, a quarter or an eighth of its sides."""
QUALITY = 80
KINDS = ("JPEG", "PNG", "WEBP")
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
PDF, FIRST_PAGE = b"%PDF-", "first-page"
MAX_PAGES, LONGEST_SIDE_OF_PAGE, QUALITY_OF_PAGE = 20, 1600, 60
PIXELS_AN_INCH = 137
"""So that a page of A4 is printed as A4."""
SOUNDS = {"ogg": "ogg", "mp3": "mp3", "aac": "aac", "amr": "amr", "wav": "wav", "m4a": "mov"}
"""FFmpeg's reader for each extension; it guesses no other, such as a playlist that names files."""
DECODERS = "opus,libopus,vorbis,flac,speex,mp3,mp3float,aac,amrnb,libopencore_amrnb,amrwb,libopencore_amrwb,pcm_s16le,"
DECODERS += "pcm_u8,pcm_s24le,pcm_f32le,pcm_alaw,pcm_mulaw"
MAX_SECONDS_OF_SOUND, SAMPLES_A_SECOND, BITS_A_SECOND = 20 * 60, 48_000, 24_000
NOT_DRAWN, TOO_LONG = 3, 4


class TooLong(Exception):
    """A sound of more than 20 minutes."""


def main() -> int:
    """Redraw within the limits; a file that breaks its reader is refused."""
    os.nice(NICENESS)
    content, extension = sys.stdin.buffer.read(), sys.argv[-1]
    is_sound, is_paper = extension in SOUNDS, content.startswith(PDF)
    for library in FOR_SOUNDS if is_sound else FOR_PAGES if is_paper else FOR_PICTURES:
        import_module(library)
    Image.preinit()
    confine(memory_bytes=MEMORY_BYTES, seconds=SECONDS_OF_SOUND if is_sound else SECONDS)
    try:
        if is_sound:
            drawn = recode(content, SOUNDS[extension])
        elif extension == FIRST_PAGE:
            drawn = draw_first_page(content)
        else:
            drawn = redraw_pages(content) if is_paper else redraw(content)
    except TooLong:
        return TOO_LONG
    except Exception:
        # A crafted picture may raise anything in its reader; the parent gets one exit code for all.
        return NOT_DRAWN
    sys.stdout.buffer.write(drawn)
    return 0


def redraw(content: bytes) -> bytes:
    """Return a JPEG of at most 2048 pixels a side, upright, on white, with nothing beside pixels."""
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(io.BytesIO(content), formats=KINDS) as picture:
        most = MAX_PIXELS_JPEG if picture.format == "JPEG" else MAX_PIXELS
        if picture.width * picture.height > most:
            raise Image.DecompressionBombError
        turn = UPRIGHT.get(picture.getexif().get(ORIENTATION, 1))
        picture.thumbnail((MAX_SIDE, MAX_SIDE))
        plain = _on_white(_in_eight_bits(picture))
    upright = plain if turn is None else plain.transpose(turn)
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    written = io.BytesIO()
    bare.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def redraw_pages(content: bytes) -> bytes:
    """Return a PDF with a picture of each page, at most 1600 pixels a side, and nothing else."""
    import pypdfium2  # only for a PDF: loading it takes longer than drawing a picture

    document = pypdfium2.PdfDocument(content)
    if not 1 <= len(document) <= MAX_PAGES:
        raise ValueError
    scales = [LONGEST_SIDE_OF_PAGE / max(page.get_size()) for page in document]
    pages = [page.render(scale=scale).to_pil().convert("RGB") for page, scale in zip(document, scales, strict=True)]
    written = io.BytesIO()
    pages[0].save(
        written, "PDF", save_all=True, append_images=pages[1:], quality=QUALITY_OF_PAGE, resolution=PIXELS_AN_INCH
    )
    return written.getvalue()


def draw_first_page(content: bytes) -> bytes:
    """Return the first page of a PDF as a JPEG of at most 1600 pixels a side."""
    import pypdfium2  # only for a PDF

    page = pypdfium2.PdfDocument(content)[0]
    written = io.BytesIO()
    drawn = page.render(scale=LONGEST_SIDE_OF_PAGE / max(page.get_size())).to_pil().convert("RGB")
    drawn.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def recode(content: bytes, reader: str) -> bytes:
    """Return the first sound of a file as Ogg with Opus, and nothing else; raises TooLong above 20 minutes."""
    import av  # only for a sound

    written, samples = io.BytesIO(), 0
    limits = {"codec_whitelist": DECODERS, "protocol_whitelist": "none"}
    with (
        av.open(io.BytesIO(content), "r", format=reader, options=limits) as source,
        av.open(written, "w", format="ogg") as target,
    ):
        voice = target.add_stream("libopus", SAMPLES_A_SECOND, layout="mono", options={"compression_level": "0"})
        voice.bit_rate = BITS_A_SECOND
        resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLES_A_SECOND)
        for frame in chain(source.decode(audio=0), [None]):
            for piece in resampler.resample(frame):
                samples += piece.samples
                if samples > MAX_SECONDS_OF_SOUND * SAMPLES_A_SECOND:
                    raise TooLong
                target.mux(voice.encode(piece))
        target.mux(voice.encode(None))
    if not samples:
        raise ValueError
    return written.getvalue()


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """Scale grey of 16 bits to 8; clipped instead, nearly all of it would be white."""
    if not picture.mode.startswith("I"):
        return picture
    return picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    white = Image.new("RGBA", picture.size, "white")
    white.alpha_composite(picture.convert("RGBA"))
    return white.convert("RGB")


if __name__ == "__main__":
    sys.exit(main())
