"""Strangers and imports send files that want to harm whoever opens or reads them."""

import io
import os
import time

import av
import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from suar.contact.models import Request
from suar.core.files import redraw_child, redrawing
from suar.core.refusals import Refused
from suar.hsds import files, reading
from suar.hsds.files import readers
from tests.cast import cast, world  # noqa: F401 - fixtures
from tests.contact.conftest import asker, desk, no_caller_keys  # noqa: F401 - fixtures
from tests.contact.test_files import desk_page, taken_by
from tests.contact.uploads import OGG, WHERE, a_sound, attached, brought
from tests.contact.writing import ask_for_help, came_back
from tests.people import client_of
from tests.website.conftest import public_site, visitor  # noqa: F401 - fixtures


@pytest.mark.parametrize("start", ["{", '{"id":"5e1f0000-0000-4000-8000-000000000001","name":"a","status":"active",'])
@pytest.mark.parametrize("number", [1_200_000, readers.MAX_NAMES - 20])
def test_json_with_very_many_keys_is_read_or_refused_within_two_seconds(start, number):
    content = (start + ",".join(f'"k{key}" : 1' for key in range(number)) + "}").encode()
    begun = time.process_time()
    refused = [problem.why for problem in files.parse(content).refused]
    assert time.process_time() - begun <= 2
    assert number < readers.MAX_NAMES or refused == ["too_many_names"]
    assert number < readers.MAX_NAMES or reading.read_upload(content).refused[0].why == "too_many_names"


SCRIPTED = b"""%PDF-1.7
1 0 obj <</Type /Catalog /Pages 2 0 R /OpenAction 4 0 R /Names <</EmbeddedFiles <</Names [(a.exe) 6 0 R]>>>>>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Contents 5 0 R /Annots [8 0 R]>> endobj
4 0 obj <</S /JavaScript /JS (app.launchURL\\("http://tracker.example/"\\))>> endobj
5 0 obj <</Length 24>> stream
1 0 0 rg 50 50 99 99 re f
endstream endobj
6 0 obj <</Type /Filespec /F (a.exe) /EF <</F 7 0 R>>>> endobj
7 0 obj <</Length 2>> stream
MZ
endstream endobj
8 0 obj <</Type /Annot /Subtype /Link /Rect [0 0 300 400] /A <</S /URI /URI (http://tracker.example/)>>>> endobj
9 0 obj <</Author (Amina Rekaan) /Creator (her phone)>> endobj
trailer <</Root 1 0 R /Info 9 0 R>>
%%EOF
"""
HIDDEN = (b"JavaScript", b"OpenAction", b"EmbeddedFile", b"tracker", b"Amina", b"phone", b"/URI", b"MZ")


