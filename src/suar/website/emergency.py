"""Emergency numbers: those that ship, or those that this installation checked and stored in its data folder."""

import json
import re
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings

from suar.core.data_files import parse_own_or_shipped
from suar.core.i18n import SOURCE_LANGUAGE, staff_languages

SHIPPED = Path(__file__).parent / "data" / "emergency.json"
NUMBER = re.compile(r"\+?[0-9][0-9 ()-]{1,18}")


@dataclass(frozen=True, slots=True)
class EmergencyNumber:
    """A number, who answers it, its source, and the day of the last test call. `language`: that of the texts."""

    number: str
    who: str
    source: str
    called: date | None
    language: str


def list_numbers(*, language: str) -> list[EmergencyNumber]:
    """Return the numbers of the data folder, or those that ship."""
    return parse_own_or_shipped(SHIPPED, partial(parse_numbers, language=language))


def parse_numbers(text: str, *, language: str) -> list[EmergencyNumber]:
    """Parse a file of numbers. Raises ValueError or KeyError if it is incomplete.

    Each number needs a name in every staff language, and a source. A number with a country is
    shown only there. `called` may be stated for one number; `checked` is stated for all.
    """
    content = json.loads(text)
    lines = [
        (row.get("country"), _parse_number(row, content.get("checked", ""), language)) for row in content["numbers"]
    ]
    return [line for country, line in lines if country in (None, settings.SUAR_COUNTRY)]


def _parse_number(row: dict[str, Any], checked: str, language: str) -> EmergencyNumber:
    required = [staff_language.code for staff_language in staff_languages()]
    source, called = row["source"], row.get("called", checked)
    texts = (row["who"], dict.fromkeys(required, source) if isinstance(source, str) else source)
    if not NUMBER.fullmatch(row["number"]):
        raise ValueError("that is no number")
    if not all(words[code].strip() for words in texts for code in required):
        raise ValueError("a number needs a name in each language and a source")
    if not all(words.get(language, "").strip() for words in texts):
        language = SOURCE_LANGUAGE
    who, source = (words[language].strip() for words in texts)
    return EmergencyNumber(row["number"], who, source, date.fromisoformat(called) if called else None, language)
