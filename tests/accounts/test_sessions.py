"""The split session: either half is useless, and it ends by itself."""

from datetime import timedelta

import pytest
from django.urls import reverse

from suar.accounts import factors, sessions
from suar.accounts import sign_in as signing_in
from suar.accounts.codes import WorkerState
from suar.accounts.cookies import SESSION_COOKIE, WRAPPING_COOKIE
from suar.accounts.models import Session, Worker
from suar.accounts.sessions import Cookies
from suar.core import clock
from suar.core.refusals import NotYours, Refused, TooBusy
from suar.crypto import kdf, values
from suar.crypto.values import SealBroken
from suar.demo.cast import PASSWORD
from tests.accounts.conftest import AT, resume_session, sign_in
from tests.people import client_of
from tests.screening.conversing import START

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]
MINUTE = timedelta(minutes=1)


def test_the_cookies_alone_open_nothing(cast):
    cookies = sign_in(cast.ben, AT)
    Session.objects.all().delete()
    assert resume_session(cookies, AT) is None


def test_the_database_alone_opens_no_session(cast):
    sign_in(cast.ben, AT)
    row = Session.objects.get()
    with pytest.raises(SealBroken):
        values.unwrap(bytes(row.digest), bytes(row.sealed), label=f"session|{cast.ben.id}")


def test_the_database_stores_neither_cookie(cast):
    cookies = sign_in(cast.ben, AT)
    kept = str(Session.objects.values().get()).encode() + bytes(Session.objects.get().sealed)
    assert cookies.session.encode() not in kept
    assert bytes.fromhex(cookies.wrapping) not in kept
    assert bytes(Session.objects.get().digest) == kdf.token_digest(cookies.session)


@pytest.mark.parametrize("wrapping", ["", "00", "zz", "00" * 32])
def test_a_wrong_wrapping_key_opens_nothing(cast, wrapping: str):
    cookies = sign_in(cast.ben, AT)
    assert resume_session(Cookies(cookies.session, wrapping), AT) is None
    assert resume_session(cookies, AT)


def test_cookies_of_two_sessions_cannot_be_mixed(cast):
    ben, esi = sign_in(cast.ben, AT), sign_in(cast.esi, AT)
    assert resume_session(Cookies(ben.session, esi.wrapping), AT) is None


def test_repr_of_cookies_and_keys_hides_them(cast):
    cookies = sign_in(cast.ben, AT)
    assert cookies.session not in repr(cookies)
    assert cookies.wrapping not in repr(cookies)
    assert repr(resume_session(cookies, AT).keys) == f"Keys({cast.ben.id})"


@pytest.mark.parametrize(("shared", "lives", "ends"), [(False, 14, 15), (True, 4, 5)])
def test_an_idle_session_ends(cast, shared: bool, lives: int, ends: int):
    cookies = sign_in(cast.ben, AT, shared=shared)
    assert resume_session(cookies, AT + lives * MINUTE)
    seen = AT + lives * MINUTE
    assert resume_session(cookies, seen + ends * MINUTE) is None


def test_a_session_in_a_talk_may_idle_longer(cast):
    cookies = sign_in(cast.ben, AT)
    sessions.set_in_talk(cookies.session, in_talk=True)
    assert resume_session(cookies, AT + 89 * MINUTE).session.in_talk
    sessions.set_in_talk(cookies.session, in_talk=False)
    assert resume_session(cookies, AT + (89 + 16) * MINUTE) is None


def test_an_active_session_ends_after_eight_hours(cast):
    cookies = sign_in(cast.ben, AT)
    for minutes in range(10, 480, 10):
        assert resume_session(cookies, AT + minutes * MINUTE)
    assert resume_session(cookies, AT + 480 * MINUTE) is None


def test_a_step_up_renews_the_cookies_but_not_the_eight_hours(cast):
    cookies, later = sign_in(cast.ben, AT), AT + 10 * MINUTE
    signing_in.verify_password(cast.ben.id, cast.ben.password, at=later)
    renewed = signing_in.step_up(cookies, by=cast.ben.acting(at=later))
    assert resume_session(cookies, later) is None
    assert resume_session(renewed, later).viewer.fresh
    assert Session.objects.get().made_at == AT
    assert not {renewed.session, renewed.wrapping} & {cookies.session, cookies.wrapping}


