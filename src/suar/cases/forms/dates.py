"""A field for a date as the person remembers it, typed and shown in words."""

import re
from functools import cache
from typing import Any

from django import forms
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from suar.cases.forms import OFF
from suar.cases.labels import partial_date
from suar.cases.rules.dates import PartialDate
from suar.core.i18n import staff_languages

APPROXIMATE = re.compile(
    r"^(?:about|around|approximately|circa|ca\.?|sekitar|kira-kira|kurang lebih|±|~)\s*|\s*(?:~|\?)$", re.IGNORECASE
)
MAX_LENGTH = 60
SEPARATORS = re.compile(r"[\s./,-]+")


@cache
def month_names() -> dict[str, int]:
    """Return the numbers of months by their names and short names in the languages of workers."""
    names: dict[str, int] = {}
    for language in staff_languages():
        with override(language.code):
            for table in (MONTHS, MONTHS_3):
                names |= {str(name).casefold().rstrip("."): number for number, name in table.items()}
    return names


def read_partial_date(text: str) -> PartialDate:
    """Return the date that a worker typed: 2024, 5.2024, May 2024, 17 May 2024, 2024-05-17, about 2024.

    Raises ValueError for anything else.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError("too long")
    rest = APPROXIMATE.sub("", text.strip())
    parts = [part for part in SEPARATORS.split(rest.strip()) if part]
    numbers = [month_names().get(part.casefold()) or int(part) for part in parts]
    if parts and re.fullmatch(r"\d{4}", parts[0]):
        numbers.reverse()
    if not 1 <= len(numbers) <= 3 or 0 in numbers:
        raise ValueError("not a date")
    *rest_of_date, year = numbers
    day, month = (None, None, *rest_of_date)[-2:]
    return PartialDate(year, month, day, about=rest != text.strip())


class PartialDateField(forms.Field):
    """A date as the person remembers it; a year is enough, and it may be about."""

    widget = forms.TextInput
    default_error_messages = {
        "not_a_date": _(
            "Enter a year, a month or a day: 2024, May 2024 or 17 May 2024, with “about” if it is not sure."
        )
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("For example: 2024, May 2024, 17 May 2024, about 2024."))
        super().__init__(**{"required": False, "widget": forms.TextInput(OFF), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """Return a stored date in words, which can be typed again."""
        return partial_date(value) if isinstance(value, PartialDate) else value

    def to_python(self, value: Any) -> PartialDate | None:
        """Return the date, or None if the field is empty."""
        if isinstance(value, PartialDate):
            return value
        if not (value or "").strip():
            return None
        try:
            return read_partial_date(value)
        except ValueError:
            raise forms.ValidationError(self.error_messages["not_a_date"], code="not_a_date") from None
