"""Words that a house says otherwise are said at once, by every process that is running."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from suar.website import fresh_words, wordings
from suar.website.entries import checked_words
from suar.website.words import own
from suar.website.words.catalogue import READ, shipped

pytestmark = [pytest.mark.django_db, pytest.mark.both_legs]
HERE = Path(fresh_words.__file__).parent.parent
LEAVE = ("", "Leave this page now")
ANYWHERE = ("", "Anywhere")
NEVER = ("", "Not checked yet.")
LEAD = (READ + "sea.looks.pay", wordings.as_shipped("en")["sea.looks.pay"])


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Any:
    """Let the words of a house lie in an empty folder, and be forgotten afterwards."""
    settings.SUAR_DATA = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "words" / "locale", HERE / "locale"]
    fresh_words.let_go()
    yield tmp_path
    settings.LOCALE_PATHS = [HERE / "locale"]
    fresh_words.let_go()


@pytest.mark.parametrize(
    ("key", "path", "words"),
    [(LEAVE, "/vi/read/1", "Đi khỏi đây ngay"), (ANYWHERE, "/vi/", "Nơi nào cũng được nhé")],
)
def test_a_page_that_was_shown_before_says_it_at_once_and_what_ships_after_undoing(folder, visitor, key, path, words):
    before = visitor.get(path).content.decode()
    assert shipped("vi")[key].said[0] in before and words not in before
    own.change("vi", said={key: (words,)})
    assert words in visitor.get(path).content.decode()
    own.change("vi", said={}, undone=[key])
    after = visitor.get(path).content.decode()
    assert words not in after and shipped("vi")[key].said[0] in after


def test_a_sentence_to_read_is_said_at_once_on_the_page_that_holds_it(folder, visitor):
    address = next(
        f"/vi/read/{n}"
        for n in range(1, 20)
        if shipped("vi")[LEAD].said[0] in visitor.get(f"/vi/read/{n}").content.decode()
    )
    own.change("vi", said={LEAD: ("Trả tiền ít hơn đã hứa.",)})
    assert "Trả tiền ít hơn đã hứa." in visitor.get(address).content.decode()


def test_another_process_that_is_running_says_it_too(folder):
    program = (
        "import django; django.setup()\n"
        "from django.http import HttpResponse\n"
        "from django.utils import translation\n"
        "from suar.website.fresh_words import FreshWords\n"
        "def page(request):\n"
        "    with translation.override('vi'):\n"
        f"        return HttpResponse(translation.gettext({LEAVE[1]!r}))\n"
        "door = FreshWords(page)\n"
        "while True:\n"
        "    print(door(None).content.decode(), flush=True)\n"
        "    if not input(): break\n"
    )
    where = {**os.environ, "SUAR_DATA": str(folder), "PYTHONPATH": "src:.", "PYTHONUTF8": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=where,
        text=True,
        encoding="utf-8",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        said = [other.stdout.readline().strip()]
        own.change("vi", said={LEAVE: ("Đi khỏi đây ngay",)})
        other.stdin.write("again\n")
        other.stdin.flush()
        said.append(other.stdout.readline().strip())
        other.communicate("\n")
    assert said == [shipped("vi")[LEAVE].said[0], "Đi khỏi đây ngay"]


def test_nothing_is_let_go_while_nothing_changes(folder, visitor):
    own.change("vi", said={LEAVE: ("Đi",)})
    stamp = folder / "words" / fresh_words.STAMP
    os.utime(stamp, (1_000_000_000, 1_000_000_000))
    visitor.get("/vi/read/1")
    first = wordings.wording("vi")
    visitor.get("/vi/read/1")
    assert wordings.wording("vi") is first
    own.change("vi", said={LEAVE: ("Đi ngay",)})
    visitor.get("/vi/read/1")
    assert wordings.wording("vi") is not first


def test_one_that_speaks_already_ends_in_the_words_it_began_with(folder):
    with translation.override("vi"):
        before = translation.gettext(LEAVE[1])
        own.change("vi", said={LEAVE: ("Đi",)})
        fresh_words.let_go()
        assert translation.gettext(LEAVE[1]) == before
    with translation.override("vi"):
        assert translation.gettext(LEAVE[1]) == "Đi"


def test_what_lists_say_of_when_an_entry_was_checked_is_said_at_once_too(folder):
    with translation.override("vi"):
        before = checked_words(None)
    own.change("vi", said={NEVER: ("Chưa ai xem lại.",)})
    fresh_words.let_go()
    with translation.override("vi"):
        assert (before, checked_words(None)) == (shipped("vi")[NEVER].said[0], "Chưa ai xem lại.")
