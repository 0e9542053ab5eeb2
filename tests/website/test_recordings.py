"""Recordings: brought by an editor, published by another, heard by anybody without script."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from suar.accounts.roles import Role
from suar.audit.models import Entry
from suar.core import clock
from suar.demo import cast as casting
from suar.directory import actions as directory_actions
from suar.directory.models import Recording
from suar.directory.rules import opus
from suar.website.published import folder
from suar.website.published.build import Builder
from suar.website.published.copy import Copy
from tests.directory.entries import RANI, editing
from tests.feedback.submissions import on_staff_site
from tests.people import acting_as, client_of
from tests.website.publishing import DAY

TONE = Path(__file__).parent.parent / "directory" / "sounds" / "tone.ogg"
ADDRESS = "/directory/recordings"


def asks(player: Any, path: str = ADDRESS, **sent: Any) -> Any:
    """Let an editor ask for a page, or send a form to it."""
    with on_staff_site():
        client = client_of(player)
        return client.post(path, sent) if sent else client.get(path)


def bring(player: Any, *, language: str = "su", text: str = "read-1", content: bytes = b"") -> Any:
    """Let an editor bring the tone as a text read aloud."""
    file = SimpleUploadedFile("Ibu Sari Indramayu.ogg", content or TONE.read_bytes())
    return asks(player, text=text, language=language, file=file)


@pytest.fixture
def second(cast: Any) -> Any:
    """Return Hadi's house a second editor."""
    return casting.join(cast.village, "sinta", "Sinta", Role.DIRECTORY_EDITOR, at=clock.now())


@pytest.fixture
def published(cast: Any, visitor: Any) -> UUID:
    """Publish the first page in Sundanese."""
    row = Recording.objects.get(id=_brought("su"))
    directory_actions.publish_recording(row.id, by=acting_as(cast.hadi))
    return row.id


def _brought(language: str) -> UUID:
    return directory_actions.store_recording(
        opus.clean_recording(TONE.read_bytes()),
        text="read-1",
        language=language,
        by=editing(RANI, at=clock.now()),
    )


def test_an_uploaded_recording_is_not_public(cast, visitor):
    answer = bring(cast.hadi)
    assert answer.status_code == 302
    [row] = Recording.objects.all()
    assert row.published_at is None and "<audio" not in visitor.get("/en/read/1").content.decode()
    assert visitor.get(f"/en/listen/{row.id}").status_code == 404
    page = asks(cast.hadi, f"{ADDRESS}/{row.id}")
    assert "<audio" in page.content.decode()
    assert page["Content-Security-Policy"].endswith("; media-src 'self'")
    assert asks(cast.hadi, f"{ADDRESS}/{row.id}/sound").content == bytes(row.content)


def test_the_name_of_a_file_is_not_stored(cast, visitor):
    bring(cast.hadi)
    [row] = Recording.objects.all().values()
    assert "Sari" not in str(row) and b"Sari" not in bytes(row["content"])
    assert b"canary-of-a-reader" in TONE.read_bytes()
    assert b"canary-of-a-reader" not in bytes(row["content"])


def test_an_editor_cannot_publish_their_own_recording(cast, second, visitor):
    bring(cast.hadi)
    path = f"{ADDRESS}/{Recording.objects.get().id}"
    assert 'value="publish"' not in asks(cast.hadi, path).content.decode()
    refused = asks(cast.hadi, path, act="publish")
    assert refused.status_code == 409 and "A colleague must listen" in refused.content.decode()
    assert asks(second, path, act="publish").status_code == 302
    assert Recording.objects.get().published_by == second.id
    assert Entry.objects.filter(verb="publish_recording", by=second.id).exists()


def test_a_page_offers_its_recordings_without_script_and_asks_for_nothing_before(published, cast, visitor):
    page = visitor.get("/en/read/1")
    shown = page.content.decode()
    assert "Listen in another language" in shown and "Basa Sunda" in shown
    assert "About 1 min" in shown and 'preload="none"' in shown and "autoplay" not in shown
    assert f'src="/en/listen/{published}" type="audio/ogg"' in shown
    assert page["Content-Security-Policy"].endswith("; media-src 'self'")
    other = visitor.get("/en/read/2")
    assert "<audio" not in other.content.decode()
    assert "media-src" not in other["Content-Security-Policy"]


