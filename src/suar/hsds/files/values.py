"""Check one value against its format; the reason for a refusal is a code."""

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from suar.directory.rules import input_text
from suar.hsds.files.objects import Format

LONGEST, MOST_SHOWN = 20_000, 40
CONTROL_SIGN = "control_sign"
SCHEMES = {"http", "https", "mailto", "tel"}
EMAIL = re.compile(r"[^@\s<>\"',;:]{1,64}@[^@\s<>\"',;:]{1,255}")
UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")


class InvalidValue(ValueError):
    """A value that is not what its field asks for; `why` is a code."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(why)
        self.why, self.detail = why, detail


def check_value(value: Any, form: Format) -> Any:
    """Return the value in its own type: text, number, UUID, date, or time as text.

    Raises Wrong with the code of what is wrong.
    """
    if value is None:
        raise InvalidValue("null")
    if isinstance(form, str):
        return READERS[form](value)
    text = _text(value)
    if text not in form:
        raise InvalidValue("not_listed", ", ".join(form))
    return text


def from_cell(cell: str, form: Format) -> Any:
    """Turn the text of a table's cell into what JSON would hold."""
    return _number_from_cell(cell) if form == "number" else cell


def plain_text(value: Any) -> str:
    """Check words: no control signs, nothing that a spreadsheet would run."""
    text = _text(value)
    if why := input_text.text_problem(text):
        raise InvalidValue(why, text[:20])
    return text


def telephone(value: Any) -> str:
    """Check a number to call; it may stand in quotation marks."""
    number = plain_text(value).strip('" ')
    if number and not input_text.is_telephone(number):
        raise InvalidValue("not_telephone", number[:MOST_SHOWN])
    return number


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidValue("not_text")
    if len(value) > LONGEST:
        raise InvalidValue("too_long", str(LONGEST))
    if input_text.text_problem(value) == CONTROL_SIGN:
        raise InvalidValue(CONTROL_SIGN)
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidValue("not_number")
    if not math.isfinite(value) or abs(value) > 1e15:
        raise InvalidValue("not_number")
    return float(value)


def _number_from_cell(cell: str) -> float | str:
    return float(cell) if NUMBER.fullmatch(cell.strip()) else cell


def _uuid(value: Any) -> UUID:
    if not UUID_TEXT.fullmatch(_text(value)):
        raise InvalidValue("not_uuid", str(value)[:40])
    return UUID(value)


def _email(value: Any) -> str:
    text = _text(value)
    if not EMAIL.fullmatch(text):
        raise InvalidValue("not_email")
    return text


def _uri(value: Any) -> str:
    text = plain_text(value).strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        raise InvalidValue("not_uri") from None
    if parts.scheme.lower() not in SCHEMES or re.search(r"[\s<>\"]", text):
        raise InvalidValue("not_uri")
    if parts.scheme.lower() in {"http", "https"} and not parts.netloc:
        raise InvalidValue("not_uri")
    return text


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(_text(value))
    except ValueError as error:
        raise _invalid_unless_own(error, "not_date") from None


def _time(value: Any) -> str:
    try:
        return time.fromisoformat(_text(value)).strftime("%H:%M")
    except ValueError as error:
        raise _invalid_unless_own(error, "not_time") from None


def _moment(value: Any) -> datetime:
    try:
        return datetime.fromisoformat(_text(value))
    except ValueError as error:
        raise _invalid_unless_own(error, "not_moment") from None


def _invalid_unless_own(error: ValueError, why: str) -> InvalidValue:
    return error if isinstance(error, InvalidValue) else InvalidValue(why)


READERS: Mapping[str, Any] = {
    "text": plain_text,
    "telephone": telephone,
    "number": _number,
    "uuid": _uuid,
    "email": _email,
    "uri": _uri,
    "date": _date,
    "time": _time,
    "moment": _moment,
}
