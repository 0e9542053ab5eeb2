"""The success message after a save: shown once on the next page, and never left in the browser."""

import pytest

from suar.accounts.cookies import MESSAGE_COOKIE, SESSION_COOKIE, WRAPPING_COOKIE
from tests.accounts.conftest import signed_in_client, words

NEW = "three quiet herons at noon"
SHOWN = 'role="status">Password changed.</p>'


def change_password(player):
    client = signed_in_client(player)
    typed = {"password": player.password, "new_password": NEW, "again": NEW}
    return client, client.post("/account/password", typed)


def test_a_message_is_shown_once_on_the_page_after_a_save(cast):
    client, saved = change_password(cast.ben)
    assert saved.url == "/account"
    assert SHOWN in words(client.get(saved.url))
    assert SHOWN not in words(client.get(saved.url))
    assert client.cookies[MESSAGE_COOKIE].value == ""


def test_the_message_cookie_is_host_only_and_httponly(cast):
    _, saved = change_password(cast.ben)
    cookie = saved.cookies[MESSAGE_COOKIE]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert (cookie["path"], cookie["domain"], cookie["max-age"]) == ("/", "", "")


def test_a_page_without_a_signed_in_worker_shows_no_message_and_deletes_it(cast):
    client, _ = change_password(cast.ben)
    for half in (SESSION_COOKIE, WRAPPING_COOKIE):
        del client.cookies[half]
    assert SHOWN not in words(client.get("/sign-in"))
    assert client.cookies[MESSAGE_COOKIE].value == ""


@pytest.mark.parametrize("way_out", ["/sign-out", "/leave"])
def test_signing_out_deletes_an_unread_message(cast, way_out):
    client, _ = change_password(cast.ben)
    assert client.cookies[MESSAGE_COOKIE].value
    client.post(way_out)
    assert client.cookies[MESSAGE_COOKIE].value == ""
