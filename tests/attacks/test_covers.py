"""A colleague who stands in for a worker does not take the person from them unseen."""

from datetime import timedelta
from uuid import UUID

import pytest

from suar.accounts.models import Notice
from suar.cases import erasure, handover
from suar.cases.documents import Handover
from suar.consent.codes import ExclusionKind
from suar.consent.exclusions import NewExclusion
from suar.core import clock
from suar.demo.cast import Cast, Player
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.models import Grant
from suar.records.terms import HolderKind
from suar.referrals import sending
from tests.cast import amina, cast, world  # noqa: F401 - fixtures
from tests.people import acting_as


def hand_over(record: UUID, player: Player, to: Player, *, days: int = 0) -> None:
    until = clock.today() + timedelta(days=days) if days else None
    handed = Handover(worker=to.id, agreed=True, until=until, by=player.id, at=clock.now())
    handover.hand_over(keyring.open_record(record, keys=player.keys), handed, by=acting_as(player))


def test_the_absent_worker_is_told_that_a_cover_handed_their_person_on(cast: Cast, amina: OpenRecord) -> None:  # noqa: F811 - fixtures
    keys = [key.id for key in cast.ben.keys.list_keys()]
    ben_holds = Grant.objects.filter(record=amina.id, holder=HolderKind.WORKER, key__in=keys)
    hand_over(amina.id, cast.ben, cast.lia, days=5)
    Notice.objects.all().delete()
    hand_over(amina.id, cast.lia, cast.esi)
    assert not ben_holds.exists(), "the control"
    assert {cast.ben.id, cast.esi.id} <= set(Notice.objects.values_list("worker", flat=True))


@pytest.mark.parametrize("excluded", [False, True])
def test_the_absent_worker_is_told_that_a_cover_asks_to_erase_their_person(
    cast: Cast,  # noqa: F811 - a fixture
    amina: OpenRecord,  # noqa: F811 - a fixture
    excluded: bool,
) -> None:
    hand_over(amina.id, cast.ben, cast.lia, days=5)
    if excluded:
        added = [NewExclusion(ExclusionKind.WORKER, cast.ben.id)]
        sending.record_exclusions(keyring.open_record(amina.id, keys=cast.lia.keys), added, by=acting_as(cast.lia))
    Notice.objects.all().delete()
    facts = {"on": clock.today(), "who": "PERSON", "way": "TALK"}
    record = keyring.open_record(amina.id, keys=cast.lia.keys)
    erasure.change(record, erasure.REQUEST, facts, by=acting_as(cast.lia))
    assert (cast.ben.id in set(Notice.objects.values_list("worker", flat=True))) is not excluded
