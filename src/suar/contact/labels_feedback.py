"""Words around what people say of the help they got."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.utils import formats
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from suar.contact import tapped
from suar.contact.tapped import Choice, Complaint
from suar.contact.terms import LetterKind, RequestKind, Said
from suar.core import i18n

KINDS = {
    RequestKind.FEEDBACK: _("How it was"),
    RequestKind.COMPLAINT: _("A complaint"),
}
SKIP = _("Skip")
NOT_SAID = _("I do not say")
REFUSED = {
    "nobody_apart": _(
        "Nobody of your house may read it yet. An administrator invites somebody as complaint "
        "handler, who is in no team, and a signatory confirms their keys."
    ),
    "not_over": _("This quarter is not over yet."),
    "small_numbers": _("A number under five stands in it."),
}
NOBODY_READS = {
    RequestKind.FEEDBACK: _(
        "Nobody outside of this house reads here. So that nobody reads about themselves, we do "
        "not take it. Choose something else above, or go to somebody outside."
    ),
    RequestKind.COMPLAINT: _("Nobody outside of this house takes complaints about it here. Go to somebody outside."),
}


def said(words: Mapping[str, str]) -> str:
    """Give words of the file in the language of the page, or in English."""
    return words[spoken(words)]


def spoken(words: Mapping[str, str]) -> str:
    """Give the language in which words of the file stand on the page."""
    language = get_language() or ""
    return language if language in words else "en"


def choices(rows: Sequence[Choice]) -> list[tuple[str, str]]:
    """Give the choices of a field."""
    return [(each.code, said(each.words)) for each in rows]


def marked(rows: Iterable[Choice | Complaint]) -> list[tuple[str, str]]:
    """Give the choices of buttons; each says its language where that is not the page's."""
    return [(each.code, _marked(each.words)) for each in rows]


def _marked(words: Mapping[str, str]) -> str:
    if spoken(words) == get_language():
        return said(words)
    return format_html('<span lang="{}" dir="ltr">{}</span>', spoken(words), said(words))


def name_of(code: str, rows: Sequence[Choice]) -> str:
    """Name a code, or nothing where it is empty or none of these."""
    return next((said(each.words) for each in rows if each.code == code), "")


def readable(letter: Said, *, houses: Mapping[UUID, str]) -> str:
    """Give a letter as somebody reads it: codes become words in the language of the page."""
    if letter.kind is LetterKind.DONE:
        return name_of(letter.words, tapped.asked().done)
    if letter.kind is LetterKind.TAPS:
        return "\n".join(_lines(letter, houses))
    return letter.words


def months_of(year: int, number: int) -> str:
    """Name a quarter by its months."""
    first = date(year, number * 3 - 2, 1)
    last = date(year, number * 3, 1)
    return gettext("%(first)s to %(last)s") % {
        "first": formats.date_format(first, "F"),
        "last": i18n.format_month(last),
    }


def in_order(letters: Iterable[Said]) -> list[Said]:
    """Sort letters by time; of one moment, what was tapped comes first."""
    return sorted(letters, key=lambda each: (each.at, each.kind is not LetterKind.TAPS))


def _lines(letter: Said, houses: Mapping[UUID, str]) -> list[str]:
    asked, told = tapped.asked(), tapped.read(letter.words)
    lines = [name_of(told.stage, asked.stages)]
    if told.complaint in asked.complaints:
        lines.append(said(asked.complaints[told.complaint].words))
    if told.house in houses:
        lines.append(houses[told.house])
    lines.append(name_of(told.worker, asked.workers))
    answers = dict(choices(asked.answers))
    for each in asked.statements.get(told.stage, ()):
        if each.code in told.answers:
            lines.append(f"{said(each.words).rstrip('.')}: {answers[str(told.answers[each.code])]}")
    return [each for each in lines if each]