def test_a_step_up_expires(cast):
    cookies = sign_in(cast.ben, AT)
    sessions.set_in_talk(cookies.session, in_talk=True)
    assert resume_session(cookies, AT + 29 * MINUTE).viewer.fresh
    assert not resume_session(cookies, AT + 31 * MINUTE).viewer.fresh


@pytest.mark.parametrize("cookies", [Cookies("made-up", "00" * 32), Cookies("", "")])
def test_a_deleted_session_cannot_be_renewed(db, cookies: Cookies):
    with pytest.raises(NotYours):
        sessions.renew(cookies, at=AT)


def test_wrong_passwords_at_step_up_are_rate_limited(cast):
    for _ in range(5):
        with pytest.raises(Refused, match="step_up"):
            signing_in.verify_password(cast.ben.id, "wrong one", at=AT)
    with pytest.raises(TooBusy):
        signing_in.verify_password(cast.ben.id, cast.ben.password, at=AT)
    assert sign_in(cast.ben, AT), "who guesses in a stolen session keeps nobody from signing in"


def test_disabling_a_worker_ends_their_session(cast):
    cookies = sign_in(cast.ben, AT)
    Worker.objects.filter(id=cast.ben.id).update(state=WorkerState.DISABLED)
    assert resume_session(cookies, AT) is None


def test_a_session_of_an_invited_worker_is_for_enrolling_only(cast):
    pairs = sessions._open(sign_in(cast.ben, AT))[1]
    Worker.objects.filter(id=cast.ben.id).update(state=WorkerState.INVITED)
    worker = Worker.objects.get(id=cast.ben.id)
    ordinary = sessions.begin(worker, pairs, at=AT, shared=False)
    enrolling = sessions.begin(worker, pairs, at=AT, shared=False, enrolling=True)
    assert resume_session(ordinary, AT) is None
    assert resume_session(enrolling, AT).session.enrolling


def test_ending_all_sessions_spares_the_current_one(cast):
    first, second = sign_in(cast.ben, AT), sign_in(cast.ben, AT + MINUTE)
    assert sessions.end_all(cast.ben.id, but=second.session) == 1
    assert resume_session(first, AT + MINUTE) is None
    assert resume_session(second, AT + MINUTE)
    assert sessions.end_all(cast.ben.id) == 1


def test_a_session_row_is_stored_a_day_for_form_replay(cast):
    cookies = sign_in(cast.ben, AT)
    assert sessions.purge_ended(at=AT + timedelta(hours=23)) == 0
    assert sessions.last_worker(cookies.session) == cast.ben.id
    assert sessions.purge_ended(at=AT + timedelta(hours=25)) == 1
    assert sessions.last_worker(cookies.session) is None


def test_a_viewer_has_teams_and_leads(cast):
    esi = resume_session(sign_in(cast.esi, AT), AT).viewer
    assert esi.teams == esi.leads == {cast.village.team.id}
    assert resume_session(sign_in(cast.ben, AT), AT).viewer.leads == frozenset()


def test_a_lost_app_proves_nothing(cast):
    worker = Worker.objects.get(id=cast.ben.id)
    factors.remove_all(worker)
    with pytest.raises(Refused):
        sign_in(cast.ben, AT)


def begun(client, **typed):
    """Begin a talk in the browser and give the address of its first page."""
    answer = client.post(reverse("talk_start"), {**START, **typed})
    assert answer.status_code == 302, answer.content.decode()
    assert client.get(answer.url).status_code == 200
    return answer.url


def typed_pin(client, covered, pin):
    ticket = covered.context["ticket"]
    return client.post(reverse("open_talk"), {"pin": pin, "ticket": ticket, "carried": ""})


def test_an_idle_talk_is_locked_until_the_password_unlocks_it(cast):
    client = client_of(cast.ben)
    page = begun(client)
    with clock.shifted(6 * MINUTE):
        locked = client.get(page)
        assert locked.status_code == 401
        assert "six digits" not in locked.content.decode()
        assert client.get("/").status_code == 401
        ticket = locked.context["ticket"]
        opened = client.post(reverse("step_up"), {"password": PASSWORD, "ticket": ticket})
        assert opened.url == page
        assert client.get(page).status_code == 200


