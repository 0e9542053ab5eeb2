"""Files that somebody brings with a letter, harmless and hostile, made here."""

import io
import random
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from PIL import Image, ImageDraw

from tests.contact.writing import press, resume_token_of

FILE = re.compile(r'name="file" value="([^"]+)"')
GPS, TAKEN_AT, LATITUDE = 0x8825, 0x0132, 2
OGG = (Path(__file__).parents[1] / "directory" / "sounds" / "tone.ogg").read_bytes()
WHERE, WHEN = "canary-of-a-village", "2026:11:20 07:15:00"


def a_picture(*, kind: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB") -> bytes:
    """Draw a small picture whose left half is red."""
    picture = Image.new(mode, size, 0)
    picture.paste(Image.new(mode, (size[0] // 2, size[1]), "red"))
    return _written(picture, kind)


def a_telling_picture(*, turn: int = 1) -> bytes:
    """Draw a picture that tells when, where and with which words it was taken, and its turn."""
    picture = Image.new("RGB", (64, 48), "white")
    told = Image.Exif()
    told[0x0112], told[TAKEN_AT], told[0x010E] = turn, WHEN, WHERE
    told.get_ifd(GPS)[LATITUDE] = (6.0, 43.0, 12.5)
    held = io.BytesIO()
    picture.save(held, "JPEG", exif=told, comment=WHERE.encode())
    return held.getvalue()


def a_flood(*, side: int = 30_000) -> bytes:
    """Make a PNG of a few bytes that says it has a great many pixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000)
    chunks = ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def a_talkative_png() -> bytes:
    """Make a PNG whose words unpack to far more than they weigh."""
    words = b"Comment\0\0" + zlib.compress(b"x" * 200_000_000, 9)
    plain = a_picture(kind="PNG")
    return plain[:33] + _chunk(b"zTXt", words) + plain[33:]


def a_slow_picture(*, scans: int, size: tuple[int, int] = (5000, 3000)) -> bytes:
    """Make a JPEG, true to its format, that goes over its pixels so often; each costs 30 bytes."""
    plain = io.BytesIO()
    Image.new("RGB", size, "red").save(plain, "JPEG", progressive=True, quality=5)
    whole = plain.getvalue()[:-2]
    last = whole[whole.rindex(b"\xff\xda") :]
    return whole + last * (scans - whole.count(b"\xff\xda")) + b"\xff\xd9"


def a_paper(words: str = "wages", *, named: str = "slip.pdf") -> SimpleUploadedFile:
    """Return a PDF as a browser sends it."""
    return brought(a_pdf(words), named)


def a_pdf(words: str = "wages") -> bytes:
    """Make a PDF of one page with some words on it."""
    page, written = Image.new("RGB", (420, 594), "white"), io.BytesIO()
    ImageDraw.Draw(page).text((40, 40), words, fill="black")
    page.save(written, "PDF")
    return written.getvalue()


def a_sound(codec: str = "libopus", kind: str = "ogg", *, rate: int = 48_000, seconds: int = 2) -> bytes:
    """Make noise that tells where it was recorded."""
    written, noise = io.BytesIO(), random.Random(1).randbytes(2 * rate)
    with av.open(written, "w", format=kind) as file:
        file.metadata.update(title=WHERE, comment=WHERE, artist=WHERE)
        voice = file.add_stream(codec, rate=rate, layout="mono")
        resampler = av.AudioResampler(format=voice.format, layout="mono", rate=rate)
        for second in range(seconds):
            frame = av.AudioFrame(format="s16", layout="mono", samples=rate)
            frame.planes[0].update(noise)
            frame.sample_rate, frame.pts = rate, second * rate
            for piece in resampler.resample(frame):
                file.mux(voice.encode(piece))
        file.mux(voice.encode(None))
    return written.getvalue()


def brought(content: bytes, name: str = "a.jpg") -> SimpleUploadedFile:
    """Return a file as a browser sends it; what it says of its kind is never true."""
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def attached(asker: Client, page: Any, *files: SimpleUploadedFile) -> Any:
    """Choose files on a page that carries a resume token, and send them."""
    return press(asker, "attach", page=page, resume_token=resume_token_of(page), files=list(files))


def open_file(asker: Client, page: Any, code: str, *, number: int = -1) -> Any:
    """Open one file of the page that a code opened: by its button, then with the code again."""
    file = FILE.findall(page.content.decode())[number]
    there = press(asker, "file_code", page=page, file=file)
    return press(asker, "file", page=there, file=file, code=code)


@contextmanager
def at_the_files_site() -> Iterator[None]:
    """Answer for the host of files, inside a test of another one."""
    with override_settings(ROOT_URLCONF="suar.website.files_urls", MIDDLEWARE=list(settings.MIDDLEWARE_FILES)):
        yield


def fetched(address: str) -> Any:
    """Return what a browser gets at an address of the site for files, to which it sends no cookie."""
    with at_the_files_site():
        return Client().get(address.removeprefix(settings.SUAR_FILES_ORIGIN))


def _chunk(name: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + check


def _written(picture: Image.Image, kind: str) -> bytes:
    held = io.BytesIO()
    picture.save(held, kind)
    return held.getvalue()
