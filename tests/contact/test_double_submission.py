"""A form that is pressed twice does once what it does, and its page comes the second time too."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from suar.contact import actions
from suar.contact.documents import CodeKind
from suar.contact.models import Desk, Letter, Request
from suar.contact.public import actions as public
from suar.core import clock
from suar.demo.cast import Cast
from tests.contact.writing import ASKED, WORDS, ask_for_help, came_back, press, resume_token_of
from tests.people import acting_as

pytestmark = pytest.mark.db_contract

A_MOMENT, LATER = timedelta(seconds=5), timedelta(seconds=8)
KINDS = [kind for kind in CodeKind if kind is not CodeKind.NONE]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("after", [timedelta(0), A_MOMENT])
def test_a_letter_sent_twice_is_stored_once_with_one_code(asker, kind, after):
    page, typed = press(asker, "ask"), {**ASKED, "kind": kind}
    first = press(asker, "send", page=page, **typed)
    with clock.shifted(after):
        second = press(asker, "send", page=page, **typed)
    assert first.context["code"].plain == second.context["code"].plain
    assert resume_token_of(second)
    assert Request.objects.count() == 1
    assert public.open_thread(second.context["code"].plain).letters[0].words == ASKED["words"]


def test_a_form_sent_again_later_shows_no_code(asker):
    page = press(asker, "ask")
    made = press(asker, "send", page=page, **ASKED).context["code"]
    with clock.shifted(LATER):
        late = press(asker, "send", page=page, **ASKED)
    assert made.text not in late.content.decode()
    assert "needs" in late.context["form"].fields, "the start"
    assert Request.objects.count() == 1


def test_a_letter_without_code_sent_twice_is_stored_once(asker):
    page, typed = press(asker, "ask"), {**ASKED, "kind": "none", "meeting": "Monday at the well"}
    for _ in range(2):
        done = press(asker, "send", page=page, **typed)
        assert "code" not in done.context and done.context["desk"]
    assert Request.objects.count() == 1


def test_a_refused_form_sent_twice_is_refused_twice_with_its_text(asker):
    page, typed = press(asker, "ask"), {**ASKED, "words": "", "contact": "ring the neighbour"}
    for _ in range(2):
        refused = press(asker, "send", page=page, **typed)
        assert (refused.status_code, refused.context["form"].errors.keys()) == (400, {"words"})
        assert "ring the neighbour" in refused.content.decode()
    assert press(asker, "send", page=refused, **ASKED).context["code"]


def test_a_second_submission_is_not_counted(asker):
    page = press(asker, "ask")
    for _ in range(8):
        assert press(asker, "send", page=page, **ASKED).status_code == 200
    ask_for_help(asker)


@pytest.mark.parametrize(("do", "name"), [("write", "words"), ("contact", "contact")])
def test_a_second_letter_sent_twice_is_added_once(asker, do, name):
    page = came_back(asker, ask_for_help(asker)[1])
    typed = {"resume_token": resume_token_of(page), name: "I am at the harbour"}
    before = Letter.objects.count()
    for _ in range(2):
        done = press(asker, do, page=page, **typed)
        assert done.context["again"] is True
    assert Letter.objects.count() == before + 1


@pytest.mark.parametrize("order", [("write", "contact"), ("contact", "write")])
def test_two_buttons_of_one_page_make_two_letters(asker, order):
    page = came_back(asker, ask_for_help(asker)[1])
    typed = {"resume_token": resume_token_of(page), "words": "I am at the harbour", "contact": "Only by day"}
    before = Letter.objects.count()
    for do in order:
        press(asker, do, page=page, **typed)
    assert Letter.objects.count() == before + 2


def test_a_second_submission_with_another_code_kind_shows_the_first_code(asker):
    page = press(asker, "ask")
    chosen = [{"kind": "digits"}, {"kind": "pictures"}, {"kind": "none", "meeting": "Monday"}]
    made = [press(asker, "send", page=page, **{**ASKED, **item}).context["code"] for item in chosen]
    assert {item.plain for item in made} == {made[0].plain}


def test_deleting_twice_shows_the_same_page(asker):
    page = came_back(asker, ask_for_help(asker)[1])
    sure = press(asker, "confirm_delete", page=page, resume_token=resume_token_of(page))
    pages = [press(asker, "delete", page=sure, resume_token=resume_token_of(sure)) for _ in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    assert pages[0].templates[0].name == pages[1].templates[0].name == "contact/deleted.html"
    assert not Request.objects.exists()


def test_read_only_forms_are_not_answered_again(asker):
    page, code = press(asker, "enter_code"), ask_for_help(asker)[1]
    assert press(asker, "read", page=page, code=code).context["letters"]
    assert "letters" not in press(asker, "read", page=page, code=code).context


def test_concurrent_submissions_make_one_letter(gathered: Cast, public_site: Any, tmp_path: Path) -> None:
    public_site.SUAR_DATA = tmp_path
    desk = Desk(team=gathered.pelita.team.id, **WORDS)
    actions.set_desk(desk, by=acting_as(gathered.kartika))
    page, found = press(_somebody(), "ask"), []

    def sends() -> None:
        try:
            found.append(press(_somebody(), "send", page=page, **ASKED))
        finally:
            connections.close_all()

    pressing = [threading.Thread(target=sends) for _ in range(3)]
    for each in pressing:
        each.start()
    for each in pressing:
        each.join(60)
    assert [item.status_code for item in found] == [200] * 3
    assert len({item.context["code"].plain for item in found}) == 1
    assert Request.objects.count() == 1


def _somebody() -> Client:
    return Client(headers={"host": "localhost"})
