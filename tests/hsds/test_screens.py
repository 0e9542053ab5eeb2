"""Import pages for editors: choose a file, review its changes, import it; and the command."""

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from suar.accounts.roles import Role
from suar.core import clock
from suar.core.refusals import NotYours
from suar.demo import cast as casting
from suar.directory import importing, queries, tasks
from suar.directory.models import Provider, Service, Upload
from suar.directory.search import SearchQuery
from suar.hsds import reading
from suar.hsds.files import MAX_BYTES
from suar.hsds.management.commands import import_hsds
from tests.directory.entries import AT, at_place, editing, entry, entry_id, load, place, provider
from tests.hsds.files import CSV_FOLDERS, OFFICIAL, as_json, folder_as_zip, service
from tests.people import client_of

pytestmark = pytest.mark.django_db
BED = entry("bed", types=["HOU_MEN"], areas=["32.74"])


@pytest.fixture
def organisation(db: None) -> casting.Workplace:
    """Create an organisation."""
    return casting.make_workplace("Rumah Rekaan", "esi", "Esi", at=AT)


@pytest.fixture
def hadi(organisation: casting.Workplace) -> Client:
    """Return the client of Hadi, an editor of the directory."""
    return client_of(casting.join(organisation, "hadi", "Hadi", Role.DIRECTORY_EDITOR, at=AT))


def choose(client: Client, content: bytes, name: str = "file.json"):
    return client.post(reverse("import_directory"), {"file": SimpleUploadedFile(name, content)})


def test_a_file_is_previewed_and_then_imported(hadi: Client) -> None:
    tried = choose(hadi, as_json(provider(BED)))
    assert tried.status_code == 302
    assert Service.objects.count() == 0
    shown = hadi.get(tried.url)
    assert "Providers: 1. Places: 0. Services: 1." in shown.content.decode()
    done = hadi.post(tried.url, {"answer": "yes"}, follow=True)
    assert "File imported." in done.content.decode()
    assert queries.service_card(entry_id("bed")).name == "Invented bed"


def test_an_import_sent_twice_counts_once_and_leads_to_the_same_page(hadi: Client) -> None:
    tried = choose(hadi, as_json(provider(BED)))
    form_id = re.search(r'name="form_id" value="([^"]+)"', hadi.get(tried.url).content.decode())[1]
    first, second = (hadi.post(tried.url, {"answer": "yes", "form_id": form_id}) for _ in range(2))
    assert (first.status_code, first.url) == (second.status_code, second.url) == (302, reverse("directory"))
    assert Service.objects.count() == 1


@pytest.mark.parametrize("typed", [{}, {"answer": ""}, {"answer": "maybe"}])
def test_nothing_is_imported_without_a_confirmation(hadi: Client, typed: dict[str, str]) -> None:
    tried = choose(hadi, as_json(provider(BED)))
    shown = hadi.post(tried.url, typed)
    assert "Import" in shown.content.decode()
    assert (Service.objects.count(), Upload.objects.count()) == (0, 1)


def test_a_discarded_upload_is_deleted(hadi: Client) -> None:
    tried = choose(hadi, as_json(provider(BED)))
    assert hadi.post(tried.url, {"answer": "no"}).url == reverse("import_directory")
    assert hadi.post(tried.url, {"answer": "no"}).status_code == 404
    assert hadi.get(tried.url).status_code == 404
    assert (Service.objects.count(), Upload.objects.count()) == (0, 0)


def test_tables_in_a_zip_are_imported(hadi: Client) -> None:
    tried = choose(hadi, folder_as_zip(CSV_FOLDERS[1]), "tables.zip")
    assert hadi.post(tried.url, {"answer": "yes"}).status_code == 302
    assert Service.objects.count() == 1


def test_a_wrong_file_is_refused_with_rows_and_reasons(hadi: Client) -> None:
    page = choose(hadi, as_json(provider(service(email="nobody"))))
    words = page.content.decode()
    assert page.status_code == 400
    assert "entry 1, services 1: email" in words
    assert "This is not an email address." in words
    assert (Service.objects.count(), Upload.objects.count()) == (0, 0)


def test_html_in_a_file_is_escaped(hadi: Client) -> None:
    page = choose(hadi, as_json(service(suar={"<script>": 1, "papers": "<b>x</b>"})))
    assert "<script>" not in page.content.decode().split("</head>")[1]
    assert "<b>x</b>" not in page.content.decode()


