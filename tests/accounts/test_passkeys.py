"""Passkeys: a second factor, bound to this host, each challenge answered once."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest

from suar.accounts import factors
from suar.accounts import sign_in as signing_in
from suar.accounts.codes import Factor
from suar.accounts.models import Passkey, Session
from suar.core import clock
from suar.core.models import UsedToken
from suar.core.refusals import Refused
from suar.core.single_use import purge_used_tokens
from tests.accounts.authenticator import Device
from tests.accounts.conftest import AT, anonymous_client, reload_worker, sign_in_attempt, signed_in_client, words

pytestmark = pytest.mark.django_db


def enrolled(player, at=AT, **device: object) -> Device:
    made, worker = Device(**device), reload_worker(player)
    factors.add_passkey(worker, made.create(factors.creation_options(worker, at=at)), by=player.acting(at=at))
    return made


def by(player, answer: str, at=AT):
    return signing_in.sign_in(sign_in_attempt(player), check_factor=factors.passkey_check(answer), at=at)


def test_a_passkey_works_as_second_factor(cast):
    device = enrolled(cast.ben)
    assert by(cast.ben, device.get(factors.sign_in_options(at=AT)))
    assert Passkey.objects.get().uses == 1
    assert factors.usable_factors(cast.ben.id) == {Factor.APP: 1, Factor.PASSKEY: 1}


def test_a_passkey_never_replaces_the_password(cast):
    device = enrolled(cast.ben)
    answer = device.get(factors.sign_in_options(at=AT))
    with pytest.raises(Refused):
        signing_in.sign_in(
            sign_in_attempt(cast.ben, password="wrong one"),
            check_factor=factors.passkey_check(answer),
            at=AT,
        )


def test_a_passkey_of_another_worker_is_refused(cast):
    device = enrolled(cast.esi)
    with pytest.raises(Refused):
        by(cast.ben, device.get(factors.sign_in_options(at=AT)))


def test_a_challenge_works_once(cast):
    device = enrolled(cast.ben)
    answer = device.get(factors.sign_in_options(at=AT))
    by(cast.ben, answer)
    Passkey.objects.update(uses=0)
    with pytest.raises(Refused):
        by(cast.ben, answer)


@pytest.mark.parametrize(("minutes", "fits"), [(4, True), (5, False)])
def test_a_challenge_expires_after_five_minutes(cast, minutes: int, fits: bool):
    device = enrolled(cast.ben)
    answer = device.get(factors.sign_in_options(at=AT))
    at = AT + timedelta(minutes=minutes)
    if fits:
        assert by(cast.ben, answer, at=at)
    else:
        with pytest.raises(Refused):
            by(cast.ben, answer, at=at)


def test_a_forged_challenge_or_one_for_another_purpose_is_refused(cast):
    device, worker = enrolled(cast.ben), reload_worker(cast.ben)
    for options in (
        json.dumps({"challenge": "AAAA"}),
        factors.creation_options(worker, at=AT),
    ):
        with pytest.raises(Refused):
            by(cast.ben, device.get(options))
    other = Device()
    with pytest.raises(Refused, match="passkey"):
        factors.add_passkey(worker, other.create(factors.sign_in_options(at=AT)), by=cast.ben.acting(at=AT))
    options = factors.creation_options(reload_worker(cast.esi), at=AT)
    with pytest.raises(Refused, match="passkey"):
        factors.add_passkey(worker, other.create(options), by=cast.ben.acting(at=AT))


@pytest.mark.parametrize("where", [{"origin": "http://127.0.0.1:8000"}, {"rp_id": "127.0.0.1"}])
def test_an_answer_for_another_host_is_refused(cast, where: dict):
    device = enrolled(cast.ben)
    for name, value in where.items():
        setattr(device, name, value)
    with pytest.raises(Refused):
        by(cast.ben, device.get(factors.sign_in_options(at=AT)))
    with pytest.raises(Refused, match="passkey"):
        enrolled(cast.esi, **where)


def test_a_passkey_with_a_lower_sign_count_is_refused(cast):
    device = enrolled(cast.ben)
    device.uses = 7
    by(cast.ben, device.get(factors.sign_in_options(at=AT)))
    device.uses = 3
    with pytest.raises(Refused):
        by(cast.ben, device.get(factors.sign_in_options(at=AT)))


@pytest.mark.parametrize("answer", ["", "x", "[]", "{}", '{"response": {"clientDataJSON": "e30"}}', '{"rawId": 7}'])
def test_a_malformed_passkey_answer_is_refused(cast, answer: str):
    enrolled(cast.ben)
    with pytest.raises(Refused):
        by(cast.ben, answer)
    with pytest.raises(Refused, match="passkey"):
        factors.add_passkey(reload_worker(cast.ben), answer, by=cast.ben.acting(at=AT))


def test_one_device_is_one_passkey_of_one_worker(cast):
    device, esi = enrolled(cast.ben), reload_worker(cast.esi)
    with pytest.raises(Refused, match="passkey"):
        factors.add_passkey(esi, device.create(factors.creation_options(esi, at=AT)), by=cast.esi.acting(at=AT))
    told = json.loads(factors.creation_options(reload_worker(cast.ben), at=AT))
    assert len(told["excludeCredentials"]) == 1


def test_the_challenge_is_the_same_for_everybody_and_names_nobody(cast):
    enrolled(cast.ben)
    told = anonymous_client().get("/sign-in/challenge?name=ben")
    assert told["Cache-Control"] == "no-store"
    assert {**told.json(), "challenge": ""} == {
        "challenge": "",
        "timeout": 60000,
        "rpId": "localhost",
        "allowCredentials": [],
        "userVerification": "preferred",
    }
    assert UsedToken.objects.count() == 1, "only the enrolment spent one"
    assert anonymous_client().post("/sign-in/challenge").status_code == 405


def test_used_challenges_are_deleted_after_they_expire(cast):
    by(cast.ben, enrolled(cast.ben).get(factors.sign_in_options(at=AT)))
    assert purge_used_tokens(at=AT + timedelta(minutes=4)) == 0
    assert purge_used_tokens(at=AT + timedelta(minutes=6)) == 2


def test_a_passkey_is_added_and_used_to_sign_in(cast):
    client, device = signed_in_client(cast.ben), Device()
    options = unescape(re.search(r'data-options="([^"]+)"', words(client.get("/account/passkey")))[1])
    made = client.post("/account/passkey", {"passkey": device.create(options)})
    assert made.url == "/account/recovery"
    assert client.post("/account/passkey", {"passkey": "x"}).status_code == 400
    assert "1 passkey" in words(client.get("/account"))
    client = anonymous_client()
    answer = device.get(client.get("/sign-in/challenge").content.decode())
    typed = {"name": "ben", "password": cast.ben.password, "passkey": answer}
    assert client.post("/sign-in", {**typed, "shared": "on"}).status_code == 400
    assert client.post("/sign-in", typed).status_code == 302
    client.post("/account/factors/app/remove")
    assert client.post("/account/factors/passkey/remove").status_code == 409


def test_no_passkey_is_offered_on_a_shared_device(cast):
    client = signed_in_client(cast.ben, shared=True)
    assert client.get("/account/passkey").status_code == 404


def test_adding_a_passkey_needs_a_step_up(cast):
    client = signed_in_client(cast.ben)
    Session.objects.update(stepped_up_at=clock.now() - timedelta(hours=1))
    assert client.get("/account/passkey").status_code == 401
