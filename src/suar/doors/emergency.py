"""Numbers for somebody in danger now: as shipped, or as whoever runs this house checked them."""

import json
import logging
import re
from collections.abc import Sequence
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
    """One number and who answers it."""

    number: str
    who: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers a page shows, and the day on which they were last checked."""

    lines: Sequence[Line]
    checked: date


def numbers(*, language: str) -> Numbers:
    """Give the numbers of the data folder, or the shipped ones where it has none.

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
    """Read a file of numbers; raises ValueError or KeyError for one that is not whole.

    Each number needs a name in both languages and a source.
    """
    raw = json.loads(text)
    lines = [_line(each, language=language) for each in raw["numbers"]]
    return Numbers(lines, date.fromisoformat(raw["checked"]))


def _line(raw: dict[str, Any], *, language: str) -> Line:
    who = {each: str(raw["who"][each]).strip() for each in LANGUAGES}
    if not all(who.values()) or not str(raw["source"]).strip():
        raise ValueError("a number needs a name in each language and a source")
    if not NUMBER.fullmatch(raw["number"]):
        raise ValueError("that is no number")
    return Line(raw["number"], who[language])