@pytest.mark.parametrize("content", [b"", b"<xml/>", b"\xff\xfe", b"[" * 100_000])
def test_a_file_of_another_format_is_refused(hadi: Client, content: bytes) -> None:
    assert choose(hadi, content).status_code == 400


def test_a_file_that_is_too_large_is_not_even_read(hadi: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "read_upload", lambda *_: pytest.fail("it was read"))
    page = choose(hadi, b"x" * (MAX_BYTES + 1))
    assert page.status_code == 400
    assert "too large" in page.content.decode()


def test_a_missing_file_is_an_error_at_the_field(hadi: Client) -> None:
    assert hadi.post(reverse("import_directory")).status_code == 400
    assert hadi.get(reverse("import_directory")).status_code == 200


def test_a_report_that_changed_is_shown_again_before_the_import(hadi: Client) -> None:
    lone = {**BED, "organization_id": str(entry_id("house"))}
    load(provider())
    tried = choose(hadi, as_json(lone))
    Service.objects.all().delete()
    Provider.objects.all().delete()
    page = hadi.post(tried.url, {"answer": "yes"})
    assert page.status_code == 400
    assert "No provider has this id" in page.content.decode()
    assert Service.objects.count() == 0


def test_one_editor_uploads_a_file_and_another_imports_it(organisation, hadi: Client) -> None:
    rani = client_of(casting.join(organisation, "rani", "Rani", Role.DIRECTORY_EDITOR, at=AT))
    tried = choose(hadi, as_json(provider(BED)))
    page = hadi.get(tried.url).content.decode()
    assert "A colleague has to import it" in page and 'value="yes"' not in page
    assert (hadi.post(tried.url, {"answer": "yes"}).status_code, Service.objects.count()) == (409, 0)
    assert reverse("import_report", args=[Upload.objects.get().id]) in rani.get(reverse("directory")).content.decode()
    assert rani.post(tried.url, {"answer": "yes"}).status_code == 302
    assert (Service.objects.count(), Upload.objects.count()) == (1, 0)


def test_an_upload_that_nobody_imports_is_deleted_after_a_week(hadi: Client) -> None:
    first = importing.store_upload("{}", file_name="x", by=editing(at=clock.now()))
    with clock.shifted(importing.UPLOAD_LIFETIME - timedelta(minutes=1)):
        tasks.purge_uploads.call()
        assert importing.get_upload(first, at=clock.now())
    with clock.shifted(importing.UPLOAD_LIFETIME + timedelta(minutes=1)):
        with pytest.raises(NotYours):
            importing.get_upload(first, at=clock.now())
        assert tasks.purge_uploads.call() == 1
    assert not Upload.objects.exists()


def test_fields_of_a_hidden_place_are_reported_as_left_out(hadi: Client) -> None:
    place = {"id": str(entry_id("p")), "location_type": "physical", "name": "Canary", "suar": {"hidden": True}}
    page = hadi.get(choose(hadi, as_json(provider(locations=[place]))).url).content.decode()
    assert "The place is hidden. This was not stored." in page
    assert "Canary" not in page
    assert "Canary" not in Upload.objects.get().content


@pytest.fixture
def file_naming_district() -> bytes:
    """Return a file with a hidden shelter whose text names its district."""
    at = [{"id": str(entry_id("at")), "location_id": str(entry_id("p"))}]
    bed = {**BED, "description": "A bed in Kota Cirebon", "service_at_locations": at}
    place = {"id": str(entry_id("p")), "location_type": "physical", "suar": {"hidden": True}}
    return as_json(provider(bed, locations=[place]))


def test_the_report_warns_of_a_text_that_names_the_district_of_a_hidden_place(hadi, file_naming_district) -> None:
    tried = choose(hadi, file_naming_district)
    page = hadi.get(tried.url).content.decode()
    assert "Check these before you import" in page
    assert "names a district, town or village: Kota Cirebon" in page
    assert Service.objects.count() == 0
    assert hadi.post(tried.url, {"answer": "yes"}).status_code == 409
    assert Service.objects.count() == 0
    hadi.post(tried.url, {"answer": "yes", "seen": seen(page)})
    assert Service.objects.count() == 1


def seen(page: str) -> str:
    """Return the mark of the warnings on a report page."""
    return re.search(r'name="seen" value="(\w*)"', page)[1]


