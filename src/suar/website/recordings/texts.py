"""Which texts and languages a recording may be of, and what they are called."""

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from suar.website import texts as reading

SPOKEN = Path(__file__).parent.parent / "data" / "spoken.json"


def text_of(number: int) -> str:
    """Name the text of a page to read."""
    return f"read-{number}"


def texts(*, language: str) -> list[tuple[str, str]]:
    """List the texts that may be heard, with their titles in a language."""
    found = [page for kind in reading.KINDS for page in reading.list_pages(kind, language=language)]
    return [(text_of(each.number), each.title) for each in found]


def languages() -> list[tuple[str, str]]:
    """List the languages that may be heard, each by its own name: first those without pages."""
    written = [(str(code), str(name)) for code, name in settings.LANGUAGES]
    return [*_spoken().items(), *written]


def name_of(code: str) -> str:
    """Give a language's own name."""
    return dict(languages()).get(code, code)


@lru_cache(maxsize=1)
def _spoken() -> dict[str, str]:
    rows = json.loads(SPOKEN.read_text("utf-8"))["languages"]
    return {row["code"]: row["name"] for row in rows}
