"""Comparing partner keys by voice, and ending second opinions for both sides."""

import pytest
from django.urls import reverse

from suar.accounts import notices, setup, workers
from suar.accounts.acting import Anonymous
from suar.accounts.queries import worker_fingerprint
from suar.accounts.roles import Role
from suar.audit.models import Entry
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.demo import cast as casting
from suar.referrals import partners
from suar.referrals.models import Partner
from suar.screening.models import PartnerSide
from tests import cast as at_work
from tests.people import acting_as, agreed, client_of
from tests.screening.conversing import text

pytestmark = pytest.mark.django_db
world, cast, amina = at_work.world, at_work.cast, at_work.amina


def standing(organisation, other):
    return partners.standings(organisation).get(other, ("", None))[0]


def test_a_partnership_stands_only_when_both_have_compared(cast):
    organisation, other = cast.village.organisation.id, cast.elsewhere.organisation.id
    esi, farid, address = client_of(cast.esi), client_of(cast.farid), reverse("partners")
    esi.post(address, {"groups": partners.groups_to_compare(other).lower().replace(" ", "")})
    assert (standing(organisation, other), standing(other, organisation)) == ("WE_AGREED", "THEY_AGREED")
    assert notices.unseen_of(cast.farid.id).exists()
    assert other not in partners.mutual_partners(organisation)
    page = text(farid.get(address))
    assert "Tim Desa Contoh" in page
    assert 'data-standing="THEY_AGREED"' in page
    farid.post(address, {"groups": partners.groups_to_compare(organisation)})
    assert other in partners.mutual_partners(organisation)
    assert organisation in partners.mutual_partners(other)
    assert 'data-standing="STANDS"' in text(esi.get(address))


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Type the six groups"),
        ("AAAA BBBB CCCC DDDD EEEE FFFF", "No organisation here has these"),
        ("own", "of your own organisation"),
    ],
)
def test_wrong_groups_get_a_plain_reason(cast, typed, message):
    typed = partners.groups_to_compare(cast.village.organisation.id) if typed == "own" else typed
    answer = client_of(cast.esi).post(reverse("partners"), {"groups": typed})
    assert answer.status_code == 400
    assert message in text(answer)


def test_either_ends_it_for_both_and_both_have_to_compare_anew(cast):
    organisation, other = cast.village.organisation.id, cast.pelita.organisation.id
    esi, kartika, address = client_of(cast.esi), client_of(cast.kartika), reverse("partners")
    for _ in range(2):
        esi.post(address, {"go": f"end-{other}"})
        assert standing(organisation, other) == standing(other, organisation) == "ENDED"
    kartika.post(address, {"groups": partners.groups_to_compare(organisation)})
    assert standing(organisation, other) == "ENDED", "Kartika cannot resume a partnership that Esi ended"
    esi.post(address, {"groups": partners.groups_to_compare(other)})
    assert partners.mutual_partners(organisation) == [other]
    assert partners.sending_refusal(organisation, other) == "", "referrals never stopped"


def test_one_refuses_what_another_one_began(cast):
    organisation, other = cast.village.organisation.id, cast.elsewhere.organisation.id
    groups = partners.groups_to_compare(organisation)
    partners.pin_by_groups(groups, by=acting_as(cast.farid))
    client_of(cast.esi).post(reverse("partners"), {"go": f"end-{other}"})
    client_of(cast.esi).post(reverse("partners"), {"groups": groups})
    assert standing(other, organisation) == "ENDED"
    assert partners.mutual_partners(organisation) == [cast.pelita.organisation.id], "other partners stay"


def test_an_organisation_refuses_what_another_one_agreed_to(cast):
    organisation, other = cast.village.organisation.id, cast.elsewhere.organisation.id
    partners.pin_by_groups(partners.groups_to_compare(organisation), by=acting_as(cast.farid))
    assert notices.unseen_of(cast.esi.id).exists()
    assert standing(organisation, other) == "THEY_AGREED"
    client_of(cast.esi).post(reverse("partners"), {"go": f"end-{other}"})
    assert standing(other, organisation) == "ENDED"
    partners.pin_by_groups(partners.groups_to_compare(other), by=acting_as(cast.esi))
    assert partners.mutual_partners(other) == [], "the agreement that Esi refused does not come back"
    assert partners.mutual_partners(organisation) == [cast.pelita.organisation.id], "other partners stay"


