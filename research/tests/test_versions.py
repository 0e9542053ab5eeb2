"""What decides the last digit of an answer is named, and kept pieces go with it."""

import hashlib
import sys
from pathlib import Path

import numpy as np

import suar_research
from suar_research import __version__
from suar_research.running import Runner, Versions, versions
from test_running import Number


def test_versions_name_the_code_that_is_there():
    here, found = Path(suar_research.__file__).parent, versions()
    modules = sorted(here.rglob("*.py"))
    read = [(module.relative_to(here).as_posix(), module.read_bytes()) for module in modules]
    whole = b"".join(b"%s %d\n%s" % (name.encode(), len(text), text) for name, text in read)
    assert len(modules) > 50
    assert found.code == hashlib.sha256(whole).hexdigest()[:8]
    assert (found.suar, found.numpy) == (__version__, np.__version__)
    assert sys.version.startswith(f"{found.python}.")


def test_versions_are_said_in_words():
    made = Versions("0.1", "abcdef01", "2.4", "3.11")
    assert made.words() == "Suar 0.1 (abcdef01), numpy 2.4 and Python 3.11"


def test_a_piece_that_other_code_kept_is_made_anew(tmp_path):
    """A file of another name is not looked at, whatever it holds."""
    runner = Runner(folder=tmp_path)
    assert [item[0] for item in runner.results([Number(2.0)], "")] == [2.0]
    (kept,) = tmp_path.glob("*.npy")
    kept.rename(tmp_path / f"{hashlib.sha256(b'other code').hexdigest()[:32]}.npy")
    assert [item[0] for item in runner.results([Number(2.0)], "")] == [2.0]
    assert kept.exists()
