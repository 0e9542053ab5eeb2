"""`./suar demo` with a folder and two ports of one's own: there, and for this machine only."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from urllib.request import urlopen

import pytest

from tests.standing import Demonstration, free_port
from tools.places import ROOT

pytestmark = pytest.mark.story
FROM_OUTSIDE = "127.0.0.2"
"""An address of this machine too, which only whoever listens everywhere hears."""
SAYS_SO = b"Demonstration world: invented people"
ENDS_WITHIN_S = 30


@dataclass
class Said:
    """What the command printed before it waits, and the two ports it was given."""

    words: str
    public: int
    staff: int


@pytest.fixture(scope="module")
def said(demonstration: Demonstration) -> Iterator[Said]:
    """Serve the world that stands already once more, as somebody at a keyboard would."""
    if demonstration.folder.database:
        pytest.skip("the command keeps its world in the encrypted file, whatever the shell says")
    public, staff = free_port(), free_port()
    words = ["demo", "--data", str(demonstration.folder.data)]
    words += ["--public-port", str(public), "--staff-port", str(staff)]
    with subprocess.Popen([sys.executable, "suar", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        told = takewhile(lambda line: not line.startswith("Press Ctrl-C"), process.stdout)
        yield Said("".join(told), public, staff)
        process.terminate()
        assert process.wait(ENDS_WITHIN_S) == 0
    assert not _hears("127.0.0.1", staff), "nothing of it goes on"


def test_demo_prints_two_urls_and_the_accounts(demonstration: Demonstration, said: Said) -> None:
    assert f"http://127.0.0.1:{said.public}/" in said.words
    assert f"http://localhost:{said.staff}/" in said.words
    assert f"ben        {demonstration.worker('ben')['password']}" in said.words
    assert "./suar demo code NAME" in said.words


@pytest.mark.parametrize("path", ["/", "/en/about", "/en/booklets", "/weather"])
def test_every_public_page_states_that_people_are_invented(said: Said, path: str) -> None:
    page = urlopen(f"http://127.0.0.1:{said.public}{path}").read()
    assert (SAYS_SO in page) is (path != "/weather"), "the neutral page says nothing of this site"


def test_the_sign_in_page_states_that_people_are_invented(said: Said) -> None:
    assert SAYS_SO in urlopen(f"http://localhost:{said.staff}/sign-in").read()


def test_demo_listens_on_loopback_only(said: Said) -> None:
    for port in (said.public, said.staff):
        assert _hears("127.0.0.1", port)
        assert not _hears(FROM_OUTSIDE, port)


def test_the_check_finds_a_listener_on_all_addresses() -> None:
    with socket.create_server(("0.0.0.0", 0)) as open_to_all:  # noqa: S104 - what must be seen
        assert _hears(FROM_OUTSIDE, open_to_all.getsockname()[1])


def _hears(host: str, port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex((host, port)) == 0
