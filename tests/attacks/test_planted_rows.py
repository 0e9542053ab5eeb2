"""An administrator who writes rows, without any key, wants records sealed to a key of their choice (T6)."""

from datetime import timedelta

import pytest

from suar.accounts.codes import KeyKind
from suar.accounts.keys import newest_public
from suar.accounts.models import KeyChange, PublicKey
from suar.consent.codes import Field
from suar.core import clock
from suar.core.refusals import KeyNotTrusted, NotYours, Refused
from suar.records import keyring
from suar.records.models import Grant
from suar.referrals import partners, sending
from suar.referrals.models import PacketWrap, Referral
from tests.cast import amina, cast, world  # noqa: F401 - fixtures
from tests.people import acting_as, agreed, client_of, person_of, sent

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


@pytest.mark.parametrize("kind", [KeyKind.BREAK_GLASS, KeyKind.USER_READ])
def test_a_planted_key_change_seals_nothing_to_another_owner(kind, cast, amina):  # noqa: F811 - fixtures
    owner = cast.ben.id if kind == KeyKind.USER_READ else cast.village.organisation.id
    old = newest_public(kind, owner)
    own = newest_public(KeyKind.USER_READ, cast.gita.id)
    before = set(Grant.objects.filter(record=amina.id).values_list("key", flat=True))
    assert old.id in before
    planted = KeyChange.objects.create(
        old=old, new=own, organisation=cast.village.organisation.id, began_at=clock.now()
    )
    assert client_of(cast.esi).post(f"/keys/{planted.id}/go-on").status_code == 404
    assert set(Grant.objects.filter(record=amina.id).values_list("key", flat=True)) == before


def test_a_replaced_key_is_not_made_the_current_one_again(cast, amina):  # noqa: F811 - fixtures
    kind, owner, at = KeyKind.BREAK_GLASS, cast.village.organisation.id, clock.now()
    old = newest_public(kind, owner)
    assert Grant.objects.filter(record=amina.id, key=old.id).exists(), "the control: its holder opens new records"
    facts = {"kind": kind, "owner": owner, "certificate": old.certificate, "made_at": at}
    new = PublicKey.objects.create(version=old.version + 1, public=old.public, retired_at=at, **facts)
    with pytest.raises(KeyNotTrusted):
        person_of(cast.ben, cast, name="Siti Rekaan")
    PublicKey.objects.filter(id=new.id).update(retired_at=None)
    record = person_of(cast.ben, cast, name="Siti Rekaan")
    assert not Grant.objects.filter(record=record.id, key=old.id).exists()


def test_a_packet_is_not_sealed_again_for_another_organisation(cast, amina):  # noqa: F811 - fixtures
    for mine, theirs in ((cast.village, cast.elsewhere), (cast.elsewhere, cast.village)):
        groups = partners.groups_to_compare(theirs.organisation.id)
        partners.pin_by_groups(groups, by=mine.first.acting(at=clock.now()))
    consent = agreed(amina, cast.ben)
    referral = sent(amina, consent, cast.ben).referral
    Referral.objects.filter(id=referral).update(receiving_organisation=cast.elsewhere.organisation.id)
    wraps = set(PacketWrap.objects.values_list("id", flat=True))
    fields, ends_on = frozenset({Field.CALLED_NAME, Field.SAFE_CONTACT}), clock.today() + timedelta(days=30)
    record = keyring.open_record(amina.id, keys=cast.ben.keys)
    with pytest.raises((Refused, NotYours)):
        sending.narrow_consent(record, consent, fields=fields, ends_on=ends_on, by=acting_as(cast.ben))
    assert set(PacketWrap.objects.values_list("id", flat=True)) == wraps
    assert client_of(cast.farid).get(f"/inbox/{referral}").status_code == 404