def test_recordings_have_private_headers_and_no_metadata(published, visitor):
    answer = visitor.get(f"/id/listen/{published}")
    assert answer["Content-Type"] == "audio/ogg" and answer["Content-Disposition"] == "inline"
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Cache-Control"] == "no-store"
    assert answer.content == opus.clean_recording(TONE.read_bytes()).content


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-1", slice(0, 2)),
        ("bytes=5-", slice(5, None)),
        ("bytes=-7", slice(-7, None)),
        ("bytes=2-99999999", slice(2, None)),
    ],
)
def test_a_player_gets_the_part_it_asks_for(published, visitor, asked, part):
    whole = visitor.get(f"/en/listen/{published}").content
    answer = visitor.get(f"/en/listen/{published}", headers={"range": asked})
    assert answer.status_code == 206 and answer.content == whole[part]
    first = len(whole) - len(whole[part]) if part.stop is None else part.start
    last = first + len(whole[part]) - 1
    assert answer["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"


@pytest.mark.parametrize(
    "asked",
    ["bytes=9-2", "bytes=99999999-", "bytes=-", "lines=1-2", "bytes=0-1,4-5", "bytes=-0", f"bytes={9 * 10**89}-"],
)
def test_an_invalid_range_gets_the_whole_file(published, visitor, asked):
    answer = visitor.get(f"/en/listen/{published}", headers={"range": asked})
    assert answer.status_code == 200 and len(answer.content) == int(answer["Content-Length"])


def removed() -> set[UUID]:
    """Return which recordings the audit tells to be removed."""
    entries = Entry.objects.filter(verb="remove_recording").values_list("about", flat=True)
    return {UUID(item) for about in entries for item in about}


def test_a_new_recording_replaces_the_old_one_when_published(published, cast, visitor):
    newer = _brought("su")
    assert not removed() and _brought("su") != newer, "one that waits is replaced at once"
    [waiting] = Recording.objects.filter(published_at=None)
    assert removed() == {newer}, "whose recording was replaced is told in the audit"
    assert visitor.get(f"/en/listen/{published}").status_code == 200
    directory_actions.publish_recording(waiting.id, by=acting_as(cast.hadi))
    assert removed() == {newer, published}
    assert visitor.get(f"/en/listen/{published}").status_code == 404
    assert f"/en/listen/{waiting.id}" in visitor.get("/en/read/1").content.decode()


def test_a_removed_recording_is_gone_at_once(published, cast, visitor):
    assert "<audio" in visitor.get("/en/read/1").content.decode()
    assert asks(cast.hadi, f"{ADDRESS}/{published}", act="remove").status_code == 302
    assert visitor.get(f"/en/listen/{published}").status_code == 404
    assert "<audio" not in visitor.get("/en/read/1").content.decode()


def test_a_recording_in_the_language_of_the_page_comes_first(cast, visitor):
    own = _brought("en")
    directory_actions.publish_recording(own, by=acting_as(cast.hadi))
    assert "Listen to this page" in visitor.get("/en/read/1").content.decode()
    assert "English" in visitor.get("/id/read/1").content.decode()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<html>", "is not Ogg with Opus"),
        (b"OggS" + bytes(90), "This file is damaged"),
        (TONE.read_bytes() + bytes(3 * 1024 * 1024), "larger than 3 MB"),
    ],
)
def test_an_invalid_sound_file_is_refused_and_choices_stay(cast, visitor, content, why):
    page = bring(cast.hadi, content=content)
    assert page.status_code == 400 and why in page.content.decode()
    assert '<option value="su" selected>' in page.content.decode()
    assert not Recording.objects.exists()


def test_nothing_but_our_texts_and_languages_can_be_chosen(cast, visitor):
    assert bring(cast.hadi, text="read-999").status_code == 400
    assert bring(cast.hadi, language="xx").status_code == 400
    assert not Recording.objects.exists()


def copied(*, with_recordings: bool) -> tuple[list[bytes], Builder]:
    """Build one page in two languages as a static copy has it."""
    builder = Builder(Copy(DAY, ("en", "id"), {"en": {}, "id": {}}, {}, recordings=with_recordings))
    files = builder.build("")
    return [files[f"{code}-read-1.html"] for code in ("en", "id")], builder


def test_a_copy_for_any_host_holds_a_recording_once_and_only_where_it_was_asked_for(published, visitor):
    pages, making = copied(with_recordings=False)
    assert not any(b"<audio" in page for page in pages)
    assert not [name for name in making.names.values() if name.endswith(".ogg")]
    pages, making = copied(with_recordings=True)
    [name] = [name for name in making.names.values() if name.endswith(".ogg")]
    assert all(f'src="{name}" type="audio/ogg"'.encode() in page for page in pages)
    assert making.files[name] == opus.clean_recording(TONE.read_bytes()).content
    assert name not in making.shared_files("en"), "no phone keeps it"


def test_host_headers_allow_sound_only_with_recordings():
    told = [folder.page_headers(recordings=item)["Content-Security-Policy"] for item in (True, False)]
    assert ["media-src 'self'" in item for item in told] == [True, False]
