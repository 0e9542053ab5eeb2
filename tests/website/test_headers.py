"""Every answer of both sites carries the header set; the public site never sets a cookie."""

import gzip
import re

import pytest
from django.conf import settings as configured
from django.core.management import call_command
from django.http.multipartparser import MultiPartParser
from django.templatetags.static import static
from django.test import Client

from tests.html import read_file
from tests.website.asking import OWN, ask
from tests.website.conftest import SHELTER

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types "
)
SET = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
LOOSE = ("unsafe-inline", "unsafe-eval", "wasm-unsafe-eval", "http:", "https:", "*", "data:")
PUBLIC = [
    "/",
    "/en/",
    "/id/",
    "/en/about",
    "/en/read/9",
    "/id/read/99",
    "/id/others",
    "/en/phone",
    f"/en/s/{SHELTER}",
    "/weather",
    "/weather/sun.svg",
    "/nothing",
    f"/en/s/{SHELTER}x",
]
STAFF = ["/sign-in", "/weather", "/nothing", "/people/00000000-0000-4000-8000-000000000000"]


def fits(response, trusted_types):
    assert response["Content-Security-Policy"] == POLICY + trusted_types
    assert not [word for word in LOOSE if word in response["Content-Security-Policy"]]
    assert {name: response[name] for name in SET} == SET
    assert response["Cache-Control"]
    assert "camera=()" in response["Permissions-Policy"]
    return response


@pytest.mark.parametrize("path", PUBLIC)
def test_public_answers_carry_the_header_set_and_no_cookie(visitor, directory, path):
    response = fits(visitor.get(path), "'none'")
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert "publickey-credentials-get=()" in response["Permissions-Policy"]


@pytest.mark.parametrize("path", STAFF)
def test_staff_answers_carry_the_header_set(db, path):
    response = fits(Client().get(path), "default")
    assert "publickey-credentials-get=(self)" in response["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/sign-in", "/nothing"])
def test_staff_pages_are_not_stored_by_a_browser(db, path):
    assert "no-store" in Client().get(path)["Cache-Control"]


def test_search_results_are_not_stored_by_a_browser(visitor, directory):
    assert ask(visitor, needs="bed")["Cache-Control"] == "no-store"
    assert visitor.get("/en/")["Cache-Control"] == "no-store"


def test_a_reading_page_is_cached_and_revalidated(visitor, directory):
    first = visitor.get("/en/phone")
    assert first["Cache-Control"] == "no-cache"
    again = visitor.get("/en/phone", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert fits(again, "'none'")["ETag"] == first["ETag"]
    assert visitor.get("/id/phone", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_posts_set_no_cookie_either(visitor, directory):
    assert not ask(visitor, needs="bed").cookies
    assert not ask(visitor, ticket="forged").cookies
    assert not visitor.post("/", {}, headers={"origin": "https://evil.example"}).cookies


def test_the_cookie_check_detects_a_cookie(db):
    assert Client().get("/welcome").cookies


def test_hsts_is_sent_over_https_only(visitor):
    name = "Strict-Transport-Security"
    assert visitor.get("/weather", secure=True)[name] == "max-age=63072000; includeSubDomains"
    assert name not in visitor.get("/weather")


@pytest.mark.parametrize("path", ["/en/", "/id/about"])
def test_a_page_is_compressed_and_small(visitor, directory, path):
    packed = visitor.get(path, headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    page = visitor.get(path).content
    assert len(gzip.compress(page, 6)) < 5_000
    assert len(page) < 22_000


@pytest.fixture
def collected(public_site, tmp_path):
    """Collect the static files as `./suar run` does."""
    storages = {
        **configured.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    public_site.STORAGES, public_site.STATIC_ROOT = storages, tmp_path
    public_site.WHITENOISE_AUTOREFRESH = public_site.WHITENOISE_USE_FINDERS = False
    call_command("collectstatic", interactive=False, verbosity=0)
    return Client(headers={"host": "localhost"})


def test_a_static_file_is_cached_for_a_year_under_its_hash(collected):
    path = static("website/css/public.css")
    assert re.fullmatch(r"/assets/website/css/public\.[0-9a-f]{12}\.css", path)
    response = collected.get(path, headers={"accept-encoding": "gzip"})
    assert "immutable" in fits(response, "'none'")["Cache-Control"]
    assert response["Content-Encoding"] == "gzip"
    assert "Access-Control-Allow-Origin" not in response
    assert read_file(response)[:2] == b"\x1f\x8b"
    assert b"@layer" in read_file(collected.get(path))


@pytest.mark.parametrize(
    "path",
    ["website/css/other.css", "../settings/__init__.py", "%2e%2e/%2e%2e/apps.py", "/etc/passwd", "website/nothing.js"],
)
def test_an_unknown_static_file_gets_404(visitor, collected, path):
    assert visitor.get(f"/assets/{path}").status_code == collected.get(f"/assets/{path}").status_code == 404


def test_a_post_from_another_origin_gets_404(visitor, directory):
    absent = visitor.get("/nothing")
    for headers in ({}, {"origin": "null"}, {**OWN, "sec-fetch-site": "cross-site"}):
        refused = visitor.post("/", {"needs": "bed"}, headers=headers)
        assert refused.status_code == 404
        assert refused.content == absent.content


@pytest.mark.parametrize("size", [2_500_001, 10**15])
def test_a_too_large_request_is_refused_before_reading(visitor, directory, size):
    sent = {"data": "", "content_type": "multipart/form-data; boundary=x", "headers": OWN}
    response = fits(visitor.post("/", CONTENT_LENGTH=str(size), **sent), "'none'")
    assert response.status_code == 413


def test_an_anonymous_upload_to_the_staff_site_is_not_written_to_disk(db, monkeypatch):
    monkeypatch.setattr(MultiPartParser, "parse", lambda *_: pytest.fail("it was read"))
    sent = {"data": "", "content_type": "multipart/form-data; boundary=x"}
    response = fits(Client().post("/sign-in", CONTENT_LENGTH="25000001", **sent), "default")
    assert response.status_code == 413
    assert "too much" in response.content.decode()
