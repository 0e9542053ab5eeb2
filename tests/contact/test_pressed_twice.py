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
from tests.contact.writing import ASKED, WORDS, asked, came_back, press, resume_token_of
from tests.people import acting_as

pytestmark = pytest.mark.db_contract

A_MOMENT, LATER = timedelta(seconds=5), timedelta(seconds=8)
KINDS = [kind for kind in CodeKind if kind is not CodeKind.NONE]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("after", [timedelta(0), A_MOMENT])
def test_a_letter_pressed_twice_is_one_letter_and_both_pages_show_its_code(asker, kind, after):
    page, typed = press(asker, "ask"), {**ASKED, "kind": kind}
    first = press(asker, "send", page=page, **typed)
    with clock.shifted(after):
        second = press(asker, "send", page=page, **typed)
    assert first.context["code"].plain == second.context["code"].plain
    assert resume_token_of(second)
    assert Request.objects.count() == 1
    assert public.open_thread(second.context["code"].plain).letters[0].words == ASKED["words"]


def test_later_a_form_that_comes_again_shows_no_code(asker):
    page = press(asker, "ask")
    made = press(asker, "send", page=page, **ASKED).context["code"]
    with clock.shifted(LATER):
        late = press(asker, "send", page=page, **ASKED)
    assert made.text not in late.content.decode()
    assert "needs" in late.context["form"].fields, "the start"
    assert Request.objects.count() == 1


def test_without_a_code_it_is_one_letter_too(asker):
    page, typed = press(asker, "ask"), {**ASKED, "kind": "none", "meeting": "Monday at the well"}
    for _ in range(2):
        done = press(asker, "send", page=page, **typed)
        assert "code" not in done.context and done.context["desk"]
    assert Request.objects.count() == 1


def test_what_was_refused_the_first_time_is_refused_the_second_time_with_its_words(asker):
    page, typed = press(asker, "ask"), {**ASKED, "words": "", "contact": "ring the neighbour"}
    for _ in range(2):
        refused = press(asker, "send", page=page, **typed)
        assert (refused.status_code, refused.context["form"].errors.keys()) == (400, {"words"})
        assert "ring the neighbour" in refused.content.decode()
    assert press(asker, "send", page=refused, **ASKED).context["code"]


def test_a_second_press_counts_no_try(asker):
    page = press(asker, "ask")
    for _ in range(8):
        assert press(asker, "send", page=page, **ASKED).status_code == 200
    asked(asker)


@pytest.mark.parametrize(("do", "name"), [("write", "words"), ("contact", "contact")])
def test_one_more_letter_pressed_twice_is_added_once(asker, do, name):
    page = came_back(asker, asked(asker)[1])
    typed = {"resume_token": resume_token_of(page), name: "I am at the harbour"}
    before = Letter.objects.count()
    for _ in range(2):
        done = press(asker, do, page=page, **typed)
        assert done.context["again"] is True
    assert Letter.objects.count() == before + 1


@pytest.mark.parametrize("order", [("write", "contact"), ("contact", "write")])
def test_two_buttons_of_one_page_pressed_one_after_the_other_are_two_letters(asker, order):
    page = came_back(asker, asked(asker)[1])
    typed = {"resume_token": resume_token_of(page), "words": "I am at the harbour", "contact": "Only by day"}
    before = Letter.objects.count()
    for do in order:
        press(asker, do, page=page, **typed)
    assert Letter.objects.count() == before + 2


def test_another_kind_of_code_chosen_by_the_second_press_shows_the_one_there_is(asker):
    page = press(asker, "ask")
    chosen = [{"kind": "digits"}, {"kind": "pictures"}, {"kind": "none", "meeting": "Monday"}]
    made = [press(asker, "send", page=page, **{**ASKED, **item}).context["code"] for item in chosen]
    assert {item.plain for item in made} == {made[0].plain}


def test_what_is_deleted_twice_is_gone_and_says_so(asker):
    page = came_back(asker, asked(asker)[1])
    sure = press(asker, "confirm_delete", page=page, resume_token=resume_token_of(page))
    pages = [press(asker, "delete", page=sure, resume_token=resume_token_of(sure)) for _ in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    assert pages[0].templates[0].name == pages[1].templates[0].name == "contact/deleted.html"
    assert not Request.objects.exists()


def test_what_only_shows_does_not_come_again_or_back_would_show_it_after_leaving(asker):
    page, code = press(asker, "enter_code"), asked(asker)[1]
    assert press(asker, "read", page=page, code=code).context["letters"]
    assert "letters" not in press(asker, "read", page=page, code=code).context


def test_both_presses_at_the_same_moment_make_one_letter(gathered: Cast, public_door: Any, tmp_path: Path) -> None:
    public_door.SUAR_DATA = tmp_path
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
