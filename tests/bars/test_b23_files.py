"""B23: hostile pictures and recordings are refused within limits, and their readers harm nobody.

Each limit of the process that draws is broken by somebody who has taken it over, once with the
limits and once without them: the second shows that the deed would succeed.
"""

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from suar.core import sandbox
from suar.core.files import redraw_child, redrawing
from suar.core.refusals import Refused
from tests.contact.uploads import a_picture, a_slow_picture

MAX_KIB = 300 * 1024
TAKEN_OVER = """
import os, sys
from suar.core.files import redraw_child as child

def redraw(content):
{deed}
    return b"done"

child.redraw = redraw
{before}
sys.exit(child.main())
"""
DEEDS = {
    "takes memory": "bytearray(400 * 1024 * 1024)",
    "writes": "open({file!r}, 'wb', buffering=0).write(b'x')",
    "opens a file": "open('/etc/passwd')",
    "opens a connection": "import socket\nsocket.socket()",
    "has children": "os.getuid() or os.setuid(65534)\nos.fork() or os._exit(0)",
}
FOR_EVER = "while True: pass"
MEASURED = """
import sys
from suar.core.files import redraw_child as child
status = open("/proc/self/status", buffering=1)
code = child.main()
[most] = [line.split()[1] for line in status if line.startswith("VmHWM")]
sys.stderr.write(most)
sys.exit(code)
"""


def ran(script: str, content: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    """Run a script as the process that draws is run, with nobody to stop it but itself."""
    return subprocess.run(
        [sys.executable, "-s", "-B", "-c", script],
        input=content,
        capture_output=True,
        cwd="/",
        env={"PYTHONPATH": str(sandbox.SOURCES)},
        timeout=60,
        check=False,
    )


def taken_over(deed: str, *, confined: bool = True) -> "subprocess.CompletedProcess[bytes]":
    """Run the process as if a picture had taken its reader over."""
    before = "" if confined else "child.confine = lambda **_: None"
    return ran(TAKEN_OVER.format(deed=textwrap.indent(deed, "    "), before=before))


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return what sets another process in the place of the one that draws.

    It plays a reader that a picture took over: ours has no known fault to take it over by.
    """

    def put(script: str) -> None:
        (tmp_path / "stand_in.py").write_text(f"import os, sys, time\n{script}\n")
        monkeypatch.setattr(sandbox, "SOURCES", tmp_path)
        monkeypatch.setattr(redrawing, "CHILD", "stand_in")

    return put


@pytest.mark.parametrize("deed", DEEDS)
def test_code_in_the_sandbox_cannot(deed: str, tmp_path: Path) -> None:
    file = tmp_path / "written"
    tmp_path.chmod(0o777)
    script = DEEDS[deed].format(file=str(file))
    assert taken_over(script).returncode == redraw_child.NOT_DRAWN
    assert not file.exists() or not file.read_bytes()
    free = taken_over(script, confined=False)
    assert (free.returncode, free.stdout) == (0, b"done"), free.stderr


@pytest.mark.slow
def test_the_sandbox_ends_after_two_seconds_of_cpu_time() -> None:
    assert taken_over(FOR_EVER).returncode == -signal.SIGKILL
    assert ran(MEASURED, a_slow_picture(scans=150_000)).returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (a_picture(kind="PNG", size=(4000, 4000), mode="1"), 0),
        (a_picture(kind="PNG", size=(4000, 4001), mode="1"), redraw_child.NOT_DRAWN),
        (a_slow_picture(scans=redrawing.MAX_SCANS, size=(2000, 1500)), 0),
    ],
)
def test_pixels_are_counted_and_memory_stays_small(content: bytes, code: int) -> None:
    answer = ran(MEASURED, content)
    assert answer.returncode == code
    assert 0 < int(answer.stderr) <= MAX_KIB


def test_scans_are_counted_before_decoding() -> None:
    assert not redrawing.has_too_many_scans(a_slow_picture(scans=redrawing.MAX_SCANS, size=(80, 60)))
    assert redrawing.has_too_many_scans(a_slow_picture(scans=redrawing.MAX_SCANS + 1, size=(80, 60)))
    assert not redrawing.has_too_many_scans(a_picture() + b"\xff\xda" * 90), "a film behind a photograph"
    assert not redrawing.has_too_many_scans(b"\x89PNG" + b"\xff\xda" * 90)
    photograph = a_picture()
    restarted = photograph[:2] + b"\xff\xd0\xff\x01" + photograph[2:]
    assert not redrawing.has_too_many_scans(restarted + b"\xff\xda" * 90), "marks that hold nothing"
    remark = b"\xff\xfe\x7f\xff" + b"\xff\xda" * 90
    assert redrawing.has_too_many_scans(b"\xff\xd8" + remark), "no scan that a reader comes to"


@pytest.mark.parametrize(
    "script",
    [
        "os.write(1, b'<script>')",
        "sys.stdout.buffer.write(b'\\xff\\xd8\\xff' + bytes(64_000_000))",
        "os.write(1, b'\\xff\\xd8\\xff'); sys.exit(1)",
        "pass",
        "os.write(1, b'\\xff\\xd8\\xff'); time.sleep(30)",
    ],
    ids=["a page", "without end", "a failure", "nothing", "late"],
)
def test_output_of_the_sandbox_is_checked(script, stand_in, settings, monkeypatch) -> None:
    monkeypatch.setattr(redrawing, "SECONDS", 2.0)
    stand_in(script)
    with pytest.raises(Refused):
        redrawing.redraw(a_picture())


def test_stderr_of_the_sandbox_is_not_stored(stand_in, settings) -> None:
    stand_in("os.write(2, bytes(9_000_000)); os.write(1, b'\\xff\\xd8\\xffrest')")
    assert redrawing.redraw(a_picture()) == b"\xff\xd8\xffrest"
