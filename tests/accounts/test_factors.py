"""Second factors chosen, used, lost: the app and the sheet of codes."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.db import IntegrityError

from suar.accounts import factors, policy, tasks
from suar.accounts import sign_in as signing_in
from suar.accounts.codes import Factor
from suar.accounts.models import Session, SheetCode
from suar.core import clock
from suar.core.refusals import Refused
from suar.crypto import totp
from tests.accounts.conftest import AT, reload_worker, sign_in, sign_in_attempt, signed_in_client, words
from tests.accounts.test_form_replay import hidden

pytestmark = pytest.mark.django_db


def sheet_of(player, at=AT) -> list[str]:
    worker = reload_worker(player)
    return factors.new_sheet(worker, derived=signing_in.derive_keys(worker, player.password), by=player.acting(at=at))


def by_sheet(player, code: str, at=AT):
    return signing_in.sign_in(sign_in_attempt(player), check_factor=factors.code_check(code), at=at)


def test_a_sheet_has_forty_codes_of_eight_digits_and_each_works_once(cast):
    codes = sheet_of(cast.ben)
    assert len(set(codes)) == 40
    assert all(re.fullmatch(r"\d{8}", code) for code in codes)
    by_sheet(cast.ben, codes[3])
    with pytest.raises(Refused):
        by_sheet(cast.ben, codes[3])
    assert factors.usable_factors(cast.ben.id) == {Factor.APP: 1, Factor.SHEET: 39}


def test_a_new_sheet_replaces_the_previous_one(cast):
    old, new = sheet_of(cast.ben), sheet_of(cast.ben)
    with pytest.raises(Refused):
        by_sheet(cast.ben, old[0])
    assert by_sheet(cast.ben, new[0])


def test_a_code_of_another_workers_sheet_is_refused(cast):
    codes = sheet_of(cast.esi)
    with pytest.raises(Refused):
        by_sheet(cast.ben, codes[0])
    sheet_of(cast.ben)
    with pytest.raises(Refused):
        by_sheet(cast.ben, codes[0])


def test_sheet_codes_cannot_be_guessed_from_the_database(cast):
    """The digests are keyed, and the key is wrapped by the password."""
    codes, row = sheet_of(cast.ben), SheetCode.objects.filter(worker=cast.ben.id).get(number=1)
    guessed = {factors.sheet_digest(bytes(32), code) for code in codes}
    assert bytes(row.digest) not in guessed
    assert codes[0].encode() not in bytes(reload_worker(cast.ben).sheet_key)


def test_sheet_and_app_still_work_at_a_higher_password_cost(cast, settings):
    codes = sheet_of(cast.ben)
    settings.SUAR_KDF = {"memory_kib": 128, "passes": 1, "lanes": 1}
    by_sheet(cast.ben, codes[0])
    assert by_sheet(cast.ben, codes[1])
    assert sign_in(cast.ben, AT)


def test_an_app_is_added_only_with_a_right_code(cast):
    worker, secret = reload_worker(cast.ben), totp.new_secret()
    derived = signing_in.derive_keys(worker, cast.ben.password)
    with pytest.raises(Refused, match="app_code"):
        factors.check_app_code(secret, "000000", at=AT)
    code = totp.code_at(secret, totp.step_at(AT))
    step = factors.check_app_code(secret, code, at=AT)
    factors.add_app(worker, secret, used_step=step, derived=derived, by=cast.ben.acting(at=AT))
    with pytest.raises(Refused):
        signing_in.sign_in(sign_in_attempt(cast.ben), check_factor=factors.code_check(code), at=AT)


def test_a_factor_can_be_removed_except_the_last(cast):
    sheet_of(cast.ben)
    factors.remove(Factor.APP, by=cast.ben.acting(at=AT))
    with pytest.raises(Refused, match="last_factor"):
        factors.remove(Factor.SHEET, by=cast.ben.acting(at=AT))
    with pytest.raises(Refused):
        sign_in(cast.ben, AT)
    assert not policy.may_remove_factor(frozenset({Factor.SHEET}), Factor.SHEET)


def test_sheet_codes_have_unique_numbers(cast):
    sheet_of(cast.ben)
    with pytest.raises(IntegrityError):
        SheetCode.objects.create(worker=cast.ben.worker, number=1, digest=bytes(32))


def test_the_factors_page_lists_the_factors(cast):
    page = words(signed_in_client(cast.ben).get("/account/factors"))
    assert "App that shows codes" in page
    assert "/account/passkey" in page
    assert "/account/passkey" not in words(signed_in_client(cast.esi, shared=True).get("/account/factors"))


def test_the_server_stores_no_app_secret_before_its_first_code(cast):
    client = signed_in_client(cast.ben)
    page = client.get("/account/app")
    text = words(page)
    assert "<svg" in text
    assert "style=" not in text
    letters = re.search(r"<strong>([A-Z2-7 ]+)</strong>", text)[1]
    assert len(letters.replace(" ", "")) == 32
    secret = secret_in(page)
    typed = {"app_secret": hidden(page)["app_secret"], "password": cast.ben.password}
    wrong = client.post("/account/app", {**typed, "code": "000000"})
    assert wrong.status_code == 400
    assert secret_in(wrong) == secret
    code = totp.code_at(secret, totp.step_at(clock.now()))
    assert client.post("/account/app", {**typed, "code": code}).url == "/account/recovery"
    cast.ben.totp_secret = secret
    later = clock.now() + timedelta(minutes=1)
    assert sign_in(cast.ben, later)


def secret_in(page) -> bytes:
    return bytes.fromhex(signing.loads(hidden(page)["app_secret"], salt="suar.app")[1])


@pytest.mark.parametrize("whose", ["nobody", "esi"])
def test_an_app_secret_of_another_worker_is_refused(cast, whose: str):
    other = hidden(signed_in_client(cast.esi).get("/account/app"))["app_secret"] if whose == "esi" else "x"
    page = signed_in_client(cast.ben).post(
        "/account/app", {"app_secret": other, "password": cast.ben.password, "code": "000000"}
    )
    assert page.status_code == 400
    assert "open for too long" in words(page)
    assert hidden(page)["app_secret"] != other


def test_the_sheet_is_shown_once_after_the_password(cast):
    client = signed_in_client(cast.ben)
    assert client.get("/account/codes").status_code == 200
    assert client.post("/account/codes", {"password": "wrong one"}).status_code == 400
    page = words(client.post("/account/codes", {"password": cast.ben.password}))
    codes = re.findall(r"</span> (\d{4} \d{4})</td>", page)
    assert len(codes) == 40
    assert by_sheet(cast.ben, codes[0], at=clock.now())


def test_removing_a_factor_needs_a_step_up(cast):
    client = signed_in_client(cast.ben)
    assert client.post("/account/factors/app/remove").status_code == 409
    assert client.post("/account/factors/rumour/remove").status_code == 404
    sheet_of(cast.ben)
    assert client.post("/account/factors/app/remove").url == "/account/factors"
    Session.objects.update(stepped_up_at=clock.now() - timedelta(hours=1))
    assert client.post("/account/factors/sheet/remove").status_code == 401


def test_the_purge_job_deletes_expired_rows(cast):
    sign_in(cast.ben, clock.now() - timedelta(days=2))
    assert tasks.purge_expired.call() == {"attempts": 4, "tokens": 0, "sessions": 1, "alarms": 0, "papers": 0}
