"""One editor or the operator alone imports a file of the directory from the command line or a page."""

from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.core.management import call_command
from django.urls import reverse

from suar.accounts.roles import Role
from suar.core.refusals import NotYours, Refused
from suar.demo import cast as casting
from suar.directory import importing
from suar.directory.models import Service, Upload
from suar.hsds import files
from suar.hsds.management.commands import import_hsds
from tests.attacks.test_one_insider import (
    FALSE,
    TRUE,
    both,
    confirmed_people,
    directory_file,
    import_page,
    published,
    two_accounts_nobody_vouched_for,
    world,
)
from tests.directory.conftest import on_the_day
from tests.directory.entries import AT
from tests.hsds.files import as_json
from tests.people import client_of

__all__ = ["both", "on_the_day", "world"]
pytestmark = pytest.mark.django_db


def run_import(tmp_path: Path, number: str, *, organisation: UUID) -> None:
    path = tmp_path / "file.json"
    entries = directory_file(number, street="Jalan Salah 6", hidden=False, organisation=organisation)
    path.write_bytes(as_json(*entries))
    call_command(import_hsds.Command(), str(path), districts_seen=True)


def test_the_import_command_alone_publishes_nothing(world: SimpleNamespace, tmp_path: Path) -> None:
    before = published()
    run_import(tmp_path, FALSE, organisation=world.house.organisation.id)
    assert published() == before
    upload = Upload.objects.get()
    for player in (*two_accounts_nobody_vouched_for(world, Role.DIRECTORY_EDITOR), world.house.first):
        with pytest.raises(NotYours):
            importing.import_upload(upload.id, files.from_json, file_wins=(), seen_warnings="", by=player.acting(at=AT))
    assert published() == before
    sari, lina = (
        casting.join(world.house, name, name, Role.DIRECTORY_EDITOR, at=AT).acting(at=AT) for name in ("sari", "lina")
    )
    # The operator may be one of the editors: two editors stand between the command and the public.
    with pytest.raises(Refused, match="not_checked"):
        importing.import_upload(upload.id, files.from_json, file_wins=(), seen_warnings="", by=sari)
    importing.check_upload(upload.id, by=sari)
    with pytest.raises(Refused, match="same_person"):
        importing.import_upload(upload.id, files.from_json, file_wins=(), seen_warnings="", by=sari)
    assert published() == before
    importing.import_upload(upload.id, files.from_json, file_wins=(), seen_warnings="", by=lina)
    assert published() != before, "the control: two editors confirm the file of the operator"


def test_an_editor_takes_over_only_files_of_the_operator(world: SimpleNamespace, tmp_path: Path) -> None:
    one, two = confirmed_people(world, import_page)
    upload = importing.store_upload("", file_name="x", by=one)
    with pytest.raises(Refused, match="draft_settled"):
        importing.check_upload(upload, by=two)
    assert Upload.objects.get().by == one.worker
    run_import(tmp_path, FALSE, organisation=world.house.organisation.id)
    operator = Upload.objects.exclude(id=upload).get()
    address = reverse("import_report", args=[operator.id])
    hadi = client_of(casting.join(world.house, "lina", "Lina", Role.DIRECTORY_EDITOR, at=AT))
    assert 'value="check"' in hadi.get(address).content.decode()
    hadi.post(address, {"answer": "check"})
    page = hadi.get(address).content.decode()
    assert 'value="check"' not in page and 'value="yes"' not in page


def test_the_import_command_fills_an_empty_directory(db: None, tmp_path: Path) -> None:
    run_import(tmp_path, TRUE, organisation=UUID(int=1))
    assert Service.objects.count() == 3 and not Upload.objects.exists()


def test_one_editor_fills_an_empty_directory_and_then_needs_another(db: None) -> None:
    house = casting.make_workplace("Rumah Rekaan", "esi", "Esi", at=AT)
    hadi = casting.join(house, "hadi", "Hadi", Role.DIRECTORY_EDITOR, at=AT).acting(at=AT)
    import_page(hadi)(hadi)
    assert Service.objects.count() == 3
    with pytest.raises(Refused, match="same_person"):
        import_page(hadi)(hadi)
