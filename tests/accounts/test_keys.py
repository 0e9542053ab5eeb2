"""The keys of a request, the words of a certificate, and what other stages may ask."""

import pickle
from uuid import uuid4

import pytest

from suar.accounts import queries
from suar.accounts.codes import KeyKind
from suar.accounts.keys import Keys, UserPairs, newest_public
from suar.accounts.pins import certified_text
from suar.accounts.queries import worker_fingerprint
from suar.accounts.roles import Role
from suar.accounts.workers import admit, certify
from suar.core.refusals import NotYours
from suar.crypto.pairs import seal_to, verify_signature
from suar.demo import cast as casting
from tests.accounts.conftest import AT

pytestmark = pytest.mark.django_db


def test_keys_are_never_pickled(cast):
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(cast.ben.keys)


def test_a_worker_opens_the_keys_that_were_sealed_to_them_and_no_others(cast):
    team = cast.ben.keys.list_keys(KeyKind.TEAM)[0]
    assert cast.ben.keys.pair(team.id).public == team.public
    assert len(cast.ben.keys.search_key(team.id)) == 32
    other = cast.farid.keys.list_keys(KeyKind.TEAM)[0]
    with pytest.raises(NotYours):
        cast.ben.keys.private(other.id)


def test_the_own_key_opens_what_was_sealed_to_the_worker(cast):
    key, public = queries.key_for_holder("worker", cast.ben.id)
    assert public == cast.ben.keys._read.public
    assert cast.ben.keys.pair(key).open(seal_to(public, b"to Ben")) == b"to Ben"


def test_daily_keys_exclude_ceremony_keys(cast):
    everyday = {key.kind for key in cast.esi.keys.list_keys()}
    assert everyday == {KeyKind.USER_READ, KeyKind.TEAM, KeyKind.INBOX}
    assert cast.esi.keys.list_keys(KeyKind.BREAK_GLASS, KeyKind.STATISTICS)


def test_only_a_signatory_signs_for_the_organisation(cast):
    village = cast.village.organisation.id
    assert cast.esi.keys.identity(village)
    for keys, organisation in ((cast.ben.keys, village), (cast.esi.keys, uuid4())):
        with pytest.raises(NotYours):
            keys.identity(organisation)
    with pytest.raises(NotYours):
        certify(cast.ben.id, fingerprint=worker_fingerprint(cast.ben.id), by=cast.lia.acting(at=AT))


def test_a_certificate_names_owner_and_key(cast):
    identity = queries.key_for_holder("identity", cast.village.organisation.id)[1]
    for kind in (KeyKind.USER_READ, KeyKind.USER_SIGN):
        key = newest_public(kind, cast.ben.id)
        text = certified_text(kind, cast.ben.id, bytes(key.public))
        signed = bytes(key.certificate)
        assert verify_signature(identity, text, signed)
        assert not verify_signature(identity, certified_text(kind, cast.esi.id, bytes(key.public)), signed)
        assert verify_signature(bytes(key.public), b"x", cast.ben.keys.sign(b"x")) is (kind is KeyKind.USER_SIGN)


def test_both_own_pairs_are_wrapped_as_one_value():
    pairs = UserPairs.new()
    again = UserPairs.from_bytes(pairs.to_bytes())
    assert (again.read.public, again.sign.public) == (pairs.read.public, pairs.sign.public)


def test_a_new_membership_is_read_after_forget(cast):
    nadia = casting.hire(cast.village.organisation, "nadia", "Nadia", Role.VILLAGE_TEAM, by=None, at=AT)
    keys = Keys(nadia.id, read=nadia.keys._read, sign=nadia.keys._sign)
    assert keys.list_keys(KeyKind.TEAM) == []
    admit(nadia.id, team=cast.village.team.id, fingerprint=worker_fingerprint(nadia.id), by=cast.esi.acting(at=AT))
    assert keys.list_keys(KeyKind.TEAM) == []
    keys.forget()
    assert len(keys.list_keys(KeyKind.TEAM)) == 1


def test_queries_return_ids_names_and_public_keys(cast):
    team = queries.team_facts(cast.village.team.id)
    assert (team.leads, team.own_cases_only) == (frozenset({cast.esi.id}), True)
    assert queries.teams_of(cast.village.organisation.id) == [team]
    assert queries.display_names([cast.ben.id, None]) == {cast.ben.id: "Ben"}
    organisation = cast.village.organisation
    assert queries.organisation_names([organisation.id, None]) == {organisation.id: organisation.name}
    assert queries.key_for_holder("team", uuid4()) is None
