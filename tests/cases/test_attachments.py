"""Documents of a record: redrawn, sealed under keys of their own, listed, changed, struck out, and removed in time."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from suar.cases import attachments
from suar.cases.documents.papers import Attachment
from suar.cases.queries import get_document
from suar.cases.tasks import remove_expired_files
from suar.core import clock
from suar.core.refusals import NotYours
from suar.demo.cast import Cast
from suar.records import actions as records
from suar.records import files
from suar.records.keyring import OpenRecord
from suar.records.models import FileKey, FilePiece, StoredFile
from tests.contact.clamd import HARM, running
from tests.contact.uploads import OGG, WHERE, a_flood, a_telling_picture, fetched
from tests.people import client_of, refresh

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n"
PDF += b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
PDF += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]>>endobj\n"
PDF += b"trailer<</Root 1 0 R>>\n%%EOF\n"
SAID = {"name": "a pay slip of May", "kind": "CONTRACT", "given_by": "her aunt", "why": "to claim her wages"}


def in_days(days: int) -> str:
    return str(clock.today() + timedelta(days=days))


def add(client: Client, record: OpenRecord, content: bytes, **typed: str) -> Any:
    file = SimpleUploadedFile("from-a-stranger.exe", content)
    said = {**SAID, "keep_until": in_days(30), **typed, "file": file}
    return client.post(reverse("attachments", args=[record.id]), said)


def newest(record: OpenRecord, player: Any) -> tuple[str, Attachment]:
    refresh(record, player)
    return next(iter(attachments.list_attachments(record).items()))


def content_of(client: Client, record: OpenRecord, key: str, page: str) -> Any:
    """Follow the single-use address of a document."""
    answer = client.get(reverse(page, args=[record.id, key]))
    assert answer.status_code == 302, answer.status_code
    return fetched(answer["Location"])


@pytest.fixture
def paper(cast: Cast, ben: Client, amina: OpenRecord) -> str:
    """Add a picture and return the key of its document."""
    assert add(ben, amina, a_telling_picture()).status_code == 302
    return newest(amina, cast.ben)[0]


def test_a_picture_is_redrawn_sealed_and_shown(cast: Cast, ben: Client, amina: OpenRecord, paper: str) -> None:
    page = ben.get(reverse("attachment", args=[amina.id, paper]))
    assert "a pay slip of May" in page.content.decode()
    shown, saved = (content_of(ben, amina, paper, name) for name in ("attachment_preview", "attachment_saved"))
    assert shown["Content-Type"] == "image/jpeg"
    assert saved["Content-Disposition"].startswith("attachment")
    assert shown.content == saved.content
    assert WHERE.encode() in a_telling_picture()
    assert WHERE.encode() not in shown.content
    stored = b"".join(bytes(piece.sealed) for piece in FilePiece.objects.all())
    assert shown.content[:200] not in stored


def test_a_pdf_loses_its_script_and_has_a_picture_of_its_first_page(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    assert add(ben, amina, PDF).status_code == 302
    key, attachment = newest(amina, cast.ben)
    assert attachment.preview
    assert content_of(ben, amina, key, "attachment_preview")["Content-Type"] == "image/jpeg"
    copy = content_of(ben, amina, key, "attachment_saved").content
    assert copy.startswith(b"%PDF-")
    assert b"JavaScript" not in copy


def test_a_sound_is_stored(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    assert add(ben, amina, OGG, kind="VOICE").status_code == 302
    key, _ = newest(amina, cast.ben)
    assert content_of(ben, amina, key, "attachment_saved").content.startswith(b"OggS")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"%PDF-" + bytes(6_000_000), "too large"),
        (b"PK\x03\x04" + bytes(64), "not accepted"),
        (b"<svg onload=alert(1)>", "not accepted"),
        (b"%PDF-1.7 nothing follows", "cannot be read"),
        (a_flood(), "cannot be read"),
    ],
)
def test_a_hostile_file_is_refused_in_words_and_nothing_typed_is_lost(
    ben: Client, amina: OpenRecord, content: bytes, why: str
) -> None:
    page = add(ben, amina, content)
    assert page.status_code == 400
    assert why in page.content.decode()
    assert "her aunt" in page.content.decode()
    assert not StoredFile.objects.exists()


def test_a_file_in_which_the_scanner_finds_harm_is_not_stored(
    ben: Client, amina: OpenRecord, tmp_path: Path, settings: Any
) -> None:
    settings.SUAR_CLAMD_SOCKET = str(tmp_path / "clamd")
    with running(tmp_path / "clamd") as clamd:
        page = add(ben, amina, a_telling_picture() + HARM)
        assert page.status_code == 400 and "harmful" in page.content.decode()
        assert len(clamd.scanned) == 1 and not StoredFile.objects.exists()
        assert add(ben, amina, a_telling_picture()).status_code == 302, "the control"


def test_a_reason_and_a_day_within_ten_years_are_needed(ben: Client, amina: OpenRecord) -> None:
    for wrong in ({"why": ""}, {"keep_until": in_days(-1)}, {"keep_until": in_days(4000)}):
        assert add(ben, amina, a_telling_picture(), **wrong).status_code == 400
    assert not StoredFile.objects.exists()


def test_the_original_is_stored_only_with_a_reason_and_never_shown(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    assert add(ben, amina, a_telling_picture(), why_original="the court asks for it").status_code == 302
    key, attachment = newest(amina, cast.ben)
    assert attachment.original
    original = files.open_file(attachment.original, files.open_file_key(amina, attachment.original))
    assert original == a_telling_picture()
    with pytest.raises(NotYours):
        get_document(amina, Attachment, str(attachment.original))
    assert ben.get(reverse("attachment_saved", args=[amina.id, attachment.original])).status_code == 404
    assert WHERE.encode() not in content_of(ben, amina, key, "attachment_saved").content


def test_the_job_removes_a_document_after_its_day_without_a_key(
    cast: Cast, ben: Client, amina: OpenRecord, paper: str
) -> None:
    with clock.shifted(timedelta(days=30)):
        assert remove_expired_files.func() == 0
    with clock.shifted(timedelta(days=31)):
        assert remove_expired_files.func() == 1
    assert not (FileKey.objects.exists() or FilePiece.objects.exists())
    page = ben.get(reverse("attachment", args=[amina.id, paper]))
    assert "Nobody can open it any more" in page.content.decode()
    assert ben.get(reverse("attachment_saved", args=[amina.id, paper])).status_code == 404


def test_a_file_without_its_key_does_not_open(cast: Cast, ben: Client, amina: OpenRecord, paper: str) -> None:
    FileKey.objects.all().delete()
    assert ben.get(reverse("attachment_saved", args=[amina.id, paper])).status_code == 404


def test_destroying_a_record_destroys_its_files(cast: Cast, amina: OpenRecord, paper: str) -> None:
    records.destroy(amina.id, by=cast.ben.id, at=clock.now(), because="test")
    assert not (FileKey.objects.exists() or StoredFile.objects.exists() or FilePiece.objects.exists())


def test_the_day_of_removal_is_changed_and_two_editors_see_each_other(
    cast: Cast, ben: Client, amina: OpenRecord, paper: str
) -> None:
    address = reverse("attachment", args=[amina.id, paper])
    version = ben.get(address).context["form"]["version"].value()
    said = {**SAID, "keep_until": in_days(90), "version": version}
    assert ben.post(address, said).status_code == 302
    assert StoredFile.objects.get().expires_on == clock.today() + timedelta(days=90)
    page = client_of(cast.esi).post(address, {**said, "name": "another name"})
    assert page.status_code == 409
    assert "another name" in page.content.decode()
    shorter = client_of(cast.esi).post(address, {**said, "keep_until": in_days(60)})
    assert shorter.status_code == 409, "an earlier day is not refused before the colleague's version was seen"
    again = {**said, "name": "another name", "version": page.context["form"]["version"].value()}
    assert client_of(cast.esi).post(address, again).status_code == 302
    assert newest(amina, cast.ben)[1].name == "another name"


def test_a_struck_document_stays_listed_and_its_file_may_go_at_once(
    cast: Cast, ben: Client, amina: OpenRecord, paper: str
) -> None:
    address = reverse("attachment", args=[amina.id, paper])
    assert ben.post(address, {"strike": "yes"}).status_code == 400, "a reason is needed"
    assert ben.post(address, {"strike": "yes", "strike-reason": "of her sister", "strike-destroy": "on"})
    assert not FileKey.objects.exists()
    assert "of her sister" in ben.get(address).content.decode()
    assert "Document: Contract or pay slip" in ben.get(reverse("person", args=[amina.id])).content.decode()
    assert ben.get(reverse("attachment_preview", args=[amina.id, paper])).status_code == 404
    assert ben.post(address, {**SAID, "keep_until": in_days(9), "version": 2}).status_code == 400


def test_adding_a_document_is_undone_within_a_minute(cast: Cast, ben: Client, amina: OpenRecord, paper: str) -> None:
    undo = {"what": "attachment", "key": paper}
    page = ben.get(reverse("attachments", args=[amina.id])).content.decode()
    assert f'value="{paper}"' in page
    with clock.shifted(timedelta(seconds=70)):
        assert client_of(cast.ben).post(reverse("undo", args=[amina.id]), undo).status_code == 409
    assert ben.post(reverse("undo", args=[amina.id]), undo).status_code == 302
    assert not StoredFile.objects.exists()
    refresh(amina, cast.ben)
    assert attachments.list_attachments(amina) == {}


def test_a_colleague_who_may_not_know_gets_nothing(cast: Cast, amina: OpenRecord, paper: str) -> None:
    for page in ("attachment", "attachment_preview", "attachment_saved"):
        assert client_of(cast.farid).get(reverse(page, args=[amina.id, paper])).status_code == 404
    assert client_of(cast.farid).get(reverse("attachments", args=[amina.id])).status_code == 404


def test_a_record_takes_no_more_than_its_limit(cast: Cast, ben: Client, amina: OpenRecord, paper: str) -> None:
    StoredFile.objects.bulk_create(StoredFile(record_id=amina.id) for _ in range(200))
    page = add(ben, amina, a_telling_picture())
    assert page.status_code == 400
    assert "no more fit" in page.content.decode()
