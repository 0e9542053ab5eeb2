"""The process that redraws a picture or a PDF: little memory, little time, no way to write.

It reads a picture from its input and prints a JPEG of the pixels alone: where and when it was taken, or another file
behind it, is dropped. Of a PDF it prints one with pictures of its pages (PDFium draws them): no script, link, attached
file or hidden text is left.
"""

import io
import sys

from PIL import Image

from suar.core.sandbox import confine

MEMORY_BYTES = 300 * 1024 * 1024
SECONDS = 2
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
PDF = b"%PDF-"
MOST_PAGES, LONGEST_SIDE_OF_PAGE, QUALITY_OF_PAGE = 20, 1600, 60
PIXELS_AN_INCH = 137
"""So that a page of A4 is printed as A4."""
NOT_DRAWN = 3


def main() -> int:
    """Redraw within the limits; a picture that breaks its reader is refused."""
    confine(memory_bytes=MEMORY_BYTES, seconds=SECONDS)
    try:
        content = sys.stdin.buffer.read()
        drawn = redraw_pages(content) if content.startswith(PDF) else redraw(content)
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
    if not 1 <= len(document) <= MOST_PAGES:
        raise ValueError
    scales = [LONGEST_SIDE_OF_PAGE / max(page.get_size()) for page in document]
    pages = [page.render(scale=scale).to_pil().convert("RGB") for page, scale in zip(document, scales, strict=True)]
    written = io.BytesIO()
    pages[0].save(
        written, "PDF", save_all=True, append_images=pages[1:], quality=QUALITY_OF_PAGE, resolution=PIXELS_AN_INCH
    )
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