def test_the_pin_unlocks_a_talk_and_is_no_step_up(cast):
    client = client_of(cast.ben)
    page = begun(client, pin="730164")
    with clock.shifted(40 * MINUTE):
        covered = client.get(page)
        assert covered.status_code == 401
        assert "Six digits" in covered.content.decode()
        assert typed_pin(client, covered, "730165").status_code == 400
        assert client.get(page).status_code == 401
        assert typed_pin(client, covered, "730164").url == page
        assert client.get(page).status_code == 200
        halves = (client.cookies[name].value for name in (SESSION_COOKIE, WRAPPING_COOKIE))
        assert not sessions.resume(Cookies(*halves), at=clock.now()).viewer.fresh


def test_a_form_posted_to_a_locked_talk_is_replayed_after_the_pin(cast):
    client = client_of(cast.ben)
    page = begun(client, pin="730164")
    with clock.shifted(6 * MINUTE):
        covered = client.post(page, {"version": "1", "go": "on", "note": "kept"})
        carried = {name: covered.context[name] for name in ("carried", "ticket")}
        assert "kept" in carried["carried"]
        wrong = client.post(reverse("open_talk"), {"pin": "000001", **carried})
        assert wrong.context["carried"] == carried["carried"]
        on = client.post(reverse("open_talk"), {"pin": "730164", **carried})
        assert ("note", "kept") in on.context["pairs"]


def test_after_five_wrong_pins_only_the_password_unlocks(cast):
    client = client_of(cast.ben)
    page = begun(client, pin="730164")
    with clock.shifted(6 * MINUTE):
        covered = client.get(page)
        said = [typed_pin(client, covered, f"00000{last}").content.decode() for last in range(5)]
        assert ["Too many tries" in item for item in said] == [False] * 4 + [True]
        assert "Too many tries" in typed_pin(client, covered, "730164").content.decode()
        assert client.get(page).status_code == 401
        ticket = covered.context["ticket"]
        client.post(reverse("step_up"), {"password": PASSWORD, "ticket": ticket})
        assert client.get(page).status_code == 200


def test_the_pin_cannot_be_guessed_from_the_database(cast):
    client = client_of(cast.ben)
    begun(client, pin="730164")
    row = Session.objects.get(worker=cast.ben.id)
    kept = bytes(row.talk_pin)
    known = [bytes(row.digest), bytes(row.sealed), bytes(row.worker.salt), row.worker.id.bytes]
    assert not any(kdf.mac(kdf.digest(key), b"730164") == kept for key in known)
    again = sessions.Cookies(client.cookies[SESSION_COOKIE].value, "00" * 32)
    with pytest.raises(NotYours):
        sessions.open_by_pin(again, "730164", at=clock.now())


def test_easy_pins_are_refused_and_a_talk_needs_no_pin(cast):
    client = client_of(cast.ben)
    for pin in ("111111", "123456", "12345", "abcdef"):
        answer = client.post(reverse("talk_start"), {**START, "pin": pin})
        assert answer.status_code == 400
    begun(client)
    assert Session.objects.get(worker=cast.ben.id).talk_pin is None


def test_a_pin_without_a_talk_opens_nothing(cast):
    client = client_of(cast.ben)
    begun(client)
    with clock.shifted(6 * MINUTE):
        covered = client.get("/")
        assert typed_pin(client, covered, "730164").status_code == 400
        assert client.get("/").status_code == 401


def test_an_active_talk_is_not_locked(cast):
    client = client_of(cast.ben)
    page = begun(client)
    for minutes in range(4, 40, 4):
        with clock.shifted(minutes * MINUTE):
            assert client.get(page).status_code == 200


@pytest.mark.parametrize(("shared", "minutes"), [(False, 16), (True, 6)])
def test_leaving_a_talk_restores_the_idle_limits(cast, shared, minutes):
    client = client_of(cast.ben)
    Session.objects.update(shared=shared)
    page = begun(client)
    assert client.get("/").status_code == 200
    with clock.shifted(minutes * MINUTE):
        assert client.get("/").status_code == 302
    assert client.get(page).status_code == 200
    with clock.shifted(80 * MINUTE):
        assert client.get(page).status_code == 401
