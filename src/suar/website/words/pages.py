"""What the pages of words show: languages, texts, and what a correction would change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zlib import crc32

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from suar.core.i18n import Language, public_languages
from suar.website import wordings
from suar.website.words import drafts, own
from suar.website.words.catalogue import READ, Key, Word
from suar.website.words.drafts import Draft

ON_A_PAGE = 20
AT_ONCE = 50
"""The most that is ticked, or refused, on one page."""
REFUSED = {
    "own_draft": gettext_noop("You wrote this: somebody else of your house publishes it."),
    "words_changed": gettext_noop("Suar no longer has one of these texts, or fills in other things."),
    "nothing_ticked": gettext_noop("Tick what you looked at."),
}


@dataclass(frozen=True, slots=True)
class LanguageRow:
    """A language of the door: how whole, by whom checked, how much is said otherwise or waits."""

    code: str
    name: str
    rtl: bool
    messages: str
    reading: str
    messages_by: str
    reading_by: str
    own: int
    waits: int
    brought: int

    @property
    def dir(self) -> str:
        """Give the direction in which it is written."""
        return "rtl" if self.rtl else "ltr"


@dataclass(frozen=True, slots=True)
class TextRow:
    """A text: in English, as it is said now, and whether that is ours or waits to be changed."""

    mark: str
    context: str
    english: str
    said: tuple[str, ...]
    own: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What a correction would change: the text now and then; `because` says why it may not yet."""

    id: UUID
    mark: str
    context: str
    english: str
    now: tuple[str, ...]
    then: tuple[str, ...]
    line: int
    at: datetime
    mine: bool
    may: bool


def mark_of(key: Key) -> str:
    """Give a text its short name in an address; a test sees that no two texts share one."""
    return f"{crc32(chr(0).join(key).encode()):08x}"


def word_of(mark: str, words: Mapping[Key, Word]) -> Word | None:
    """Find a text by its short name."""
    return next((word for key, word in words.items() if mark_of(key) == mark), None)


def language_of(code: str) -> Language | None:
    """Give a language whose words may be corrected: all but English, which others follow."""
    return next((each for each in public_languages() if each.code == code and code != "en"), None)


def row_of(language: Language, *, by: UUID) -> LanguageRow:
    """Say how whole a language is."""
    words = list(own.as_said(language.code).values())
    reading = [each for each in words if each.context.startswith(READ)]
    messages = [each for each in words if not each.context.startswith(READ)]
    read_by = wordings.wording(language.code).checked
    return LanguageRow(
        language.code,
        language.name,
        language.rtl,
        _whole(messages),
        _whole(reading),
        language.public.checked or _unchecked(language),
        read_by or _("draft"),
        len(own.kept(language.code)),
        len(drafts.waiting(language.code)),
        len(drafts.brought(language.code, by=by)),
    )


def found(language: str, *, text: str, show: str, after: int) -> tuple[Sequence[TextRow], int]:
    """Find texts by a few letters; gives one page of them, and how many there are in all."""
    ours, words = own.kept(language), own.as_said(language).values()
    wanted = text.casefold().strip()
    rows = [
        word
        for word in words
        if (show != "missing" or word.missing) and (show != "own" or word.key in ours)
        if wanted in "\n".join((word.english, word.plural, *word.said)).casefold()
    ]
    waits = {draft.key for draft in drafts.waiting(language)}
    page = [
        TextRow(
            mark_of(word.key), _said_where(word.context), word.english, word.said, word.key in ours, word.key in waits
        )
        for word in rows[after : after + ON_A_PAGE]
    ]
    return page, len(rows)


def changes(listed: Iterable[Draft], *, language: str, by: UUID, second: bool) -> list[ChangeRow]:
    """Show corrections beside what is said now."""
    words = own.as_said(language)
    return [
        ChangeRow(
            draft.id,
            mark_of(draft.key),
            _said_where(draft.key[0]),
            draft.key[1],
            words[draft.key].said if draft.key in words else (),
            draft.said,
            draft.line,
            draft.at,
            draft.by == by,
            bool(drafts.may_publish(draft, by=by, second=second)),
        )
        for draft in listed
    ]


def _whole(words: Sequence[Word]) -> str:
    return f"{sum(not each.missing for each in words)}/{len(words)}"


def _unchecked(language: Language) -> str:
    if language.public.draft:
        return _("draft")
    return _("the language it was written in; nobody who grew up with it has checked it")


def _said_where(context: str) -> str:
    return context.removeprefix(READ)