@pytest.mark.django_db
def test_a_pdf_reaches_staff_only_as_pictures_of_its_pages(asker, cast):  # noqa: F811 - fixtures
    _page, code = ask_for_help(asker)
    attached(asker, came_back(asker, code), brought(SCRIPTED, "slip.pdf"))
    [file] = desk_page(cast).context["files"]
    taken = taken_by(cast.kartika, f"/letters/{Request.objects.get().id}/files/{file['id']}/taken").content
    assert all(word in SCRIPTED for word in HIDDEN), "positive control"
    assert [word for word in HIDDEN if word in taken] == []
    with pypdfium2.PdfDocument(taken) as paper:
        [drawn] = paper
        assert drawn.get_textpage().count_chars() == 0
        red, green, _ = (
            drawn.render().to_pil().convert("RGB").getpixel((drawn.get_width() // 4, drawn.get_height() * 3 // 4))
        )
    assert red > 200 > 60 > green, "the page is there"


@pytest.mark.parametrize("hostile", [b"%PDF-1.7\n%%EOF", b"%PDF-" + bytes(9999)])
def test_a_pdf_that_cannot_be_drawn_is_refused(hostile, settings):
    with pytest.raises(Refused, match="broken"):
        redrawing.redraw(hostile)


def test_a_pdf_of_too_many_pages_is_refused_within_two_seconds_of_computing(settings):
    pages = [Image.new("RGB", (60, 80))] * (redraw_child.MAX_PAGES + 1)
    content = io.BytesIO()
    pages[0].save(content, "PDF", save_all=True, append_images=pages[2:])
    assert redrawing.redraw(content.getvalue()).startswith(b"%PDF-"), "positive control"
    content = io.BytesIO()
    pages[0].save(content, "PDF", save_all=True, append_images=pages[1:])
    with pytest.raises(Refused, match="broken"):
        redrawing.redraw(content.getvalue())


SOUNDS = {
    "Ogg with Opus": ("libopus", "ogg", 48_000),
    "of an iPhone": ("aac", "ipod", 44_100),
    "MP3": ("libmp3lame", "mp3", 44_100),
    "of an old phone": ("libopencore_amrnb", "3gp", 8_000),
    "WAV": ("pcm_s16le", "wav", 16_000),
    "ADTS": ("aac", "adts", 44_100),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_is_encoded_anew_without_anything_beside_it(name):
    codec, kind, rate = SOUNDS[name]
    sent = a_sound(codec, kind, rate=rate) + (b"" if kind == "mp3" else b"MZ and a programme")
    assert WHERE.encode() in sent or kind in ("3gp", "adts"), "positive control"
    drawn = redrawing.redraw(sent)
    assert WHERE.encode() not in drawn and b"programme" not in drawn
    with av.open(io.BytesIO(drawn), format="ogg") as sound:
        [stream] = sound.streams
        assert stream.codec_context.name == "opus" and not sound.metadata
        assert 1.9 <= sum(frame.samples for frame in sound.decode(stream)) / 48_000 <= 2.2


@pytest.mark.django_db
def test_a_sound_reaches_staff_without_what_the_phone_wrote_into_it(asker, cast):  # noqa: F811 - fixtures
    _page, code = ask_for_help(asker)
    attached(asker, came_back(asker, code), brought(a_sound(), "voice.ogg"))
    [file] = desk_page(cast).context["files"]
    taken = taken_by(cast.kartika, f"/letters/{Request.objects.get().id}/files/{file['id']}/taken").content
    assert taken.startswith(b"OggS") and WHERE.encode() not in taken


@pytest.mark.parametrize(
    "hostile",
    [
        b"OggS" + bytes(60),
        b"OggS\0\2" + bytes(9999),
        OGG[:300],
        b"RIFF\x24\0\0\0WAVEfmt " + bytes(99),
        b"ID3\4" + bytes(999),
        b"\0\0\0\x1cftypM4A " + bytes(999),
        b"#!AMR\n",
        b"#!AMR-playlist\nfile:///etc/passwd\n",
    ],
)
def test_a_sound_that_cannot_be_decoded_is_refused(hostile):
    with pytest.raises(Refused, match="broken"):
        redrawing.redraw(hostile)


def test_a_sound_of_more_than_20_minutes_is_refused():
    with pytest.raises(Refused, match="too_long"):
        redrawing.redraw(a_sound("pcm_u8", "wav", rate=1_000, seconds=20 * 60 + 1))


MANY_NAMES = ("{" + ",".join(f'"k{key}":1' for key in range(1_200_000)) + "}").encode()
UPLOADED = {"import_directory": [], "import_htcds": [], "import_questions": ["short"]}
TYPED = {"sign_in": "passkey", "add_passkey": "passkey", "step_up": "carried"}


def seconds_of_computing() -> float:
    """Return what this process and its children have computed."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


@pytest.mark.django_db
@pytest.mark.parametrize("route", [*UPLOADED, *TYPED])
def test_every_page_of_staff_refuses_json_with_very_many_names_within_two_seconds(route, cast):  # noqa: F811 - fixtures
    client, begun = client_of(cast.hadi if route == "import_directory" else cast.esi), seconds_of_computing()
    file = SimpleUploadedFile("a.json", MANY_NAMES)
    sent = {"file": file, "form_id": "1"} if route in UPLOADED else {TYPED[route]: MANY_NAMES.decode()}
    answer = client.post(reverse(route, args=UPLOADED.get(route)), sent)
    assert seconds_of_computing() - begun <= 2
    assert answer.status_code in (400, 413)


@pytest.mark.django_db
def test_the_api_refuses_json_with_very_many_names_within_two_seconds(asker):  # noqa: F811 - fixtures
    begun = seconds_of_computing()
    answer = asker.post("/hsds/services", MANY_NAMES, content_type="application/json")
    assert seconds_of_computing() - begun <= 2
    assert answer.status_code == 413
    small = asker.post("/hsds/services", b"{}", content_type="application/json")
    assert small.status_code == 200, "positive control"
