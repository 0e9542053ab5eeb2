"""A page that is kept shows today's tokens, today's numbers and the words of its own language."""

import re

import pytest
from django.conf import settings as configured
from django.test import Client, RequestFactory

from suar.website import kept_pages

pytestmark = [pytest.mark.django_db, pytest.mark.urls("suar.website.public_urls")]


@pytest.fixture
def visitor(settings) -> Client:
    settings.MIDDLEWARE = list(configured.MIDDLEWARE_PUBLIC)
    kept_pages._kept.clear()
    return Client(headers={"host": "localhost"})


def test_a_kept_page_differs_in_its_tokens_alone(visitor: Client) -> None:
    first, again = (visitor.get("/en/read/1").content.decode() for _ in range(2))
    assert first != again
    tokens = [re.findall(r'name="ticket" value="([^"]+)"', page) for page in (first, again)]
    assert len({*tokens[0], *tokens[1]}) == 2 * len(tokens[0]) >= 4
    for old, new in zip(*tokens, strict=True):
        first = first.replace(old, new)
    assert first == again
    assert "\x00" not in again


def test_another_language_and_another_page_are_other_pages(visitor: Client) -> None:
    seen = [visitor.get(path).content for path in ("/en/others", "/id/others", "/en/phone")]
    assert len(set(seen)) == 3
    assert [visitor.get(path).content for path in ("/en/others", "/id/others")] == seen[:2]


def test_a_number_that_changes_shows_at_once(visitor, settings, tmp_path) -> None:
    settings.SUAR_DATA = tmp_path
    before = visitor.get("/en/others").content
    (tmp_path / "emergency.json").write_text(
        '{"numbers": [{"number": "000-7777", "called": "", "source": "a sign",'
        ' "who": {"en": "Invented line", "id": "Saluran rekaan"}}]}',
        "utf-8",
    )
    after = visitor.get("/en/others").content
    assert b"000-7777" in after
    (tmp_path / "emergency.json").unlink()
    assert visitor.get("/en/others").content == before


def test_what_cannot_be_told_apart_is_refused_and_not_many_pages_are_kept() -> None:
    request = RequestFactory().get("/en/phone")
    with pytest.raises(TypeError):
        kept_pages.page(request, "website/phone.html", {"rows": []}, {})
    for number in range(kept_pages.MOST + 2):
        kept_pages._kept[(number,)] = ""
    request.path_info = "/en/another"
    request.LANGUAGE_CODE = "en"
    kept_pages.page(request, "website/draft.html", {"told": ""}, {})
    assert len(kept_pages._kept) == 1


def test_a_page_has_one_spelling(visitor: Client) -> None:
    answers = [visitor.get(f"/en/read/{number}").status_code for number in ("7", "07", "007")]
    assert answers == [200, 404, 404]
