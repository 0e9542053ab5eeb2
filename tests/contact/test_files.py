"""Files beside a letter: what is taken, what of it is left, who opens it, how it goes."""

import base64
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.test import RequestFactory
from PIL import Image

from suar.audit.models import Entry
from suar.contact.documents import LetterKind
from suar.contact.models import Letter, LetterKey, Piece, Request
from suar.core import clock
from suar.core.files.kinds import MAX_FILE_BYTES, MAX_NAME_CHARACTERS, readable_name
from suar.demo import hearing
from tests.bars.lying_about import cells
from tests.contact.uploads import (
    FILE,
    OGG,
    WHERE,
    a_paper,
    a_picture,
    a_telling_picture,
    attached,
    brought,
    fetched,
    open_file,
)
from tests.contact.writing import MADE, ask_for_help, came_back, press, resume_token_of
from tests.feedback.submissions import on_staff_site, say
from tests.people import client_of

PICTURE = re.compile(r"data:image/jpeg;base64,([A-Za-z0-9+/=]+)")


@pytest.fixture
def code(asker: Any) -> str:
    """Return the code of a letter that was sent."""
    return ask_for_help(asker)[1]


def page_text(page: Any) -> str:
    return page.content.decode()


def picture_on(page: Any) -> bytes:
    """Return the picture that a page holds inside of itself."""
    found = PICTURE.search(page_text(page))
    assert found
    return base64.b64decode(found[1])


def asks(player: Any, path: str) -> Any:
    """Let a worker ask for a page of the staff site."""
    with on_staff_site():
        return client_of(player).get(path)


def taken_by(player: Any, path: str) -> Any:
    """Let a worker ask for a file, and follow to the site for files; a refusal is returned as it is."""
    answer = asks(player, path)
    return fetched(answer["Location"]) if answer.status_code == 302 else answer


def adding(asker: Any, page: Any, **typed: str) -> Any:
    """Press the button that leads to where files are chosen."""
    assert 'value="add_files"' in page_text(page) and 'type="file"' not in page_text(page)
    return press(asker, "add_files", page=page, resume_token=resume_token_of(page), **typed)


def desk_page(cast: Any) -> Any:
    """Let Kartika open the one letter."""
    return asks(cast.kartika, f"/letters/{Request.objects.get().id}")


def test_a_picture_is_added_after_the_code_was_checked(asker, cast):
    page, code = ask_for_help(asker)
    made = MADE.search(page_text(page))[1]
    right = press(asker, "check_code", page=page, new_code=made, code=code, resume_token=resume_token_of(page))
    assert "Your code is right" in page_text(right)
    done = attached(asker, adding(asker, right), brought(a_picture(), "slip.jpg"))
    assert "Your files have arrived" in page_text(done) and "slip.jpg" in page_text(done)
    assert "slip.jpg" in page_text(came_back(asker, code)) and "slip.jpg" in page_text(desk_page(cast))


def test_the_page_states_limits_and_removed_metadata(asker, code):
    page = page_text(adding(asker, came_back(asker, code)))
    for words in (
        "At most 3 files at once, 5 MB each.",
        "We remove where and when",
        "Who else is in the picture?",
        "and hidden notes in sound and PDF",
    ):
        assert words in page


def test_typed_text_is_sent_before_files_are_chosen(asker, code):
    page = adding(asker, came_back(asker, code), words="There is more")
    assert "There is more" in page_text(page) and 'type="file"' not in page_text(page)
    assert "Your words are still here" in page_text(page) and not Piece.objects.exists()
    sent = press(asker, "write", page=page, resume_token=resume_token_of(page), words="There is more")
    assert "Your letter has arrived" in page_text(sent)
    done = attached(asker, adding(asker, sent), a_paper())
    assert "Your files have arrived" in page_text(done)
    assert "There is more" in page_text(came_back(asker, code))


@pytest.mark.parametrize("words", ["There is more", ""])
def test_a_late_add_files_button_shows_typed_text_again(asker, code, words):
    page = came_back(asker, code)
    with clock.shifted(timedelta(minutes=61)):
        late = press(asker, "add_files", page=page, resume_token=resume_token_of(page), words=words)
    assert late.status_code == 409 and words in page_text(late)
    assert ("NOT sent" in page_text(late)) == bool(words)


def test_files_sent_twice_are_stored_once(asker, code):
    page = adding(asker, came_back(asker, code))
    attached(asker, page, a_paper())
    again = attached(asker, page, a_paper())
    assert "was already sent" in page_text(again) and Piece.objects.count() == 1


def test_the_person_opens_a_picture_with_the_code_typed_again(asker, code):
    attached(asker, came_back(asker, code), brought(a_picture()))
    page = open_file(asker, came_back(asker, code), code)
    shown = Image.open(io.BytesIO(picture_on(page)))
    assert (shown.format, shown.size) == ("JPEG", (64, 48))
    assert "img-src 'self' data:;" in page["Content-Security-Policy"]
    assert page["Cache-Control"] == "no-store" and "a.jpg" in page_text(page)


