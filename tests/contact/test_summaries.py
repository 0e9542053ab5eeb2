"""A summary of their record waits for the person under a code: sealed to it alone, without names, until it ends."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from suar.cases.documents.papers import SummaryLeft
from suar.contact.models import Letter, LetterKey, Request
from suar.contact.public import actions as public
from suar.contact.tasks import erase_expired_requests
from suar.core import clock
from suar.core.refusals import NotYours
from suar.demo.cast import Cast
from suar.records.keyring import OpenRecord
from tests.cast import amina, ben  # noqa: F401 - fixtures
from tests.people import client_of, refresh

TYPED = {"words": "We copy your papers on Monday.", "days": "14", "kind": "digits", "agreed": "on"}
SHOWN_CODE = re.compile(r'name="new_code" value="([^"]+)"')


def leave(client: Client, record: OpenRecord, **typed: str) -> Any:
    return client.post(reverse("summary", args=[record.id]), {**TYPED, **typed})


@pytest.fixture
def code(ben: Client, amina: OpenRecord) -> str:  # noqa: F811 - a fixture
    """Leave a summary and return its code."""
    page = leave(ben, amina)
    assert page.status_code == 200
    [code] = SHOWN_CODE.findall(page.content.decode())
    return str(code)


def test_the_code_opens_the_summary_and_nobody_else_does(cast: Cast, amina: OpenRecord, code: str) -> None:  # noqa: F811 - a fixture
    thread = public.open_thread(code)
    assert [letter.words for letter in thread.letters] == [TYPED["words"]]
    assert [key.key for key in LetterKey.objects.all()] == [None], "sealed to the code alone"
    for player in cast.players.values():
        assert client_of(player).get(reverse("request", args=[thread.id])).status_code == 404
    refresh(amina, cast.ben)
    [left] = amina.get_all(SummaryLeft).values()
    assert left.ends_at - left.at == timedelta(days=14)


def test_nothing_is_written_to_a_summary(code: str) -> None:
    request = Request.objects.get()
    with pytest.raises(NotYours):
        public.write_again(request.id, public.LetterKind.WORDS, "hello", at=clock.now())


def test_after_its_end_the_code_opens_nothing_and_the_job_destroys_it(code: str) -> None:
    with clock.shifted(timedelta(days=14, minutes=-1)):
        assert public.open_thread(code).letters
        assert erase_expired_requests.func() == 0
    with clock.shifted(timedelta(days=14, minutes=1)):
        with pytest.raises(NotYours):
            public.open_thread(code)
        assert erase_expired_requests.func() == 1
    assert not (Request.objects.exists() or Letter.objects.exists() or LetterKey.objects.exists())


def test_the_person_may_delete_it(code: str) -> None:
    public.delete_request(public.open_thread(code).id, at=clock.now())
    assert not LetterKey.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": "15"},
        {"days": "0"},
        {"agreed": ""},
        {"kind": "none"},
        {"words": ""},
        {"words": "Dear amina rekaan, we meet on Monday"},
        {"words": "Call 000-0000-7741"},
        {"words": "See www.example.org"},
    ],
)
def test_what_endangers_or_lasts_too_long_is_refused_and_stays_on_the_page(
    ben: Client,  # noqa: F811 - a fixture
    amina: OpenRecord,  # noqa: F811 - a fixture
    wrong: dict[str, str],
) -> None:
    page = leave(ben, amina, **wrong)
    assert page.status_code == 400
    assert {**TYPED, **wrong}["words"] in page.content.decode()
    assert not Request.objects.exists()


def test_names_stand_in_it_if_the_person_wants_them(ben: Client, amina: OpenRecord) -> None:  # noqa: F811 - a fixture
    assert leave(ben, amina, words="Dear Amina Rekaan", with_names="on").status_code == 200


def test_the_code_is_typed_back_before_the_page_goes_on(ben: Client, amina: OpenRecord, code: str) -> None:  # noqa: F811 - a fixture
    to = reverse("summary", args=[amina.id])
    assert ben.post(to, {"new_code": code, "code": "1234"}).status_code == 400
    digits = code.partition("|")[2]
    back = ben.post(to, {"new_code": code, "code": digits})
    assert (back.status_code, back["Location"]) == (302, reverse("persons_copy", args=[amina.id]))


def test_a_summary_without_an_end_cannot_be_stored(code: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.update(ends_at=None)


def test_somebody_without_the_record_leaves_no_summary(cast: Cast, amina: OpenRecord) -> None:  # noqa: F811 - a fixture
    assert leave(client_of(cast.farid), amina).status_code == 404
