"""Words for the codes of asking for help."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils import formats
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from suar.voice.terms import CodeKind, DeskFacts, LetterKind

KINDS = {
    CodeKind.DIGITS: _("12 digits, like a telephone number"),
    CodeKind.NONE: _("No code. We meet or speak at a time and place that I say"),
}
LETTERS = {
    LetterKind.WORDS: _("What you wrote"),
    LetterKind.CONTACT: _("How to reach you safely"),
    LetterKind.MEETING: _("Agreed time and place"),
    LetterKind.ANSWER: _("Answer"),
}
LETTERS_STAFF = {
    LetterKind.WORDS: _("What the person wrote"),
    LetterKind.CONTACT: _("How to reach the person safely"),
    LetterKind.MEETING: _("Agreed time and place"),
    LetterKind.ANSWER: _("Our answer"),
}
REFUSED = {
    "much_unread": _("Several of your letters have not been read yet. Please wait for an answer."),
    "code_in_use": _("Please press once more. We make you another code."),
    "neighbours": _(
        "In this team each holds only their own. A letter would be read by all: choose another."
    ),
    "no_code": _("Nobody would come back to read an answer: the person chose no code."),
}
MONDAY = date(2024, 1, 1)


def weekday(number: int) -> str:
    """Name a day of the week, 1 for Monday."""
    return formats.date_format(MONDAY + timedelta(days=number - 1), "l")


def weekdays(numbers: Iterable[int]) -> str:
    """Name some days of the week, in their order."""
    return ", ".join(weekday(each) for each in sorted(numbers))


def who_reads(desk: DeskFacts) -> str:
    """Say in the house's own words who reads."""
    return desk.who_id if get_language() == "id" else desk.who_en


def usual_time(days: int) -> str:
    """Say how long an answer usually takes."""
    words = ngettext("within %(days)d of these days", "within %(days)d of these days", days)
    return words % {"days": days}