def test_another_code_opens_no_file(asker, code):
    attached(asker, came_back(asker, code), brought(a_picture()))
    _page, other = ask_for_help(asker)
    assert open_file(asker, came_back(asker, code), other).status_code == 404
    assert open_file(asker, came_back(asker, code), "1" * 12).status_code == 404


@pytest.mark.parametrize("turn", [1, 6])
def test_pictures_lose_their_metadata(asker, code, turn):
    sent = a_telling_picture(turn=turn)
    assert WHERE.encode() in sent, "the control: it tells before"
    attached(asker, came_back(asker, code), brought(sent))
    kept = picture_on(open_file(asker, came_back(asker, code), code))
    shown = Image.open(io.BytesIO(kept))
    assert WHERE.encode() not in kept and b"Exif" not in kept and not shown.getexif()
    assert shown.size == ((64, 48) if turn == 1 else (48, 64)), "it stands upright all the same"


def test_data_after_a_picture_is_removed(asker, code):
    polyglot = a_picture() + b"<script>alert(1)</script>PK\x03\x04"
    attached(asker, came_back(asker, code), brought(polyglot, "a.html"))
    kept = picture_on(open_file(asker, came_back(asker, code), code))
    assert b"script" not in kept and b"PK" not in kept


def test_sound_and_pdf_are_downloads(asker, code, cast):
    attached(asker, came_back(asker, code), a_paper("my wages"), brought(OGG, "voice.ogg"))
    page = open_file(asker, came_back(asker, code), code, number=0)
    own = {b"%PDF-": "pdf", OGG[:5]: "ogg"}
    assert page.content[:5] in own
    assert_bare(page, f'attachment; filename="file.{own[page.content[:5]]}"')
    for item in desk_page(cast).context["files"]:
        address = f"/letters/{Request.objects.get().id}/files/{item['id']}"
        assert "may harm your computer" in page_text(asks(cast.kartika, address))
        taken = taken_by(cast.kartika, f"{address}/taken")
        assert_bare(taken, f'attachment; filename="file.{own.pop(taken.content[:5])}"')
    assert not own


def assert_bare(answer: Any, disposition: str) -> None:
    """Look that nothing of a file can be taken for a page of ours."""
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == disposition
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].endswith("sandbox")
    assert answer["Cache-Control"] == "no-store"


def test_the_desk_opens_a_picture_and_each_opening_is_audited(asker, code, cast):
    attached(asker, came_back(asker, code), brought(a_picture()))
    [line] = desk_page(cast).context["files"]
    address = f"/letters/{Request.objects.get().id}/files/{line['id']}"
    assert f'src="{address}/taken"' in page_text(asks(cast.kartika, address))
    for _ in range(2):
        answer = taken_by(cast.kartika, f"{address}/taken")
        assert answer["Content-Type"] == "image/jpeg"
        assert Image.open(io.BytesIO(answer.content)).size == (64, 48)
    written = Entry.objects.filter(verb="open", because="download_request_file", by=cast.kartika.id)
    assert written.count() == 2


