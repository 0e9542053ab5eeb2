"""Two organisations compare keys by groups told by voice; each may end second opinions for both."""

import pytest
from django.urls import reverse

from suar.accounts import notices
from suar.accounts.actions import found_organisation
from suar.core import clock
from suar.referrals import partners
from tests import cast as at_work
from tests.people import acting_as, client_of
from tests.screening.conversing import text

pytestmark = pytest.mark.django_db
world, cast = at_work.world, at_work.cast


def standing(house, other):
    return partners.standings(house).get(other, ("", None))[0]


def test_it_holds_only_when_both_have_compared_and_is_shown_on_the_page(cast):
    house, other = cast.village.organisation.id, cast.elsewhere.organisation.id
    esi, farid, address = client_of(cast.esi), client_of(cast.farid), reverse("partners")
    esi.post(address, {"groups": partners.groups_to_compare(other).lower().replace(" ", "")})
    assert (standing(house, other), standing(other, house)) == ("WE_AGREED", "THEY_AGREED")
    assert notices.waits(cast.farid.id)
    assert other not in partners.mutual(house)
    page = text(farid.get(address))
    assert "Tim Desa Contoh" in page
    assert 'data-standing="THEY_AGREED"' in page
    farid.post(address, {"groups": partners.groups_to_compare(house)})
    assert other in partners.mutual(house)
    assert house in partners.mutual(other)
    assert 'data-standing="STANDS"' in text(esi.get(address))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Type the six groups"),
        ("AAAA BBBB CCCC DDDD EEEE FFFF", "No organisation here has these"),
        ("own", "of your own organisation"),
    ],
)
def test_wrong_groups_are_answered_plainly(cast, typed, says):
    typed = partners.groups_to_compare(cast.village.organisation.id) if typed == "own" else typed
    answer = client_of(cast.esi).post(reverse("partners"), {"groups": typed})
    assert answer.status_code == 400
    assert says in text(answer)


def test_either_ends_it_for_both_and_both_have_to_compare_anew(cast):
    house, other = cast.village.organisation.id, cast.pelita.organisation.id
    esi, kartika, address = client_of(cast.esi), client_of(cast.kartika), reverse("partners")
    for _ in range(2):
        esi.post(address, {"go": f"end-{other}"})
        assert standing(house, other) == standing(other, house) == "ENDED"
    kartika.post(address, {"groups": partners.groups_to_compare(house)})
    assert standing(house, other) == "ENDED", "what Esi ended, Kartika cannot begin again"
    esi.post(address, {"groups": partners.groups_to_compare(other)})
    assert partners.mutual(house) == [other]
    assert partners.sending_refusal(house, other) == "", "referrals never stopped"


def test_one_refuses_what_another_one_began(cast):
    house, other = cast.village.organisation.id, cast.elsewhere.organisation.id
    groups = partners.groups_to_compare(house)
    partners.pin_by_groups(groups, by=acting_as(cast.farid))
    client_of(cast.esi).post(reverse("partners"), {"go": f"end-{other}"})
    client_of(cast.esi).post(reverse("partners"), {"groups": groups})
    assert standing(other, house) == "ENDED"
    assert partners.mutual(house) == [cast.pelita.organisation.id], "others stay"


def test_a_button_that_names_no_organisation_finds_nothing(cast):
    answer = client_of(cast.esi).post(reverse("partners"), {"go": "end-everybody"})
    assert answer.status_code == 404


def test_an_organisation_that_is_not_set_up_has_no_groups(cast):
    bare = found_organisation("Rumah Baru Contoh", at=clock.now())
    assert not partners.has_keys(bare.id)
    assert bare.id not in partners.standings(cast.village.organisation.id)
