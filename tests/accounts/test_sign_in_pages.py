"""The pages of signing in and out: the same for known and unknown names."""

import re
import statistics
import time
from datetime import timedelta

import pytest
from django.urls import reverse

from suar.accounts.cookies import (
    KNOWN_COOKIE,
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    WRAPPING_COOKIE,
)
from suar.accounts.models import Session, Worker
from suar.accounts.sign_in import attempt_keys
from suar.core import clock
from suar.core.models import Attempt
from tests.accounts.conftest import anonymous_client, sign_in_fields, signed_in_client, words

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in"


def test_signing_in_redirects_to_the_day_and_sets_two_strict_cookies(cast):
    client = anonymous_client()
    response = client.post(SIGN_IN, sign_in_fields(cast.ben))
    assert response.status_code == 302
    assert response.url == reverse("day")
    for name in (SESSION_COOKIE, WRAPPING_COOKIE):
        cookie = response.cookies[name]
        assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Strict")
        assert (cookie["path"], cookie["max-age"], cookie["domain"]) == ("/", "", "")
    assert client.get("/account").status_code == 200


def test_the_sign_in_page_is_not_cached(cast):
    page = anonymous_client().get(SIGN_IN)
    assert page["Cache-Control"] == "no-store"
    assert "<title>Work</title>" in words(page)


def test_known_and_unknown_names_get_the_same_page(cast):
    def page_for(name: str) -> str:
        typed = sign_in_fields(cast.ben, name=name, password="not the password")
        response = anonymous_client().post(SIGN_IN, typed)
        assert response.status_code == 400
        without_token = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", words(response))
        return re.sub(rf"\b{name}\b", "NAME", without_token)

    assert page_for("ben") == page_for("zzz")


def test_known_and_unknown_names_cost_the_same(cast, settings):
    """Medians within five per cent at a cost near the real one; a busy machine gets four tries."""
    settings.SUAR_KDF = {"memory_kib": 16384, "passes": 2, "lanes": 1}
    Worker.objects.filter(name="ben").update(kdf=settings.SUAR_KDF)
    apart = [medians_apart(cast.ben, rounds=11) for _ in range(4)]
    assert min(apart) <= 0.05


def medians_apart(ben, *, rounds: int) -> float:
    spent: dict[str, list[float]] = {"ben": [], "zzz": []}
    for _ in range(rounds):
        for name, times in spent.items():
            Attempt.objects.all().delete()
            typed = sign_in_fields(ben, name=name, password="not the password")
            start = time.process_time()
            anonymous_client().post(SIGN_IN, typed)
            times.append(time.process_time() - start)
    known, unknown = (statistics.median(item) for item in spent.values())
    return abs(known - unknown) / max(known, unknown)


def test_a_wait_states_its_length(cast):
    for _ in range(5):
        anonymous_client().post(SIGN_IN, sign_in_fields(cast.ben, password="not the password"))
    response = anonymous_client().post(SIGN_IN, sign_in_fields(cast.ben))
    assert response.status_code == 503
    assert 0 < int(response["Retry-After"]) <= 61


def test_own_browsers_are_recognised_but_not_shared_ones(cast):
    own, shared = anonymous_client(), anonymous_client()
    own.post(SIGN_IN, sign_in_fields(cast.ben))
    with clock.shifted(timedelta(minutes=1)):
        shared.post(SIGN_IN, sign_in_fields(cast.ben, shared="on"))
    assert KNOWN_COOKIE not in shared.cookies
    assert attempt_keys("ben", address="a", known=own.cookies[KNOWN_COOKIE].value)
    assert Session.objects.filter(shared=True).count() == 1


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/account", "/account"),
        ("https://example.org/", None),
        ("//example.org", None),
        ("x", None),
    ],
)
def test_redirects_stay_on_this_host(cast, wanted, goes_to):
    response = anonymous_client().post(SIGN_IN, sign_in_fields(cast.ben, to=wanted))
    assert response.url == (goes_to or reverse("day"))


