"""What a person's browser sends when they ask for help and come back, without script."""

import re
from typing import Any

from django.test import Client

from suar.contact.documents import LetterKind, NewRequest, RequestKind
from suar.contact.models import Desk
from tests.website.asking import OWN, ticket_of

WORDS = {
    "switched_on": True,
    "who_en": "Two women of our team",
    "who_id": "Dua perempuan dari tim kami",
    "days": "12345",
    "answers_within_days": 2,
    "closes_after_hours": 48,
}
MADE = re.compile(r'name="new_code" value="([^"]+)"')
RESUME_TOKEN = re.compile(r'name="resume_token" value="([^"]+)"')
ASKED = {"words": "My wages were kept. What can I do?", "contact": "", "kind": "digits", "meeting": ""}


def request_to(desk: Desk, words: str = "My wages were kept", **more: Any) -> NewRequest:
    """Return a request to a desk that is not sent yet."""
    kinds = {LetterKind.CONTACT: more.pop("contact", ""), LetterKind.MEETING: more.pop("meeting", "")}
    letters = [(LetterKind.WORDS, words), *((kind, text) for kind, text in kinds.items() if text)]
    return NewRequest(RequestKind.HELP, desk.organisation, desk.team, letters, **more)


def press(asker: Client, do: str, *, page: Any = None, **typed: Any) -> Any:
    """Press a button of the page that is open, or of the first page."""
    ticket = ticket_of(page or asker.get("/en/"))
    return asker.post("/", {"ticket": ticket, "lang": "en", "do": do, **typed}, headers=OWN)


def ask_for_help(asker: Client, **typed: Any) -> tuple[Any, str]:
    """Ask for help and give the page that shows the code, with the code as it is typed."""
    page = press(asker, "send", page=press(asker, "ask"), **{**ASKED, **typed})
    assert page.status_code == 200, page.content.decode()[:3000]
    return page, page.context["code"].text if "code" in page.context else ""


def came_back(asker: Client, code: str) -> Any:
    """Come back with a code."""
    return press(asker, "read", page=press(asker, "enter_code"), code=code)


def resume_token_of(page: Any) -> str:
    """Read the resume token that a page carries instead of the code."""
    found = RESUME_TOKEN.search(page.content.decode())
    assert found
    return found[1]