def test_new_warnings_are_shown_again_before_the_import(organisation, hadi: Client) -> None:
    def file_with(words: str, **more: bool) -> dict:
        bed = {**BED, "description": words, "service_at_locations": at_place("p")}
        return provider(bed, locations=[place("p", suar={"district": "32.74", **more})])

    load(file_with("A bed"))
    rani = client_of(casting.join(organisation, "rani", "Rani", Role.DIRECTORY_EDITOR, at=AT))
    tried = choose(rani, as_json(file_with("A bed in Kota Cirebon")))
    yes = {"answer": "yes", "seen": seen(hadi.get(tried.url).content.decode())}
    load(file_with("A bed", hidden=True))
    asked = hadi.post(tried.url, yes)
    page = asked.content.decode()
    assert "what has to be checked has changed since you saw this page" in page
    assert "names a district, town or village: Kota Cirebon" in page
    assert (asked.status_code, queries.service_card(entry_id("bed")).description) == (409, "A bed")
    hadi.post(tried.url, {"answer": "yes", "seen": seen(page)})
    assert queries.service_card(entry_id("bed")).description == "A bed in Kota Cirebon"


def test_the_command_imports_a_named_district_only_with_the_option(file_naming_district, tmp_path) -> None:
    (tmp_path / "file.json").write_bytes(file_naming_district)
    err, words = io.StringIO(), {"stdout": io.StringIO()}
    call = (import_hsds.Command(), str(tmp_path / "file.json"))
    with pytest.raises(CommandError, match="--districts-seen") as failed:
        call_command(*call, stderr=err, **words)
    assert (failed.value.returncode, Service.objects.count()) == (2, 0)
    assert "names a district, town or village: Kota Cirebon" in err.getvalue()
    call_command(*call, dry_run=True, **words)
    assert Service.objects.count() == 0
    call_command(*call, districts_seen=True, **words)
    assert Service.objects.count() == 1
    call_command(*call, **words)


def test_entries_are_listed_read_and_confirmed(hadi: Client) -> None:
    load(provider(entry("bed", types=["HOU_MEN"], areas=["32.74"], assured_date="2026-01-01")))
    assert "Invented bed" in hadi.get(reverse("directory"), {"text": "bed"}).content.decode()
    assert "No entry matches" in hadi.get(reverse("directory"), {"text": "zz"}).content.decode()
    address = reverse("directory_entry", args=[entry_id("bed")])
    page = hadi.get(address).content.decode()
    assert "1 January 2026" in page
    assert "Identity papers needed" in page
    assert hadi.post(reverse("confirm_entry", args=[entry_id("bed")])).url == address
    assert "25 November 2026" in hadi.get(address).content.decode()


def test_the_list_goes_on_page_by_page(hadi: Client) -> None:
    load(provider(*(entry(f"s{n}", types=["HOU_MEN"], areas=["32"]) for n in range(25))))
    first = hadi.get(reverse("directory")).content.decode()
    later = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    pages = (first, hadi.get(later).content.decode())
    rows = [re.findall(r'href="/directory/[0-9a-f-]{36}"', page) for page in pages]
    assert [len(row) for row in rows] == [20, 5]


def test_the_command_imports_a_file_or_a_folder_or_only_checks(tmp_path: Path) -> None:
    out, command = io.StringIO(), import_hsds.Command()
    call_command(command, str(CSV_FOLDERS[0]), dry_run=True, stdout=out)
    assert "New: Providers: 1. Places: 1. Services: 1." in out.getvalue()
    assert Service.objects.count() == 0
    call_command(command, str(OFFICIAL / "3.1-dev" / "service_full.json"), stdout=out)
    assert "latitude: This position does not exist: 100.0." in out.getvalue()
    assert Service.objects.count() == 1
    assert queries.search_services(SearchQuery()).cards == ()


def test_the_command_fails_with_a_reason(tmp_path: Path) -> None:
    command, wrong = import_hsds.Command(), tmp_path / "wrong.json"
    wrong.write_text("[{}]")
    err = io.StringIO()
    with pytest.raises(CommandError, match=r"Nothing was imported\."):
        call_command(command, str(wrong), stderr=err, stdout=io.StringIO())
    assert "entry 1: This is not a known HSDS object." in err.getvalue()
    with pytest.raises(CommandError, match="There is no"):
        call_command(command, str(tmp_path / "absent"))
