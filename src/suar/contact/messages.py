"""Texts for the codes of requests and letters, and for what is refused."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils import formats
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from suar.contact.documents import FileFacts, LetterKind
from suar.contact.return_codes import ReturnCode, things
from suar.core.codes import code_list
from suar.core.i18n import format_size, localize, nearest

CODE_KINDS, LETTERS, CONTACT_STATES, REFUSALS, FILE_KINDS = (
    code_list("contact", name) for name in ("code_kinds", "letters", "contact_states", "refusals", "file_kinds")
)
MEETING_WITH_CODE = _(
    "You chose a code: then nobody comes to a time and place. Clear this, or choose “No code”. "
    "You may also write it above, as a safe way to reach you."
)
MONDAY = date(2024, 1, 1)


def removed_by(kind: LetterKind, side: str, *, staff: bool = False) -> str:
    """Return who removed a file, as the person or the staff reads it."""
    return localize(LETTERS[kind][f"staff_{side}" if staff else side])


def weekday(number: int) -> str:
    """Name a day of the week, 1 for Monday."""
    return formats.date_format(MONDAY + timedelta(days=number - 1), "l")


def weekdays(days: Iterable[str]) -> str:
    """Name some days of the week, in their order."""
    comma = pgettext("between the words of a list", ", ")
    return comma.join(weekday(int(day)) for day in sorted(days))


def text_in_page_language(row: object, prefix: str) -> tuple[str, str]:
    """Return the text of an organisation about itself in the language of the page, and that language."""
    texts = {column.removeprefix(prefix): text for column, text in vars(row).items() if column.startswith(prefix)}
    language = nearest(get_language() or "", texts) or next(iter(texts))
    return localize(texts, language), language


def describe_readers(readers: Any, *, name: str) -> dict[str, str]:
    """Describe who reads: a desk, or the complaint handlers of an organisation; on which days, and how soon."""
    who, language = text_in_page_language(readers, "who_")
    within = ngettext("within %(days)d of these days", "within %(days)d of these days", readers.answers_within_days)
    return {
        "name": name,
        "who": who,
        "language": language,
        "days": weekdays(readers.days),
        "within": within % {"days": readers.answers_within_days},
    }


def describe_file(facts: FileFacts) -> str:
    """Describe a file by its kind, its size, and its name if it has one."""
    text = f"{FILE_KINDS.label(facts.kind)} · {format_size(facts.size)}"
    return f"{text} · {facts.name}" if facts.name else text


def describe_pictures(code: ReturnCode) -> list[tuple[str, range, str]]:
    """Return each picture of a code as it is drawn and as it is read aloud."""
    return [(thing, range(count), f"{things().label(thing)} {count}") for thing, count in code.pictures]