def test_other_workers_get_404_for_a_file(asker, code, cast):
    attached(asker, came_back(asker, code), brought(a_picture()))
    file, request = Piece.objects.get().letter_id, Request.objects.get().id
    for path in (f"/letters/{request}/files/{file}", f"/letters/{request}/files/{file}/taken"):
        assert asks(cast.ben, path).status_code == 404
    words = Letter.objects.exclude(id=file).first().id
    for path in (f"/letters/{request}/files/{words}", f"/letters/{request}/files/{words}/taken"):
        assert asks(cast.kartika, path).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.jpg", b"", "empty or cannot be read"),
        ("large.pdf", b"%PDF-" + bytes(MAX_FILE_BYTES), "too large"),
        ("page.jpg", b"<html><script>alert(1)</script>", "This kind of file is not accepted"),
        ("a.exe", b"MZ" + bytes(200), "This kind of file is not accepted"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This kind of file is not accepted"),
        ("a.gif", b"GIF89a" + bytes(20), "This kind of file is not accepted"),
        ("cut.jpg", a_picture(size=(640, 480))[:900], "empty or cannot be read"),
        ("head.png", b"\x89PNG\r\n\x1a\n" + bytes(64), "empty or cannot be read"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_refused_file_has_a_reason_and_others_are_stored(asker, code, name, content, why):
    page = attached(asker, came_back(asker, code), brought(content, name), brought(OGG, "voice.ogg"))
    assert page.status_code == 200 and "Not every file has arrived" in page_text(page)
    assert name in page_text(page) and why in page_text(page)
    [there] = files_of(asker, code)
    assert there.endswith("voice.ogg")
    assert "My wages were kept." in page_text(came_back(asker, code)), "the words are there already"


def files_of(asker: Any, code: str) -> list[str]:
    """Return what the person reads of each of their files."""
    said = came_back(asker, code).context["letters"]
    return [letter.words for _, letter in said if letter.kind is LetterKind.FILE]


@pytest.mark.parametrize(("many", "why"), [(0, "Choose a file first."), (40, "At most 3 files")])
def test_no_file_or_too_many_is_a_form_error(asker, code, many, why):
    page = attached(asker, came_back(asker, code), *(a_paper() for _ in range(many)))
    assert page.status_code == 400 and why in " ".join(page.context["files"].errors["files"])
    assert not Piece.objects.exists()
    assert "Your files have arrived" in page_text(attached(asker, page, a_paper()))


def test_a_request_body_above_the_limit_is_refused_unread(asker, code):
    files = [brought(bytes(MAX_FILE_BYTES)) for _ in range(9)]
    page = attached(asker, came_back(asker, code), *files)
    assert page.status_code == 413 and "too much at once" in page_text(page)
    assert "My wages were kept." in page_text(came_back(asker, code))


def test_a_file_name_is_one_readable_line(asker, code):
    turned = "C:\\fake\\ga\u202egpj.exe\r\nX: y\x00" + 300 * "x"
    attached(asker, came_back(asker, code), brought(a_picture(), "a.jpg"))
    plain = readable_name(turned)
    assert plain.startswith("gagpj.exeX: y") and len(plain) == MAX_NAME_CHARACTERS
    assert readable_name("../../etc/passwd") == "passwd"


def test_uploads_stay_in_memory_within_the_limits(visitor, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    files = [brought(bytes(MAX_FILE_BYTES + extra)) for extra in (0, 1, 0, 0)]
    request = RequestFactory().post("/", {"files": files})
    held = request.FILES.getlist("files")
    assert all(isinstance(item, InMemoryUploadedFile) for item in held)
    assert [item.size - MAX_FILE_BYTES for item in held] == [0, 1, 0, 0]
    assert [len(item.read()) for item in held] == [MAX_FILE_BYTES, 0, MAX_FILE_BYTES, 0]
    assert not list(tmp_path.iterdir())


def test_files_are_encrypted_and_padded(asker, code):
    page, words = came_back(asker, code), "canary of a paper " * 40
    attached(asker, page, a_paper(words, named="canary-name.pdf"), a_paper(words + "and more"))
    sealed = [bytes(piece.sealed) for piece in Piece.objects.all()]
    assert len({len(item) for item in sealed}) == 1
    for cell in cells():
        assert b"canary of a paper" not in cell and b"canary-name" not in cell


def test_deleting_everything_deletes_files_with_their_keys(asker, code):
    attached(asker, came_back(asker, code), brought(a_picture()), a_paper())
    assert Piece.objects.count() == 2
    page = came_back(asker, code)
    page = press(asker, "confirm_delete", page=page, resume_token=resume_token_of(page))
    press(asker, "delete", page=page, resume_token=resume_token_of(page))
    assert not (Piece.objects.exists() or Letter.objects.exists() or LetterKey.objects.exists())


@pytest.mark.parametrize("harm", ["altered", "cut", "swapped"])
def test_an_altered_file_cannot_be_opened(asker, code, cast, harm):
    attached(asker, came_back(asker, code), a_paper(), brought(OGG, "b.ogg"))
    first, second = Piece.objects.order_by("id")
    sealed = bytes(first.sealed)
    first.sealed = {
        "altered": sealed[:-1] + bytes([sealed[-1] ^ 1]),
        "cut": sealed[:-20],
        "swapped": bytes(second.sealed),
    }[harm]
    first.save()
    address = f"/letters/{Request.objects.get().id}/files/{first.letter_id}/taken"
    assert taken_by(cast.kartika, address).status_code == 404
    page = came_back(asker, code)
    number = next(n for n, each in enumerate(FILE.findall(page_text(page))) if each == str(first.letter_id))
    assert open_file(asker, page, code, number=number).status_code == 404


def test_feedback_and_complaints_accept_no_files(asker, cast):
    hearing.make_hearers(cast, at=clock.now())
    page = say(asker, words="It was good.")
    thread = came_back(asker, page.context["code"].text)
    assert "add_files" not in page_text(thread)
    assert press(asker, "add_files", page=thread, resume_token=resume_token_of(thread)).status_code == 404
    more = press(asker, "write", page=thread, resume_token=resume_token_of(thread), words="More")
    assert "add_files" not in page_text(more)
    thread = came_back(asker, page.context["code"].text)
    assert attached(asker, thread, a_paper()).status_code == 404
    assert not Piece.objects.exists()


def test_without_a_code_no_file_is_offered(asker):
    page = press(asker, "send", page=press(asker, "ask"), words="Help", kind="none", meeting="Friday")
    assert "add_files" not in page_text(page)