def test_only_a_signatory_can_agree(cast):
    organisation, other = cast.village.organisation.id, cast.elsewhere.organisation.id
    lead = casting.hire(cast.village.organisation, "putri", "Putri", Role.SUPERVISOR, by=None, at=clock.now())
    workers.admit(lead.id, team=cast.village.team.id, fingerprint=worker_fingerprint(lead.id), by=acting_as(cast.esi))
    lead.keys.forget()
    groups = partners.groups_to_compare(other)
    with pytest.raises(Refused, match="organisation_no_signatory"):
        partners.pin_by_groups(groups, by=acting_as(lead))
    with pytest.raises(NotYours):
        partners.pin_by_groups(groups, by=acting_as(cast.ben))
    answer = client_of(lead).post(reverse("partners"), {"groups": groups})
    assert "Only a signatory of your organisation" in text(answer)
    assert standing(organisation, other) == ""
    assert not Partner.objects.filter(organisation=organisation, partner=other).exists(), "nothing is pinned either"


def test_keys_compared_only_to_refer_give_no_standing(cast, amina):
    organisation, other = cast.village.organisation.id, cast.pelita.organisation.id
    PartnerSide.objects.all().delete()
    Partner.objects.filter(organisation=organisation).delete()
    address = reverse("send_referral", args=[amina.id, agreed(amina, cast.ben)])
    form = {"compared": "on", "words": partners.groups_to_compare(other)}
    assert client_of(cast.ben).post(address, form).status_code == 302
    assert partners.sending_refusal(organisation, other) == partners.sending_refusal(other, organisation) == ""
    assert partners.standings(organisation) == partners.standings(other) == {}
    partners.pin_by_groups(partners.groups_to_compare(organisation), by=acting_as(cast.kartika))
    assert (standing(organisation, other), standing(other, organisation)) == ("THEY_AGREED", "WE_AGREED")
    assert partners.mutual_partners(organisation) == partners.mutual_partners(other) == []


def test_an_agreement_that_the_organisation_did_not_sign_does_not_stand(cast):
    organisation, other = cast.village.organisation.id, cast.pelita.organisation.id
    forged = cast.ben.keys.sign(b"suar-read-for-1|")
    PartnerSide.objects.filter(organisation=organisation).update(signature=forged)
    assert standing(organisation, other) == standing(other, organisation) == "KEYS_CHANGED"
    assert partners.mutual_partners(other) == []


def test_each_side_ends_it_for_itself_and_what_the_second_side_ended_stays_ended(cast):
    organisation, other = cast.village.organisation.id, cast.pelita.organisation.id
    esi, kartika, address = client_of(cast.esi), client_of(cast.kartika), reverse("partners")
    esi.post(address, {"go": f"end-{other}"})
    kartika.post(address, {"go": f"end-{organisation}"})
    ended = Entry.objects.filter(verb="end_partner").values_list("by", flat=True)
    assert sorted(ended) == sorted([cast.esi.id, cast.kartika.id])
    assert PartnerSide.objects.filter(organisation=other, signature=b"").count() == 1
    esi.post(address, {"groups": partners.groups_to_compare(other)})
    assert partners.mutual_partners(organisation) == []
    kartika.post(address, {"groups": partners.groups_to_compare(organisation)})
    assert partners.mutual_partners(organisation) == [other]


def test_a_button_that_names_no_organisation_finds_nothing(cast):
    answer = client_of(cast.esi).post(reverse("partners"), {"go": "end-everybody"})
    assert answer.status_code == 404


def test_an_organisation_that_is_not_set_up_has_no_groups(cast):
    bare = setup.create_organisation("Rumah Baru Contoh", by=Anonymous(at=clock.now()))
    assert not partners.has_keys(bare.id)
    assert bare.id not in partners.standings(cast.village.organisation.id)
