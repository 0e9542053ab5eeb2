"""Every file that a command of research opens is named in its answer, with length and digest."""

import hashlib
import json
import os
import random
import shutil
import sys
from contextlib import chdir, contextmanager
from pathlib import Path

import pytest

from suar_research import command
from suar_research.casefiles.asking import parser as tabulating
from suar_research.command import answered
from suar_research.inputs import Inputs
from suar_research.linkage import schema
from suar_research.linkage.__main__ import parser as linking
from suar_research.releases.__main__ import parser as releasing
from suar_research.studies.asking import parser as studying
from support import DOCS
from support import linkage_world as world
from test_links import drawn_files
from test_links import files as linked_files

EXAMPLES = DOCS / "examples"
PARSERS = {"estimate": command.parser, "tabulate": tabulating, "link": linking, "release": releasing, "study": studying}
QUICK = "--replicates 20 --workers 1"
BY = "--by sex,age"
COMMANDS = [
    f"estimate mse counts.csv --methods main {QUICK}",
    f"estimate mse counts.csv --drawn drawn.csv --methods main {QUICK}",
    f"estimate mse people.csv --links pairs.csv --methods main {QUICK}",
    f"estimate rds boats.csv --outcome papers {QUICK}",
    f"estimate nsum neighbours.csv --sizes sizes.csv --target domestic --population 100000 {QUICK}",
    "tabulate cases.csv --rows form --columns sex",
    "link match police.tokens shelter.tokens --truth same.csv --out found.csv",
    "link match police.tokens shelter.tokens --probable 0.5 --reviewed said.csv --out found.csv",
    "link clear police.csv shelter.csv --schema schema --truth rows.csv --out found.csv",
    f"release tables harbours.csv {BY} --ledger ledger --series all",
    f"release noise harbours.csv {BY} --rho 0.1 --ledger ledger --series all --budget 1 --out n",
    "release synthetic harbours.csv --by sex,age --rho 0.1 --out invented.csv",
    "release anonymity harbours.csv",
    "release audit tables.csv",
    "release ledger ledger",
    "release ctdc ctdc.csv",
    "study register study.toml --record new",
    "study amend amended.toml --reason nobody.waited.for.the.second.house --record record",
    "study open harbours.csv --record record",
    "study check result.json --data cases.csv --record record",
    "study show --record record",
    "study close --summary summary.txt --record record",
]

_opened = []
_looking = []


def _look(event, arguments):
    """Note files that are opened to be read, while somebody looks."""
    if event == "open" and _looking:
        path, _, flags = arguments
        to_read = not flags & (os.O_WRONLY | os.O_RDWR)
        if isinstance(path, str | os.PathLike) and to_read:
            _opened.append(os.path.realpath(path))


sys.addaudithook(_look)


@contextmanager
def looking():
    _opened.clear()
    _looking.append(True)
    try:
        yield _opened
    finally:
        _looking.clear()


def run(words):
    name, *rest = words.split() if isinstance(words, str) else words
    return answered(PARSERS[name](), rest)


def invented():
    """Give what the examples do not hold, by the name of its file."""
    (counts, drawn), (people, pairs) = drawn_files(8), linked_files(0.7)
    whole, chance = world.people(120, seed=4), random.Random(2)
    lists = {
        name: world.as_csv([world.with_slips(whole[at], chance) for at in on])
        for name, on in (("police", range(80)), ("shelter", range(40, 120)))
    }
    one, other = (EXAMPLES / "same.csv").read_text("utf-8").splitlines()[1].split(",")
    return {
        "counts.csv": counts,
        "drawn.csv": drawn,
        "people.csv": people,
        "pairs.csv": pairs,
        "police.csv": lists["police"],
        "shelter.csv": lists["shelter"],
        "schema": schema.written(schema.NAMES_AND_BIRTH),
        "rows.csv": "police,shelter\n42,2\n",
        "said.csv": f"house,code,other_house,other_code,probability,same\npolice,{one},shelter,{other},0.5,yes\n",
        "short.csv": "yearOfRegistration,gender\n2020,Woman\n",
        "summary.txt": "Words. " * 40,
        "amended.toml": (EXAMPLES / "study.toml").read_text("utf-8").replace("EX-000", "EX-001"),
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make every file that the commands read, once."""
    folder = tmp_path_factory.mktemp("made") / "files"
    shutil.copytree(EXAMPLES, folder)
    for name, text in invented().items():
        (folder / name).write_text(text, "utf-8")
    with chdir(folder):
        for words in (
            f"release tables harbours.csv {BY} --out tables.csv --ledger ledger --series old",
            "study register study.toml --record record",
            "study open cases.csv --record record",
            "tabulate cases.csv --rows form --out result.json",
            "release ctdc short.csv --out ctdc.csv",
            "link key coast --out key",
        ):
            assert run(words) == 0, words
    return folder


@pytest.fixture
def folder(made, tmp_path, monkeypatch):
    """Stand in a copy of it."""
    shutil.copytree(made, tmp_path / "files")
    monkeypatch.chdir(tmp_path / "files")
    return tmp_path / "files"


def digests(folder, names):
    read = {name: (folder / name).read_bytes() for name in names}
    return {name: (len(each), hashlib.sha256(each).hexdigest()) for name, each in read.items()}


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words.split()[:4]))
def test_each_file_that_was_opened_is_named(folder, capsys, words):
    before = {each.name for each in folder.iterdir()}
    wanted = digests(folder, before)
    with looking() as opened:
        assert run(f"{words} --json") == 0
    named = json.loads(capsys.readouterr().out)["inputs"]
    mine = {Path(path).name for path in opened if Path(path).parent == folder.resolve()} & before
    assert {each["name"]: (each["bytes"], each["sha256"]) for each in named} == {name: wanted[name] for name in mine}
    assert mine == before & set(words.split()) != set(), "that is what is read, and it was looked at"


def test_files_are_named_on_the_screen_and_on_the_page(folder, capsys):
    words = f"estimate mse counts.csv --drawn drawn.csv --methods main {QUICK} --report page.html"
    assert run(words) == 0
    screen, page = capsys.readouterr().out, (folder / "page.html").read_text("utf-8")
    for name, (size, digest) in digests(folder, ["counts.csv", "drawn.csv"]).items():
        said = f"Read {name}: {size:,} bytes, SHA-256 {digest}"
        assert f"\n{said}\n" in screen and said in page
    words = "link encode police.csv --house police --key key --schema schema --out a --rows b"
    assert run(words) == 0
    read = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()[-3:]]
    assert read == ["Read key", "Read schema", "Read police.csv"]


def test_a_file_that_is_read_twice_stands_once_and_its_folder_nowhere(tmp_path):
    (tmp_path / "a\nb").write_text("x", "utf-8")
    read = Inputs()
    for _ in range(2):
        assert read.text(str(tmp_path / "a\nb"))[0] == "x"
    assert read.words() == f"Read a?b: 1 bytes, SHA-256 {hashlib.sha256(b'x').hexdigest()}\n"
    (tmp_path / "a\nb").write_text("other", "utf-8")
    read.text(str(tmp_path / "a\nb"))
    assert [each["bytes"] for each in read.as_json()] == [1, 5], "changed between two readings"
