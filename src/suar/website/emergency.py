"""Numbers for somebody in danger now: as shipped, or as whoever runs this house checked them."""

import json
import logging
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

SHIPPED = Path(__file__).parent / "data" / "emergency.json"
OWN = "emergency.json"
NUMBER = re.compile(r"\+?[0-9][0-9 ()-]{1,18}")
LANGUAGES = ("en", "id")
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One number, who answers it, where it is from, and the day on which somebody called it.

    `language` is the one in which the words stand.
    """

    number: str
    who: str
    source: str
    called: date | None
    language: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers that a page shows in the country that this house works in."""

    lines: tuple[Line, ...]


def numbers(*, language: str) -> Numbers:
    """Return the numbers of the data folder, or those that ship.

    A file that cannot be read is told in the log and shows the shipped ones: a page that
    somebody in danger looks at never fails for it.
    """
    own = Path(settings.SUAR_DATA) / OWN
    try:
        return read(own.read_text("utf-8"), language=language)
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        logger.exception("%s in the data folder cannot be used", OWN)
    return read(SHIPPED.read_text("utf-8"), language=language)


def read(text: str, *, language: str) -> Numbers:
    """Parse a file of numbers. Raises ValueError or KeyError if it is incomplete.

    Each number needs a name in English and Indonesian, and a source; other languages may be
    added. One that names a country is given only there; `called` is the day on which somebody
    called it, for one number or the whole list.
    """
    raw = json.loads(text)
    called = raw.get("checked", "")
    every = [(each.get("country"), _line({"called": called, **each}, language=language)) for each in raw["numbers"]]
    here = (None, settings.SUAR_COUNTRY)
    return Numbers(tuple(line for country, line in every if country in here))


def _line(raw: dict[str, Any], *, language: str) -> Line:
    source = raw["source"]
    if not isinstance(source, dict):
        source = dict.fromkeys(LANGUAGES, source)
    if not NUMBER.fullmatch(raw["number"]):
        raise ValueError("that is no number")
    called = date.fromisoformat(raw["called"]) if raw["called"] else None
    there = all(str(words.get(language, "")).strip() for words in (raw["who"], source))
    told = language if there else LANGUAGES[0]
    return Line(raw["number"], _said(raw["who"], told), _said(source, told), called, told)


def _said(words: dict[str, Any], language: str) -> str:
    if not all(str(words[each]).strip() for each in LANGUAGES):
        raise ValueError("a number needs a name in each language and a source")
    return str(words[language]).strip()
