"""Recordings of the reading pages: which texts and languages there are, and how pages show them."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from suar.directory import recordings
from suar.directory.recordings import Recording
from suar.website import texts

SPOKEN = Path(__file__).parent / "data" / "spoken.json"
MIME_TYPES = {"ogg": "audio/ogg", "mpeg": "audio/mpeg", "mp4": "audio/mp4"}


def text_choices(language: str) -> list[tuple[str, str]]:
    """Return the texts that can be read aloud, with their titles."""
    pages = [page for kind in texts.KINDS for page in texts.list_pages(kind, language=language)]
    return [(f"read-{page.number}", page.title) for page in pages]


def language_choices() -> list[tuple[str, str]]:
    """Return the languages that can be read aloud by their own names, first those without pages."""
    return [*_spoken_languages(), *((str(code), str(name)) for code, name in settings.LANGUAGES)]


def recordings_of_page(number: int, *, language: str, site: str) -> dict[str, list[dict[str, Any]]]:
    """Return the published recordings of a reading page, in its own and in `other` languages.

    `site` is the language of its address.
    """
    rows = [describe(row, language=site) for row in recordings.list_published(f"read-{number}")]
    return {
        "own": [row for row in rows if row["code"] == language],
        "others": [row for row in rows if row["code"] != language],
    }


def describe(recording: Recording, *, language: str) -> dict[str, Any]:
    """Return a recording with its title, language, address and length."""
    minutes = max(1, round(recording.seconds / 60))
    length = _("About %(minutes)s min, %(size)s. Nothing is loaded before you press play.")
    return {
        "recording": recording,
        "title": dict(text_choices(language)).get(recording.text, recording.text),
        "code": recording.language,
        "language": dict(language_choices()).get(recording.language, recording.language),
        "address": f"/{language}/listen/{recording.id}",
        "mime_type": MIME_TYPES[recording.kind],
        "length": length % {"minutes": minutes, "size": filesizeformat(recording.size)},
    }


@lru_cache(maxsize=1)
def _spoken_languages() -> list[tuple[str, str]]:
    return [(row["code"], row["name"]) for row in json.loads(SPOKEN.read_text("utf-8"))["languages"]]
