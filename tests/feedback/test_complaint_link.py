"""From a service of which something is wrong one comes to complaining, where somebody hears."""

from typing import Any

import pytest

from suar.core import clock
from suar.demo import hearing
from suar.directory import queries
from suar.feedback import actions
from tests.contact.writing import press
from tests.feedback.submissions import organisation_of
from tests.html import squeeze
from tests.people import LEGAL_AID, acting_as
from tests.website.asking import ask, ticket_of

WHOM = "<summary>Whom it is about, if you want to say</summary>"
FOLDED, OPEN = (f'<details class="more"{item}>{WHOM}' for item in ("", " open"))
COMPLAIN = 'name="do" value="complain"'


def wrong(visitor: Any, **told: str) -> Any:
    """Say that something about the legal aid is wrong."""
    return ask(visitor, wrong=str(LEGAL_AID), **told)


def test_an_error_report_links_to_a_complaint(visitor: Any, cast: Any) -> None:
    hearing.make_hearers(cast, at=clock.now())
    assert str(queries.public_card(LEGAL_AID).organisation) == organisation_of(cast)
    for page in (wrong(visitor), wrong(visitor, report="1", kind="UNSAFE")):
        told = page.content.decode()
        assert told.count(COMPLAIN) == 1
        assert "read by somebody outside the organisation" in told
        assert f'name="organisation" value="{organisation_of(cast)}"' in told
    form = squeeze(press(visitor, "complain", page=page, organisation=organisation_of(cast)).content)
    assert f'<option value="{organisation_of(cast)}" selected>' in form
    assert OPEN in form, "what is chosen already is seen"


def test_whom_it_is_about_is_folded_until_somebody_chose(visitor: Any, cast: Any) -> None:
    hearing.make_hearers(cast, at=clock.now())
    page = press(visitor, "complain", page=press(visitor, "choose_stage"))
    told = squeeze(page.content)
    assert FOLDED in told and OPEN not in told
    assert told.index(FOLDED) < told.index('name="organisation"') < told.index("</details><fieldset")
    half = press(visitor, "send_complaint", page=page, worker="FIRST", organisation="", kind="", words="")
    assert half.status_code == 400 and OPEN in squeeze(half.content)


def test_without_readers_there_is_no_link(visitor: Any, cast: Any) -> None:
    for page in (wrong(visitor), wrong(visitor, report="1", kind="CLOSED")):
        assert COMPLAIN not in page.content.decode()


def test_without_an_outside_reader_the_page_names_no_organisation(visitor: Any, cast: Any) -> None:
    hearing.make_hearers(cast, at=clock.now())
    actions.name_outside_reader(None, by=acting_as(cast.kartika))
    told = wrong(visitor).content.decode()
    assert COMPLAIN in told
    assert "Complaints are not accepted here yet" in told
    assert organisation_of(cast) not in told


@pytest.mark.parametrize("odd", ["x", "5e1f0000-0000-4000-8000-00000000ffff", "<b>" * 99])
def test_an_unknown_organisation_is_ignored(visitor: Any, cast: Any, odd: str) -> None:
    hearing.make_hearers(cast, at=clock.now())
    page = wrong(visitor)
    form = ask(visitor, ticket=ticket_of(page), do="complain", organisation=odd)
    assert form.status_code == 200
    assert "<b>" not in form.content.decode()
    assert '<option value="" selected>' in form.content.decode()
