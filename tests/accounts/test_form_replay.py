"""Nothing typed is lost, and nothing typed is handed to anybody else."""

import html
import re
from datetime import timedelta

import pytest
from django.core import signing
from django.urls import reverse

from suar.accounts import form_replay
from suar.accounts.models import Session
from suar.core import clock
from suar.core.models import Attempt
from tests.accounts.conftest import anonymous_client, sign_in_fields, signed_in_client, words

pytestmark = pytest.mark.django_db
TYPED = {"name": "pelita two", "display_name": 'Ibu "Sri" & <b>Co</b>', "role": "PROVIDER"}
INVITE = "/workers/invite"
LATER = timedelta(minutes=31)


def hidden(response) -> dict[str, str]:
    """Read the hidden fields of a page as a browser would send them."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', words(response))
    return {name: html.unescape(value) for name, value in found}


def ended(cast, player: str = "gita"):
    """Post a form in a session that has run out; the page that answers."""
    client = signed_in_client(getattr(cast, player))
    with clock.shifted(LATER):
        return client, client.post(INVITE, TYPED)


def test_a_form_posted_without_a_session_is_replayed_after_sign_in(cast):
    client, page = ended(cast)
    assert page.status_code == 401
    with clock.shifted(LATER):
        on = client.post("/sign-in", sign_in_fields(cast.gita, **hidden(page)))
        assert f'action="{INVITE}"' in words(on)
        assert {item: hidden(on)[item] for item in TYPED} == TYPED
        sent = client.post(INVITE, hidden(on))
    assert "Ibu &quot;Sri&quot; &amp; &lt;b&gt;Co&lt;/b&gt;" in words(sent)


def test_a_form_is_not_replayed_for_another_worker(cast):
    client, page = ended(cast)
    with clock.shifted(LATER):
        on = client.post("/sign-in", sign_in_fields(cast.esi, **hidden(page)))
    assert on.url == reverse("day")
    assert "Sri" not in words(on)


def test_a_wrong_password_at_sign_in_keeps_the_posted_form(cast):
    client, page = ended(cast)
    with clock.shifted(LATER):
        again = client.post("/sign-in", sign_in_fields(cast.gita, password="wrong one", **hidden(page)))
    kept = hidden(again)
    assert (kept["carried"], kept["ticket"]) == (hidden(page)["carried"], hidden(page)["ticket"])


def test_the_server_stores_nothing_of_a_posted_form(cast):
    ended(cast)
    rows = [*Session.objects.values(), *Attempt.objects.values()]
    assert "Sri" not in str(rows)


def test_secrets_are_not_replayed(cast):
    client = signed_in_client(cast.ben)
    secrets = {"password": "old words here", "new_password": "very new words", "again": "x"}
    with clock.shifted(LATER):
        page = words(client.post("/account/password", {**secrets, "kept": "this"}))
    assert "words" not in hidden_values(page)
    assert "kept" in hidden_values(page)


def hidden_values(page: str) -> str:
    return " ".join(re.findall(r'<input type="hidden"[^>]*>', page))


def test_a_typed_return_code_is_not_replayed(cast):
    client = signed_in_client(cast.ben)
    code = {"new_code": "digits|123412341234", "code": "1234 1234 1234", "thing1": "kite"}
    with clock.shifted(LATER):
        page = client.post(reverse("new_request"), code)
    assert page.status_code == 401
    assert "1234" not in words(page) and "kite" not in words(page)


def test_a_form_without_a_known_worker_is_not_replayed(db):
    page = anonymous_client().post(INVITE, TYPED)
    assert page.status_code == 401
    assert "carried" not in hidden(page)
    assert "Sri" not in words(page)


@pytest.mark.parametrize(
    "ticket",
    ["", "forged", signing.dumps(["x"], salt=form_replay.SALT), signing.dumps([1, 2, 3], salt="else")],
    ids=["none", "forged", "another kind", "another salt"],
)
def test_a_forged_ticket_replays_nothing(cast, ticket: str):
    typed = sign_in_fields(cast.ben, carried='{"a": ["b"]}', ticket=ticket)
    assert anonymous_client().post("/sign-in", typed).url == reverse("day")


@pytest.mark.parametrize(
    "carried",
    ["not json", "[]", "", '{"a": 1}', '{"a": [[1]]}', "[" * 100_000, '{"a": ' * 100_000],
    ids=["words", "list", "empty", "number", "nested", "deep", "deeper"],
)
def test_an_invalid_form_to_replay_redirects_to_the_page(cast, carried: str):
    ticket = signing.dumps([str(cast.ben.id), "/account", "POST"], salt=form_replay.SALT)
    typed = sign_in_fields(cast.ben, carried=carried, ticket=ticket)
    response = anonymous_client().post("/sign-in", typed)
    assert response.url in ("/account", reverse("day"))


def test_an_expired_ticket_replays_nothing(cast, monkeypatch):
    monkeypatch.setattr(form_replay, "CARRIED_FOR_S", -1)
    client, page = ended(cast)
    with clock.shifted(LATER):
        on = client.post("/sign-in", sign_in_fields(cast.gita, **hidden(page)))
    assert on.url == reverse("day")


def test_a_form_that_is_too_long_is_not_replayed(cast, monkeypatch):
    monkeypatch.setattr(form_replay, "MAX_CARRIED_CHARACTERS", 10)
    _, page = ended(cast)
    assert page.status_code == 401
    assert "carried" not in hidden(page)


def test_a_step_up_replays_the_form_in_a_renewed_session(cast):
    client = signed_in_client(cast.gita)
    Session.objects.update(stepped_up_at=clock.now() - LATER)
    asked = client.post(INVITE, TYPED)
    assert asked.status_code == 401
    before = dict(client.cookies)
    on = client.post("/again", {**hidden(asked), "password": cast.gita.password})
    assert {item: hidden(on)[item] for item in TYPED} == TYPED
    assert client.cookies["__Host-suar"].value != before["__Host-suar"]
    assert client.post(INVITE, hidden(on)).status_code == 200


def test_a_wrong_password_at_step_up_sends_nothing_and_keeps_the_form(cast):
    client = signed_in_client(cast.gita)
    Session.objects.update(stepped_up_at=clock.now() - LATER)
    asked = client.post(INVITE, TYPED)
    again = client.post("/again", {**hidden(asked), "password": "wrong one"})
    assert again.status_code == 400
    assert hidden(again)["carried"] == hidden(asked)["carried"]
    assert client.post("/again", hidden(asked)).status_code == 400


def test_a_session_that_ends_during_a_step_up_still_replays_the_form(cast):
    client = signed_in_client(cast.gita)
    Session.objects.update(stepped_up_at=clock.now() - LATER)
    asked = client.post(INVITE, TYPED)
    with clock.shifted(LATER):
        page = client.post("/again", {**hidden(asked), "password": cast.gita.password})
        assert page.status_code == 401
        on = client.post("/sign-in", sign_in_fields(cast.gita, **hidden(page)))
    assert {item: hidden(on)[item] for item in TYPED} == TYPED


def test_a_step_up_without_a_form_redirects_to_the_day(cast):
    client = signed_in_client(cast.ben)
    assert client.post("/again", {"password": cast.ben.password}).url == reverse("day")


def test_a_get_that_needs_a_step_up_redirects_back(cast):
    client = signed_in_client(cast.gita)
    Session.objects.update(stepped_up_at=clock.now() - LATER)
    asked = client.get(INVITE)
    assert asked.status_code == 401
    on = client.post("/again", {**hidden(asked), "password": cast.gita.password})
    assert on.url == INVITE
