"""The person reads their own record: plain words, none of the worker's notes, and corrections that get an answer."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from suar.cases import actions, persons_copy
from suar.cases.documents import Note
from suar.consent.documents import Tasks
from suar.core import clock
from suar.demo import hearing
from suar.demo.cast import Cast
from suar.records import queries as lists
from suar.records.keyring import OpenRecord
from tests.people import acting_as, agreed, client_of, refresh, sent


def page_of(client: Client, record: UUID, language: str = "en") -> str:
    return client.get(reverse("persons_copy_in", args=[record, language])).content.decode()


def article(page: str) -> str:
    return page.partition("<article")[2].partition("</article>")[0]


@pytest.fixture
def described(cast: Cast, amina: OpenRecord) -> OpenRecord:
    """Add what a worker wrote for colleagues, and what the person agreed to."""
    actions.add_note(amina, "a colleague's guess", by=acting_as(cast.ben))
    changes = {"do_not": "never visit the uncle", "place": "the blue house", "wish": "to see my child"}
    stored = {"do_not": "", "place": "", "wish": ""}
    refresh(amina, cast.ben)
    actions.change_details(amina, changes, seen=stored, by=acting_as(cast.ben))
    refresh(amina, cast.ben)
    sent(amina, agreed(amina, cast.ben), cast.ben)
    refresh(amina, cast.ben)
    return amina


def test_the_copy_says_what_is_stored_without_the_workers_notes(ben: Client, described: OpenRecord) -> None:
    page = article(page_of(ben, described.id))
    for words in ("Amina Rekaan", "to see my child", "What you agreed to", "Who we asked to help you"):
        assert words in page
    for words in ("a colleague&#x27;s guess", "a colleague's guess", "never visit the uncle"):
        assert words not in page
    assert [note.text for note in described.get_all(Note).values()] == ["a colleague's guess"]


def test_number_place_and_account_are_not_printed(cast: Cast, ben: Client, described: OpenRecord) -> None:
    sections = persons_copy.compose(described, language="en", with_readers=True)
    on_paper = "\n".join(line for section in sections if section.on_paper for line in section.lines)
    on_screen = "\n".join(line for section in sections for line in section.lines)
    for words in ("the blue house", "000-0000-7741"):
        assert words in on_screen
        assert words not in on_paper


def test_the_copy_is_in_the_language_that_is_chosen(ben: Client, described: OpenRecord) -> None:
    page = article(page_of(ben, described.id, "id"))
    for words in ("Yang Anda setujui", "Anda yang memutuskan", 'lang="id"'):
        assert words in page
    assert "You decide" not in page
    assert ben.get(reverse("persons_copy_in", args=[described.id, "xx"])).status_code == 404


def test_only_who_may_see_readers_shows_them(cast: Cast, ben: Client, described: OpenRecord) -> None:
    ben.get(reverse("person", args=[described.id]))
    assert "Who opened your record" not in article(page_of(ben, described.id))
    assert "Who opened your record" in article(page_of(client_of(cast.esi), described.id))


@pytest.mark.db_contract
def test_a_correction_is_a_task_due_in_seven_days_and_gets_an_answer(
    cast: Cast, ben: Client, amina: OpenRecord
) -> None:
    address = reverse("persons_copy", args=[amina.id])
    assert ben.post(address, {"text": ""}).status_code == 400
    assert ben.post(address, {"text": "I have two children"}).status_code == 302
    refresh(amina, cast.ben)
    [(key, wish)] = persons_copy.list_corrections(amina).items()
    assert wish.due == clock.today() + timedelta(days=7)
    assert [task.kind for task in (amina.get(Tasks) or Tasks()).open] == ["CORRECT"]
    assert lists.due_on(amina.id) == wish.due
    answer: dict[str, Any] = {f"{key}-outcome": "CORRECTED", f"{key}-answer": "now it says two"}
    to = reverse("answer_correction", args=[amina.id, key])
    assert ben.post(to, {f"{key}-outcome": "CORRECTED"}).status_code == 400
    assert ben.post(to, answer).status_code == 302
    assert "now it says two" in page_of(ben, amina.id)
    assert ben.post(to, answer).status_code == 400, "an answer is not replaced"
    refresh(amina, cast.ben)
    assert (amina.get(Tasks) or Tasks()).open == []


def test_the_task_of_a_correction_is_not_planned_by_hand(ben: Client, amina: OpenRecord) -> None:
    typed = {"kind": "CORRECT", "due": str(clock.today())}
    assert ben.post(reverse("plan_task", args=[amina.id]), typed).status_code == 400


def test_every_stage_and_its_readers_are_named_where_somebody_reads(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    assert "We do not see what you write there" not in page_of(ben, amina.id)
    hearing.make_hearers(cast, at=clock.now())
    page = article(page_of(ben, amina.id))
    for words in (settings.SUAR_PUBLIC_ORIGIN.partition("//")[2], "While I got help", "With the police or in court"):
        assert words in page


def test_somebody_without_the_record_gets_nothing(cast: Cast, amina: OpenRecord) -> None:
    farid = client_of(cast.farid)
    assert farid.get(reverse("persons_copy", args=[amina.id])).status_code == 404
    assert farid.post(reverse("persons_copy", args=[amina.id]), {"text": "x"}).status_code == 404
