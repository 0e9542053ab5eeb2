"""Two houses agree to read for each other: by groups told by voice, and by both signatures."""

import pytest
from django.urls import reverse

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.actions import found_organisation
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.demo import cast as casting
from suar.screening import partner_houses
from suar.screening.partner_houses import Standing
from tests import cast as at_work
from tests.people import client_of, viewer
from tests.screening.conversing import text

pytestmark = pytest.mark.django_db
world, cast = at_work.world, at_work.cast


def test_it_holds_only_when_both_have_agreed_and_is_told_on_the_page(cast):
    house, other = cast.village.organisation.id, cast.elsewhere.organisation.id
    esi, farid = client_of(cast.esi), client_of(cast.farid)
    address = reverse("partner_houses")
    esi.post(address, {"groups": partner_houses.groups_of(other).lower().replace(" ", "")})
    standing = {each.partner: each.standing for each in partner_houses.agreements(house)}
    assert standing[other] is Standing.WE_AGREED
    assert other not in partner_houses.partners_of(house)
    page = text(farid.get(address))
    assert "Tim Desa Contoh" in page
    assert "Refuse" in page
    farid.post(address, {"groups": partner_houses.groups_of(house)})
    assert other in partner_houses.partners_of(house)
    assert house in partner_houses.partners_of(other)
    assert "You read for each other" in text(esi.get(address))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Type the six groups"),
        ("AAAA BBBB CCCC DDDD EEEE FFFF", "No house here has these"),
        ("own", "of your own house"),
    ],
)
def test_wrong_groups_are_answered_plainly(cast, typed, says):
    own = partner_houses.groups_of(cast.village.organisation.id)
    typed = own if typed == "own" else typed
    answer = client_of(cast.esi).post(reverse("partner_houses"), {"groups": typed})
    assert answer.status_code == 400
    assert says in text(answer)


def test_only_who_signs_for_the_house_agrees(cast):
    groups = partner_houses.groups_of(cast.elsewhere.organisation.id)
    with pytest.raises(Refused, match="house_no_signatory"):
        partner_houses.agree(groups, viewer=viewer(cast.lia), keys=cast.lia.keys, at=clock.now())
    with pytest.raises(NotYours):
        cast.lia.keys.identity(cast.village.organisation.id)


def test_a_house_refuses_what_another_one_agreed_to(cast):
    house, other = cast.village.organisation.id, cast.elsewhere.organisation.id
    groups, at = partner_houses.groups_of(house), clock.now()
    partner_houses.agree(groups, viewer=viewer(cast.farid), keys=cast.farid.keys, at=at)
    assert notices.waits(cast.esi.id)
    client_of(cast.esi).post(reverse("partner_houses"), {"go": f"end-{other}"})
    assert partner_houses.agreements(other) == []
    partner_houses.end(other, viewer=viewer(cast.esi), at=at)
    assert cast.pelita.organisation.id in partner_houses.partners_of(house), "others stay"


def test_agreeing_twice_is_agreeing_once(cast):
    casting.read_for_each_other(cast, at=clock.now())
    [found] = partner_houses.agreements(cast.pelita.organisation.id)
    assert found.standing is Standing.STANDS


def test_a_button_that_names_no_house_finds_nothing(cast):
    answer = client_of(cast.esi).post(reverse("partner_houses"), {"go": "end-everybody"})
    assert answer.status_code == 404


def test_a_house_that_is_not_set_up_has_no_groups(cast):
    bare = found_organisation("Rumah Baru Contoh", at=clock.now())
    assert partner_houses.groups_of(bare.id) == ""
    assert bare.id not in accounts.identities()
