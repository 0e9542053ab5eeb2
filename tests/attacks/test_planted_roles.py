"""An administrator with an account writes rows, to be given keys of records: of a team, a role, or a grant (T6).

The organisation's signature over a worker's key says whether their role reads records.
"""

from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from suar.accounts import key_requests, queries, workers
from suar.accounts.codes import KeyKind, Way
from suar.accounts.models import Membership, PublicKey, Worker, Wrap
from suar.accounts.roles import Role
from suar.consent.codes import ExclusionKind
from suar.consent.exclusions import NewExclusion
from suar.core import clock
from suar.core.refusals import KeyNotTrusted
from suar.demo import cast as casting
from suar.demo.cast import Cast, Player
from suar.records import actions as records
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.models import Grant, IndexKey
from suar.records.terms import HolderKind, Kind
from suar.referrals import sending
from suar.referrals.models import PacketWrap
from tests import cast as at_work
from tests.attacks.test_lost_keys_and_reviews import thieves_type
from tests.people import acting_as, agreed, person_of, sent

world, cast, amina = at_work.world, at_work.cast, at_work.amina


def own_keys(player: Player) -> set[UUID]:
    return set(PublicKey.objects.filter(kind=KeyKind.USER_READ, owner=player.id).values_list("id", flat=True))


def sealed_to(player: Player) -> bool:
    """Return True if a grant, the key of an index entry, or a packet is sealed to a player's own key."""
    tables = (Grant.objects.exclude(sealed=b"-"), IndexKey.objects.all(), PacketWrap.objects.all())
    return any(table.filter(key__in=own_keys(player)).exists() for table in tables)


def plant_role(player: Player, role: Role) -> None:
    Worker.objects.filter(id=player.id).update(role=role)
    player.worker.refresh_from_db()


def plant_lead(player: Player, team: UUID) -> None:
    plant_role(player, Role.SUPERVISOR)
    Membership.objects.create(worker_id=player.id, team_id=team, leads=True, since=clock.now())


@pytest.mark.db_contract
@pytest.mark.parametrize("name", ["gita", "oka"])
def test_a_planted_lead_gets_no_new_record(cast: Cast, name: str) -> None:
    oka = casting.join(cast.village, "oka", "Oka", Role.SUPERVISOR, at=clock.now())
    planted = {"gita": cast.gita, "oka": oka}[name]
    plant_lead(planted, cast.village.team.id) if name == "gita" else Membership.objects.filter(worker=oka.id).update(
        leads=True
    )
    with suppress(KeyNotTrusted):
        person_of(cast.ben, cast)
    assert sealed_to(planted) is (name == "oka"), "Oka is the control: a real supervisor"


def test_a_planted_member_gets_nothing_when_a_record_is_restricted(cast: Cast) -> None:
    team, by = cast.pelita, cast.chioma
    adm = casting.join(team, "adm", "Adm", Role.ADMINISTRATOR, at=clock.now())
    where: dict[str, Any] = {"organisation": team.organisation.id, "team": team.team.id}
    person = records.new_record(Kind.PERSON, **where, by=by.id, at=clock.now())
    plant_lead(adm, team.team.id)
    records.restrict(person, excluded=[cast.jaya.id], keys=by.keys, at=clock.now())
    assert Grant.objects.filter(record=person.id, holder=HolderKind.WORKER).count() >= 2, "the control"
    assert not sealed_to(adm)


def test_a_planted_officer_gets_no_packet(cast: Cast) -> None:
    adm = casting.join(cast.pelita, "adm", "Adm", Role.ADMINISTRATOR, at=clock.now())
    plant_role(adm, Role.SOCIAL_WORKER)
    person = person_of(cast.ben, cast)
    added = [NewExclusion(ExclusionKind.WORKER, cast.jaya.id)]
    sending.record_exclusions(keyring.open_record(person.id, keys=cast.ben.keys), added, by=acting_as(cast.ben))
    person = keyring.open_record(person.id, keys=cast.ben.keys)
    sent(person, agreed(person, cast.ben), cast.ben)
    assert PacketWrap.objects.exists(), "the control"
    assert not sealed_to(adm)


def test_a_planted_grant_gets_no_index_entry(cast: Cast, amina: OpenRecord) -> None:
    [key] = own_keys(cast.gita)
    Grant.objects.create(
        record=amina.id, key=key, holder=HolderKind.WORKER, compartments=31, sealed=b"-", at=clock.now()
    )
    with suppress(KeyNotTrusted), transaction.atomic():
        records.set_index_entry(amina, {"name": "Amina Rekaan"}, keys=cast.ben.keys, at=clock.now())
    assert not sealed_to(cast.gita)


def holds_keys(player: Player) -> bool:
    """Return True if a shared key is sealed to a player."""
    return Wrap.objects.filter(holder=player.id, way=Way.MEMBER).exists()


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SUPERVISOR])
def test_an_account_confirmed_in_another_role_is_not_admitted(cast: Cast, role: Role) -> None:
    adm = casting.hire(cast.village.organisation, "adm", "Adm", role, by=None, at=clock.now())
    workers.certify(adm.id, fingerprint=queries.worker_fingerprint(adm.id), by=acting_as(cast.esi))
    plant_role(adm, Role.SUPERVISOR)
    with suppress(KeyNotTrusted), transaction.atomic():
        workers.admit(
            adm.id,
            team=cast.village.team.id,
            fingerprint=queries.worker_fingerprint(adm.id),
            by=acting_as(cast.esi),
            leads=True,
        )
    assert holds_keys(adm) is (role is Role.SUPERVISOR), "a real supervisor is the control"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SUPERVISOR])
def test_papers_open_nothing_for_an_account_confirmed_in_another_role(cast: Cast, role: Role) -> None:
    adm = casting.hire(cast.village.organisation, "adm", "Adm", role, by=None, at=clock.now())
    workers.certify(adm.id, fingerprint=queries.worker_fingerprint(adm.id), by=acting_as(cast.esi))
    plant_role(adm, Role.SUPERVISOR)
    request = thieves_type(cast, adm)
    with clock.shifted(key_requests.RECOVERY_WAITS), suppress(KeyNotTrusted), transaction.atomic():
        key_requests.open_lost_keys(request, by=acting_as(adm))
    assert holds_keys(adm) is (role is Role.SUPERVISOR), "a real supervisor is the control"
