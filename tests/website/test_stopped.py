"""What stops outside of a form has a page of its own, without a trace of code or record."""

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from suar.core.refusals import AuditFailed, Conflict, KeyNotTrusted, NotYours, Refused, TooBusy
from suar.website import staff_urls
from tests.people import client_of

KINDS = {
    "conflict": (Conflict(), 409, "Somebody else changed this at the same time"),
    "refused": (Refused("a_code_of_a_rule"), 422, "This cannot be done now"),
    "audit": (AuditFailed(), 503, "Nothing can be shown right now"),
    "key": (KeyNotTrusted(), 409, "A key of your organisation has changed"),
    "busy": (TooBusy(7), 503, "Just a moment"),
    "absent": (NotYours(), 404, "There is nothing here"),
}


def stops(request: HttpRequest, kind: str) -> HttpResponse:
    raise KINDS[kind][0]


urlpatterns = [path("stops/<str:kind>", stops), *staff_urls.urlpatterns]


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_has_an_error_page(cast, settings, kind):
    settings.ROOT_URLCONF = __name__
    _, status, words = KINDS[kind]
    for client in (Client(), client_of(cast.ben)):
        page = client.get(f"/stops/{kind}")
        text = page.content.decode()
        assert (page.status_code, words in text) == (status, True)
        assert "Traceback" not in text
        assert "a_code_of_a_rule" not in text


@pytest.mark.parametrize("kind", ["conflict", "refused", "key"])
def test_an_error_page_shows_typed_text_without_secrets(cast, settings, kind):
    settings.ROOT_URLCONF = __name__
    typed = {
        "text": "she asked <b>twice</b>",
        "tick": "on",
        "service": "FU_1W",
        "version": "3",
        "password": "very long words",
        "code": "123 456",
        "pin": "654321",
    }
    page = client_of(cast.ben).post(f"/stops/{kind}", typed)
    text = page.content.decode()
    assert "she asked &lt;b&gt;twice&lt;/b&gt;" in text
    assert "copy what you need before you leave" in text
    for hidden in ("very long words", "123 456", "654321", "FU_1W"):
        assert hidden not in text
    assert page["Cache-Control"] == "no-store"
    assert "What you typed" not in client_of(cast.ben).get(f"/stops/{kind}").content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Nothing can be shown right now"), ("id", "tidak ada yang dapat ditampilkan")],
)
def test_a_page_is_not_shown_if_the_audit_fails(cast, amina, language, words):
    type(cast.ben.worker).objects.filter(id=cast.ben.id).update(language=language)
    client, address = client_of(cast.ben), reverse("person", args=[amina.id])
    assert "Amina Rekaan" in client.get(address).content.decode(), "positive control"
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_mention RENAME TO audit_mention_gone")
    page = client.get(address)
    text = page.content.decode()
    assert (page.status_code, page["Retry-After"]) == (503, "60")
    assert page["Cache-Control"] == "no-store"
    assert words in text
    assert "Amina" not in text


@pytest.mark.parametrize(("language", "words"), [("en", "There is nothing here"), ("id", "Halaman ini tidak ada")])
def test_a_get_of_a_post_only_url_gets_405(cast, language, words):
    type(cast.ben.worker).objects.filter(id=cast.ben.id).update(language=language)
    page = client_of(cast.ben).get("/sign-out")
    text = page.content.decode()
    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert words in text
    assert 'href="/"' in text