def test_a_page_redirects_to_sign_in_and_back(cast):
    client = anonymous_client()
    asked = client.get("/account")
    assert asked.url == "/sign-in?to=/account"
    page = words(client.get(asked.url))
    assert '<input type="hidden" name="to" value="/account">' in page


@pytest.mark.parametrize(("path", "goes_to"), [("/sign-out", SIGN_IN), ("/leave", "/weather")])
def test_signing_out_ends_the_session_and_clears_the_browser(cast, path, goes_to):
    client = signed_in_client(cast.ben)
    response = client.post(path)
    assert response.url == goes_to
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.exists()
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize("path", ["/sign-out", "/leave"])
def test_signing_out_works_without_a_session(db, path):
    assert anonymous_client().post(path).status_code == 302
    assert anonymous_client().get(path).status_code == 405


def test_the_exit_is_a_setting(db, settings):
    settings.SUAR_EXIT_URL = "https://news.example/"
    assert anonymous_client().post("/leave").url == "https://news.example/"


def test_the_language_follows_the_worker(cast):
    client = signed_in_client(cast.ben)
    client.post("/language", {"language": "id", "next": "/account"})
    assert Worker.objects.get(id=cast.ben.id).language == "id"
    assert client.get("/account")["Content-Language"] == "id"
    client.post("/language", {"language": "xx"})
    assert Worker.objects.get(id=cast.ben.id).language == "id"


def test_without_a_chosen_language_the_sign_in_language_is_used(cast):
    client = anonymous_client()
    client.post(SIGN_IN, sign_in_fields(cast.ben), HTTP_ACCEPT_LANGUAGE="id")
    assert client.get("/account", HTTP_ACCEPT_LANGUAGE="id")["Content-Language"] == "id"
    assert client.get("/account", HTTP_ACCEPT_LANGUAGE="en")["Content-Language"] == "en"
    client.cookies[LANGUAGE_COOKIE] = "id"
    assert client.get("/account", HTTP_ACCEPT_LANGUAGE="en")["Content-Language"] == "id"


def test_without_a_session_the_language_is_the_cookie_or_the_browser(db):
    client = anonymous_client()
    assert client.get(SIGN_IN, HTTP_ACCEPT_LANGUAGE="id")["Content-Language"] == "id"
    assert client.get(SIGN_IN, HTTP_ACCEPT_LANGUAGE="fr")["Content-Language"] == "en"
    client.post("/language", {"language": "id"})
    assert client.get(SIGN_IN)["Content-Language"] == "id"


def test_behind_a_proxy_the_forwarded_address_counts(cast, settings):
    def last_address(**headers: str) -> bytes:
        typed = sign_in_fields(cast.ben, password="not the password")
        anonymous_client().post(SIGN_IN, typed, **headers)
        return bytes(Attempt.objects.latest("id").key)

    forged = {"HTTP_X_FORWARDED_FOR": "9.9.9.9, 10.3.3.3"}
    assert last_address(**forged) == last_address()
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert last_address(**forged) == attempt_keys("ben", address="10.3.3.3")[1]
    assert last_address() == attempt_keys("ben", address="127.0.0.1")[1]


def test_a_session_ends_by_the_server_clock(cast):
    client = signed_in_client(cast.ben)
    with clock.shifted(timedelta(minutes=14)):
        assert client.get("/account").status_code == 200
    with clock.shifted(timedelta(minutes=30)):
        assert client.get("/account").status_code == 302


def test_other_roles_get_404_for_account_pages(cast):
    client = signed_in_client(cast.ben)
    refused, absent = client.get("/workers"), client.get("/no-such-page")
    assert refused.status_code == absent.status_code == 404
    without = [re.sub(r'value="\w{64}"', "", words(item)) for item in (refused, absent)]
    assert without[0].replace("/workers", "") == without[1].replace("/no-such-page", "")
