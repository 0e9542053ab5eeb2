"""Booklets on both sites and from the command line."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from suar.accounts.roles import Role
from suar.core import clock
from suar.core.refusals import Conflict
from suar.demo import cast as casting
from suar.website.management.commands import booklet
from suar.website.print import actions, pdf, queries
from suar.website.print.models import Edition, Layout
from suar.website.print.pdf import FontMissing
from tests.booklets.printing import AT, CITY, bed, load, made, with_place
from tests.html import squeeze
from tests.people import client_of
from tests.website.conftest import public_site, visitor

__all__ = ["public_site", "visitor"]
pytestmark = pytest.mark.django_db
CHOSEN = {"place": CITY, "language": "en"}


@pytest.fixture
def hadi(db: None) -> Client:
    """Return the browser of Hadi, who edits the directory."""
    house = casting.make_workplace("Rumah Rekaan", "esi", "Esi", at=AT)
    return client_of(casting.join(house, "hadi", "Hadi", Role.DIRECTORY_EDITOR, at=AT))


@pytest.fixture
def offered(db: None) -> Any:
    """Make an edition in all its forms."""
    load(with_place(bed()))
    edition = made()
    actions.render_rest(edition)
    return edition


def test_an_editor_makes_an_edition_and_takes_each_of_its_files(hadi: Client) -> None:
    load(with_place(bed()))
    answer = hadi.post(reverse("booklets"), CHOSEN)
    [edition] = queries.list_editions()
    assert answer.url == reverse("booklet", args=[edition.id])
    assert DBTaskResult.objects.filter(task_path="suar.website.print.tasks.render_rest").count() == 1
    page = hadi.get(answer.url).content.decode()
    assert "Cirebon City, edition 1" in page
    assert page.count("is made when you open it") == 3
    for form in Layout:
        file = hadi.get(reverse("booklet_file", args=[edition.id, form]))
        assert file["Content-Type"] == "application/pdf"
        assert file["Content-Disposition"] == f'attachment; filename="32.74-en-1-{form}.pdf"'
        assert file.content.startswith(b"%PDF-1.7")


def test_the_list_shows_number_count_and_changes(hadi: Client, offered: Any) -> None:
    load(with_place(bed(cost="FULL"), bed("more")))
    made(at=AT + timedelta(days=2))
    page = squeeze(hadi.get(reverse("booklets")).content)
    assert "2 entries · 1 new, 1 changed, 0 gone" in page
    assert "1 entry · First edition" in page
    assert page.index("edition 2") < page.index("edition 1")


def test_without_confirmed_entries_no_edition_is_made(hadi: Client) -> None:
    answer = hadi.post(reverse("booklets"), CHOSEN)
    assert answer.status_code == 400
    assert "Nobody confirmed an entry for this place within the last year." in answer.content.decode()
    assert not Edition.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"place": "99.99", "language": "en"},
        {"place": CITY, "language": "xx"},
        {"place": "SEA", "language": "en"},
        {"place": "<b>", "language": "en"},
    ],
)
def test_a_place_or_language_that_is_not_offered_is_named_beside_its_field(hadi: Client, sent: dict[str, str]) -> None:
    answer = hadi.post(reverse("booklets"), sent)
    assert answer.status_code == 400
    assert b"<b>" not in answer.content


def test_a_missing_font_is_named_and_nothing_is_made(hadi: Client, monkeypatch: Any) -> None:
    load(with_place(bed()))

    def missing(language: str) -> None:
        raise FontMissing("Noto Sans Nowhere")

    # Every font is on this machine, or some are: which ones, no test may depend on.
    monkeypatch.setattr(pdf, "load_fonts", missing)
    answer = hadi.post(reverse("booklets"), CHOSEN)
    assert "This language needs the font Noto Sans Nowhere" in answer.content.decode()
    assert not Edition.objects.exists()


def test_a_concurrent_edition_is_not_overwritten(monkeypatch: Any) -> None:
    load(with_place(bed()))
    made()
    # What was read just before somebody else was faster; no test can stop between the two.
    monkeypatch.setattr(queries, "latest", lambda place, language: None)
    with pytest.raises(Conflict):
        made(at=AT + timedelta(days=1))
    assert [edition.number for edition in queries.list_editions()] == [1]


@pytest.mark.parametrize("form", ["a6", "A5", "pdf"])
def test_a_form_that_is_none_is_absent(hadi: Client, visitor: Client, offered: Any, form: str) -> None:
    assert visitor.get(f"/en/booklets/{offered}/{form}").status_code == 404


def test_a_visitor_downloads_the_newest_booklet_under_a_neutral_name(visitor: Client, offered: Any) -> None:
    page = visitor.get("/en/booklets")
    assert "<title>Information</title>" in page.content.decode()
    assert "A file stays on this phone" in page.content.decode()
    for form in Layout:
        assert f"/en/booklets/{offered}/{form}" in page.content.decode()
        file = visitor.get(f"/en/booklets/{offered}/{form}")
        assert file.content == queries.get_stored_pdf(offered, form)
        assert file["Content-Disposition"] == 'attachment; filename="information.pdf"'
        assert file["Cache-Control"] == "no-store"
        assert not file.cookies
    assert 'value="/en/booklets"' in visitor.get("/en/").content.decode()


def test_a_language_without_a_booklet_links_to_others(visitor: Client, offered: Any) -> None:
    page = squeeze(visitor.get("/id/booklets").content)
    assert "Belum ada buku dalam bahasa ini." in page
    assert '<a href="/en/booklets" hreflang="en" lang="en" dir="ltr"' in page


def test_the_public_site_sends_stored_and_valid_files_only(visitor: Client, offered: Any) -> None:
    with clock.shifted(AT + timedelta(days=1) - clock.now()):
        newer = made(at=clock.now())
        assert visitor.get(f"/en/booklets/{offered}/a5").status_code == 404
        assert visitor.get(f"/en/booklets/{newer}/card").status_code == 404
        assert visitor.get(f"/en/booklets/{newer}/a5").status_code == 200
    with clock.shifted(AT + timedelta(days=182) - clock.now()):
        assert visitor.get(f"/en/booklets/{newer}/a5").status_code == 404
        assert 'value="/en/booklets"' not in visitor.get("/en/").content.decode()


def test_the_home_page_offers_no_booklet_where_there_is_none(visitor: Client) -> None:
    assert 'value="/en/booklets"' not in visitor.get("/en/").content.decode()


def command(*words: str) -> str:
    """Run the command and give what it says."""
    told = io.StringIO()
    call_command(booklet.Command(), *words, stdout=told)
    return told.getvalue()


def test_the_command_writes_one_form_and_again_the_same_bytes(tmp_path: Path) -> None:
    load(with_place(bed()))
    words = ("--district", "Kota Cirebon", "--language", "id", "--out", str(tmp_path / "new"))
    told = command(*words, "--edition", "compact")
    path = tmp_path / "new" / "32.74-id-1-compact.pdf"
    assert told == f"{path}: 1 entries. First edition.\n"
    first = path.read_bytes()
    command(*words, "--edition", "compact", "--number", "1")
    assert path.read_bytes() == first
    command(*words)
    assert (tmp_path / "new" / "32.74-id-1-a5.pdf").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--district", "Atlantis", "--language", "en"), "No district or province is called"),
        (("--district", CITY, "--language", "xx"), "There are no words in xx"),
        (("--district", CITY, "--language", "en", "--number", "7"), "There is no edition 7"),
        (("--district", "31.71", "--language", "en"), "Nobody confirmed an entry"),
        (("--district", CITY, "--language", "en", "--edition", "a6"), "invalid choice"),
        (("--district", CITY, "--language", "en", "--out", "/proc/none"), "could not be written"),
        (("--language", "en"), "--district"),
    ],
)
def test_the_command_explains_an_error_in_a_sentence(words: tuple[str, ...], said: str) -> None:
    load(with_place(bed()))
    with pytest.raises(CommandError, match=said):
        command(*words)
