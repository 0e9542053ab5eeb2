"""A writer of rows sends the next letters of a person to another team: the code says to whom the request was."""

import pytest
from django.test import Client

from suar.contact.models import LetterKey, Request
from suar.contact.return_codes import derive_keys, read_code
from suar.demo.cast import Cast
from tests import cast as at_work
from tests.contact import conftest as contact
from tests.contact.writing import ask_for_help, came_back, press, resume_token_of
from tests.website import conftest as website

world, cast, desk, asker = at_work.world, at_work.cast, contact.desk, contact.asker
public_site, visitor = website.public_site, website.visitor
NEXT = "I am now at my sister's house."


@pytest.fixture
def code(desk, asker: Client) -> str:
    return ask_for_help(asker)[1]


def write(asker: Client, code: str, do: str = "write", **typed: str):
    page = came_back(asker, code)
    assert page.status_code == 200, "what was written can still be read"
    return press(asker, do, page=page, resume_token=resume_token_of(page), **typed)


def readers() -> set:
    return set(LetterKey.objects.exclude(key=None).values_list("key", flat=True))


def test_no_letter_goes_to_a_team_that_a_row_names(cast: Cast, asker: Client, code: str) -> None:
    before, row = readers(), Request.objects.get()
    village = cast.village
    Request.objects.update(organisation=village.organisation.id, team=village.team.id)
    assert write(asker, code, words=NEXT).status_code >= 400
    assert write(asker, code, "contact", contact="Ring my sister").status_code >= 400
    assert readers() == before
    Request.objects.update(organisation=row.organisation, team=row.team)
    assert write(asker, code, words=NEXT).status_code == 200, "positive control"


def test_a_redirected_request_is_still_deleted(cast: Cast, asker: Client, code: str) -> None:
    Request.objects.update(organisation=cast.village.organisation.id, team=cast.village.team.id)
    assert write(asker, code, "delete").status_code == 200
    assert not Request.objects.exists()


def test_a_request_from_before_is_read_and_written_to(asker: Client, code: str) -> None:
    Request.objects.update(address=derive_keys(read_code(code)).address)
    assert write(asker, code, words=NEXT).status_code == 200


def test_a_row_cannot_be_made_one_from_before(cast: Cast, asker: Client, code: str) -> None:
    """The address without a receiver comes from the code alone, and no row holds it."""
    keys = derive_keys(read_code(code))
    assert keys.address not in {bytes(row.address) for row in Request.objects.all()}
