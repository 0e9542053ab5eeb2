"""Files are scanned before they are sealed, where ClamAV is there; where it is not, staff read so."""

import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from suar.contact.models import Piece, Request
from suar.core.files import clamav
from suar.core.files.clamav import Scan
from tests.contact.clamd import HARM, running
from tests.contact.test_files import asks, desk_page, page_text
from tests.contact.uploads import OGG, a_paper, a_picture, attached, brought
from tests.contact.writing import ask_for_help, came_back

HARMFUL = a_picture() + HARM


@pytest.fixture
def clamd(tmp_path: Path, settings: Any):
    """Run a scanner that answers."""
    settings.SUAR_CLAMD_SOCKET = str(tmp_path / "clamd")
    with running(tmp_path / "clamd") as server:
        yield server


@pytest.fixture
def code(asker: Any) -> str:
    """Return the code of a letter that was sent."""
    return ask_for_help(asker)[1]


def pages_of_files(cast: Any) -> list[str]:
    """Return what staff read of each file."""
    base = f"/letters/{Request.objects.get().id}/files"
    return [page_text(asks(cast.kartika, f"{base}/{file['id']}")) for file in desk_page(cast).context["files"]]


def test_a_harmful_file_is_not_stored_and_both_sides_read_so(asker, code, cast, clamd):
    page = attached(asker, came_back(asker, code), brought(HARMFUL, "a.jpg"), brought(OGG, "voice.ogg"))
    assert "Not every file has arrived" in page_text(page) and "may harm others" in page_text(page)
    assert clamd.scanned == [HARMFUL, OGG], "as the person sent them"
    assert Piece.objects.count() == 1
    letter = page_text(desk_page(cast))
    assert "found harmful code in a file" in letter and "My wages were kept." in letter
    assert "may harm others" in page_text(came_back(asker, code))
    assert ["found nothing in this file" in page for page in pages_of_files(cast)] == [True]


def test_a_harmful_file_alone_reaches_nobody_but_the_letter_does(asker, code, cast, clamd):
    attached(asker, came_back(asker, code), brought(HARMFUL, "a.jpg"))
    assert not Piece.objects.exists()
    assert "found harmful code in a file" in page_text(desk_page(cast))


def test_without_a_scanner_files_arrive_and_staff_read_that_they_were_not_scanned(asker, code, cast, settings):
    attached(asker, came_back(asker, code), a_paper())
    settings.SUAR_CLAMD_SOCKET = "/run/nobody/clamd"
    attached(asker, came_back(asker, code), brought(HARMFUL))
    assert ["was not scanned" in page for page in pages_of_files(cast)] == [True, True]


@pytest.mark.parametrize(
    ("reply", "scan"),
    [
        (b"stream: OK\0", Scan.CLEAN),
        (b"stream: Eicar-Test-Signature FOUND\0", Scan.HARMFUL),
        (b"INSTREAM size limit exceeded. ERROR\0", Scan.NOT_SCANNED),
        (b"", Scan.NOT_SCANNED),
        (b"stream: O", Scan.NOT_SCANNED),
        (b"\0" + bytes(99_999), Scan.NOT_SCANNED),
        (b"hang", Scan.NOT_SCANNED),
    ],
)
def test_only_a_clear_reply_counts_and_a_slow_scanner_keeps_nobody(reply, scan, tmp_path, settings, monkeypatch):
    monkeypatch.setattr(clamav, "SECONDS", 0.3)
    settings.SUAR_CLAMD_SOCKET = str(tmp_path / "clamd")
    with running(tmp_path / "clamd", reply=reply):
        begun = time.monotonic()
        assert clamav.scan(b"a file") is scan
        assert time.monotonic() - begun < 2


def test_the_daemon_of_clamav_itself_finds_harm(tmp_path, settings):
    if not shutil.which("clamd"):
        pytest.skip("clamd is not installed: apt-get install clamav-daemon")
    tmp_path.chmod(0o755)
    (tmp_path / "own.ndb").write_text(f"Test.Harm:0:*:{HARM.hex()}\n")
    names = {"DatabaseDirectory": tmp_path, "LocalSocket": tmp_path / "clamd", "TemporaryDirectory": tmp_path}
    lines = [*(f"{name} {path}" for name, path in names.items()), "Foreground yes", "LocalSocketMode 666"]
    (tmp_path / "clamd.conf").write_text("\n".join([*lines, "User root", ""]))
    settings.SUAR_CLAMD_SOCKET = str(tmp_path / "clamd")
    with subprocess.Popen(["clamd", "-c", tmp_path / "clamd.conf"], stdout=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + 60
            while clamav.scan(b"ready?") is Scan.NOT_SCANNED:
                assert process.poll() is None and time.monotonic() < until
                time.sleep(0.2)
            assert clamav.scan(HARMFUL) is Scan.HARMFUL
            assert clamav.scan(a_picture()) is Scan.CLEAN
        finally:
            process.terminate()
