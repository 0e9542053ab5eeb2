"""Pages to read through the start: the same words, no address, nothing that Back could show."""

import re

import pytest

from tests.website.asking import OWN, ask, ticket_of

WAYS = ["about", "others", "phone", "changed", "booklets", "read/5", "read/12"]
MAIN = re.compile(r"<main.*?>(.*)</main>", re.DOTALL)
TICKET = re.compile(r'name="ticket" value="[^"]+"')
ELSEWHERE = [
    "/",
    "/en/",
    "/en/read/99",
    "/en/read/05",
    "/en/s/5e1f0000-0000-4000-8000-0000000d0004",
    "/weather",
    "/hsds",
    "/hsds/services",
    "/xx/about",
    "en/about",
    "//host/en/about",
    "https://host/en/about",
    "/en/about?x=1",
    "/en/about/",
    "/EN/about",
    "/../en/about",
    "\x00",
    "/en/read/9" + "9" * 5000,
    "",
]


def said(response) -> str:
    """Return what a page says, without its ways on."""
    words = re.sub(
        r"<(form|input|nav|details|button|a)\b.*?>|</(button|a|form)>",
        "",
        MAIN.search(response.content.decode()).group(1),
    )
    return " ".join(words.split())


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("way", WAYS)
def test_a_button_shows_what_the_address_shows(visitor, directory, language, way):
    path = f"/{language}/{way}"
    by_address, by_button = visitor.get(path), ask(visitor, read=path)
    assert by_button.status_code == 200
    assert said(by_button) == said(by_address) != ""
    assert by_button["Cache-Control"] == "no-store"
    assert by_button["Content-Language"] == by_address["Content-Language"] == language
    assert "ETag" not in by_button
    assert not by_button.cookies


@pytest.mark.parametrize("way", WAYS)
def test_from_a_page_behind_a_button_nothing_leads_to_an_address_that_is_read(visitor, directory, way):
    page = ask(visitor, read=f"/en/{way}").content.decode()
    links = set(re.findall(r'href="(/[^"]*)"', page))
    assert {link for link in links if not link.startswith("/assets/")} == {"/en/", "/weather"}
    assert f'value="/km/{way}"' in page
    assert page.count('form="reading"') >= 13
    assert page.count('id="reading"') == 1


def test_a_repeated_post_shows_the_start_page(visitor, directory):
    sent = {"ticket": ticket_of(visitor.get("/en/about")), "read": "/id/read/5"}
    first, again = (visitor.post("/", sent, headers=OWN) for _ in range(2))
    assert said(first) == said(visitor.get("/id/read/5"))
    assert 'class="needs"' in again.content.decode()
    assert '<html lang="id"' in again.content.decode()
    assert first.content.decode().split("<h1>")[1].split("<")[0] not in again.content.decode()


@pytest.mark.parametrize("path", ELSEWHERE)
def test_only_pages_to_read_are_reached_by_a_button(visitor, directory, path):
    assert ask(visitor, read=path).status_code == 404


def test_a_page_without_forms_has_links_and_may_be_cached(visitor, directory):
    page = visitor.get("/en/phone")
    assert 'id="reading"' not in page.content.decode()
    assert 'href="/km/phone"' in page.content.decode()
    assert page["Cache-Control"] == "no-cache"
    refused = visitor.post("/km/phone", headers=OWN)
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD")
    assert '<html lang="km"' in refused.content.decode(), "said calmly, in the page's language"


def test_the_sitemap_lists_public_pages_only(visitor, directory):
    told = visitor.get("/sitemap.xml")
    assert told["Content-Type"].startswith("application/xml")
    paths = re.findall(r"<loc>http://localhost(/[^<]*)</loc>", told.content.decode())
    assert len(paths) == len(set(paths)) > 13 * 15
    assert {path.split("/")[2] for path in paths} == {"", "about", "others", "phone", "read"}
    for path in (path for path in paths if path.startswith(("/en/", "/km/"))):
        assert visitor.get(path).status_code == 200
