"""B18 and B20 on the public site: every address, as the resolver knows it, in every language."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client

from suar.core import clock
from suar.demo import letters
from suar.demo.cast import Cast
from suar.website import headers
from suar.website.print import actions as printing
from suar.website.print import queries as editions
from suar.website.views.public import PUBLIC_FORMS
from tests import cast as at_work
from tests.bars.test_b04_non_interference import public_paths
from tests.contact.writing import press
from tests.people import LEGAL_AID
from tests.routes import NEUTRAL
from tests.website.asking import ask

world, cast = at_work.world, at_work.cast
METHODS = ("get", "post", "head", "put")
TITLE, LEAVE = re.compile(r"<title>([^<]*)"), re.compile(r'<a class="leave"\s+href="([^"]+)"')
EXIT = re.compile(r"(?:/[a-z-]+)?/weather")
BEGUN = {
    "ask",
    "enter_code",
    "pictures",
    "choose_stage",
    "complain",
    "found",
    "opened",
    "drawn",
    "get /en/booklets",
}
"""Pages that open for whoever comes with nothing; what goes on from there lacks something."""


@pytest.fixture
def visitor(cast: Cast, settings: Any) -> Client:
    """Return somebody at a public site that offers all it can."""
    letters.open_desk(cast, at=clock.now())
    printing.make_edition("32.74", language="en", by=cast.hadi.id, at=clock.now())
    settings.ROOT_URLCONF = "suar.website.public_urls"
    settings.MIDDLEWARE = list(configured.MIDDLEWARE_PUBLIC)
    return Client(headers={"host": "localhost"})


def answers(visitor: Client) -> Iterator[tuple[str, Any]]:
    """Ask every address in every way, and the start for what stands at no address."""
    [made] = editions.list_valid(on=clock.today())
    for path in (*public_paths(), "/hsds", f"/en/booklets/{made.id}/a5"):
        for method in METHODS:
            yield f"{method} {path}", getattr(visitor, method)(path)
    yield "found", ask(visitor, needs="wages", place="32.74")
    yield "opened", ask(visitor, needs="wages", open=str(LEGAL_AID))
    yield "drawn", ask(visitor, needs="wages", place="32.74", picture="1")
    for act in PUBLIC_FORMS:
        yield act, press(visitor, act)


def lacks(answer: Any) -> list[str]:
    """List which headers of the door an answer lacks, and what it would leave in a browser."""
    wrong = [name for name, said in headers.PUBLIC.items() if answer.get(name) != said]
    kept = [*answer.cookies, *(["Vary"] if "Cookie" in answer.get("Vary", "") else [])]
    return [*wrong, *kept, *([] if answer.get("Cache-Control") else ["Cache-Control"])]


def tells(answer: Any) -> list[str]:
    """List what of a page would name this site or keep somebody on it."""
    page = answer.content.decode()
    title, leave = TITLE.findall(page), LEAVE.findall(page)
    faults = [] if len(title) == 1 and title[0] in NEUTRAL else [f"title {title}"]
    return faults if len(leave) == 1 and EXIT.fullmatch(leave[0]) else [*faults, f"leave {leave}"]


def is_page(asked: str, answer: Any) -> bool:
    """Return whether somebody would read this answer; the neutral page is where they go."""
    read = answer.get("Content-Type", "").startswith("text/html") and answer.status_code != 304
    return read and not asked.startswith("head") and not EXIT.fullmatch(asked.removeprefix("get "))


def test_every_page_has_the_headers_no_cookie_quick_exit_and_a_neutral_title(visitor: Client) -> None:
    found = dict(answers(visitor))
    assert {asked: wrong for asked, answer in found.items() if (wrong := lacks(answer))} == {}
    assert {200, 404, 405, 415} <= {answer.status_code for answer in found.values()}
    assert len(found) > 200
    pages = {asked: answer for asked, answer in found.items() if is_page(asked, answer)}
    assert {asked: wrong for asked, answer in pages.items() if (wrong := tells(answer))} == {}
    assert {asked for asked, answer in pages.items() if answer.status_code == 200} >= BEGUN
    assert set(pages) >= set(PUBLIC_FORMS)


def test_the_check_finds_a_missing_header_or_quick_exit(visitor: Client) -> None:
    answer = visitor.get("/en/booklets")
    assert (lacks(answer), tells(answer)) == ([], [])
    answer.set_cookie("seen", "yes")
    del answer["Permissions-Policy"]
    assert lacks(answer) == ["Permissions-Policy", "seen"]
    answer.content = b"<title>Help for Amina</title>"
    assert tells(answer) == ["title ['Help for Amina']", "leave []"]
