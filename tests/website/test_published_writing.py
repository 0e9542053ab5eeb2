"""Writing a copy: nothing of anybody else's is touched, and no half copy is ever served."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from suar.core import clock
from suar.website.published import build, folder
from tests.website.conftest import LEGAL_AID, OLD, SHELTER

MARK = {"site.json": b'{"kind": "published copy of a public door"}'}
FIRST = {**MARK, "en.html": b"one", "assets/a.css": b"a"}
SECOND = {**MARK, "en.html": b"two"}


def there(root):
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_copy_replaces_the_earlier_one(tmp_path):
    place = tmp_path / "web" / "copy"
    folder.write_folder(FIRST, place)
    assert there(place) == FIRST
    assert (place / "assets").stat().st_mode & 0o777 == 0o755
    assert (place / "en.html").stat().st_mode & 0o777 == 0o644
    folder.write_folder(SECOND, place)
    assert there(place) == SECOND
    assert [path.name for path in place.parent.iterdir()] == ["copy"]


def test_an_empty_folder_is_accepted(tmp_path):
    folder.write_folder(FIRST, tmp_path)
    assert there(tmp_path) == FIRST


@pytest.mark.parametrize("held", ["site.json", "thesis.txt"])
def test_a_folder_with_other_files_is_refused(tmp_path, held):
    (tmp_path / held).write_text("[]")
    with pytest.raises(folder.NotACopy, match="nothing was touched"):
        folder.write_folder(FIRST, tmp_path)
    assert there(tmp_path) == {held: b"[]"}


def test_a_file_and_a_link_are_refused(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(folder.NotACopy):
            folder.write_folder(FIRST, tmp_path / name)


@pytest.mark.parametrize("name", ["../out.html", "/out.html", "en.html/x"])
def test_an_error_while_writing_leaves_the_old_copy(tmp_path, name):
    place = tmp_path / "copy"
    folder.write_folder(FIRST, place)
    with pytest.raises((folder.NotACopy, OSError)):
        folder.write_folder({**SECOND, name: b"x"}, place)
    assert there(place) == FIRST
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


def test_the_old_copy_is_restored_if_the_swap_fails(tmp_path, monkeypatch):
    place = tmp_path / "copy"
    folder.write_folder(FIRST, place)
    rename = type(place).rename

    def stopped(path, to):
        if to == place and path.name.startswith(".copy-new"):
            raise OSError("the disk says no")
        return rename(path, to)

    monkeypatch.setattr(type(place), "rename", stopped)
    with pytest.raises(OSError, match="says no"):
        folder.write_folder(SECOND, place)
    assert there(place) == FIRST
    assert [each.name for each in tmp_path.iterdir()] == ["copy"]


def publish(*words):
    said = StringIO()
    call_command("publish", *words, stdout=said)
    return said.getvalue()


@pytest.mark.django_db
@pytest.mark.usefixtures("public_site", "directory")
class TestCommand:
    def test_the_command_writes_the_folder_and_prints_it(self, tmp_path):
        said = publish("--out", str(tmp_path / "copy"), "--languages", "id")
        names = set(there(tmp_path / "copy"))
        assert f"as of {clock.today()}" in said
        assert {"index.html", "id.html", "404.html", f"id-s-{SHELTER}.html"} <= names
        assert f"id-s-{OLD}.html" not in names
        assert not any(name.startswith("en") for name in names)

    def test_the_default_day_is_that_of_the_last_change(self, tmp_path):
        day = clock.today()
        with clock.shifted(timedelta(days=30)):
            assert f"as of {day}" in publish("--out", str(tmp_path / "copy"))
        with clock.shifted(timedelta(days=360)):
            with pytest.raises(CommandError, match="too old"):
                publish("--out", str(tmp_path / "copy"))
            publish("--out", str(tmp_path / "copy"), "--date", clock.today().isoformat())
        assert f"en-s-{LEGAL_AID}.html" not in there(tmp_path / "copy")

    @pytest.mark.parametrize(
        "wrong",
        [
            ("--languages", "xx"),
            ("--district", "99.99"),
            ("--site", "http://site.example"),
            ("--address", "javascript:alert(1)"),
            ("--date", "tomorrow"),
        ],
        ids=lambda words: words[0],
    )
    def test_invalid_options_are_refused_before_writing(self, tmp_path, wrong):
        with pytest.raises(CommandError):
            publish("--out", str(tmp_path / "copy"), *wrong)
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_with_other_files_is_refused_before_building(self, tmp_path, monkeypatch):
        (tmp_path / "thesis.txt").write_text("mine")
        monkeypatch.setattr(build, "build", lambda *_, **__: pytest.fail("it was built"))
        with pytest.raises(CommandError, match="nothing was touched"):
            publish("--out", str(tmp_path))


@pytest.mark.django_db
def test_an_empty_directory_needs_a_day_and_gives_the_pages_to_read(public_site, tmp_path):
    with pytest.raises(CommandError, match="empty"):
        publish("--out", str(tmp_path / "copy"))
    publish("--out", str(tmp_path / "copy"), "--date", "2026-11-25")
    assert "en-read-1.html" in there(tmp_path / "copy")


@pytest.mark.django_db
def test_the_staff_side_cannot_publish(tmp_path):
    with pytest.raises(CommandError, match="suar publish"):
        publish("--out", str(tmp_path / "copy"), "--date", "2026-11-25")
