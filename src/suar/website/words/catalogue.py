"""All words of a language in one catalogue, beside the English ones, as they ship.

A message of a page stands under its own context. A sentence of the pages to read stands under
`read:` and its name, such as `read:sea.looks.pay`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polib
from django.conf import locale
from django.utils.translation import to_locale

from suar.core.i18n import public_languages
from suar.website import wordings

PACKAGE = Path(__file__).parent.parent.parent
DJANGO = Path(locale.__file__).parent
READ = "read:"
STAFF_TOO = ("en", "id")
"""Languages whose catalogues hold the words of workers as well."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Word:
    """One text: what it is in English, and in the language, "" or no form where it is missing.

    `plural` is the English form for many, and then `said` holds each form of the language.
    """

    context: str
    english: str
    said: tuple[str, ...]
    plural: str = ""

    @property
    def key(self) -> Key:
        """Give what tells this word from all others."""
        return self.context, self.english

    @property
    def missing(self) -> bool:
        """Say whether the language has no word for it."""
        return not self.said or not all(self.said)


@cache
def shipped(language: str) -> dict[Key, Word]:
    """Give every word of the public door, messages first, in the order of their files.

    What Django itself says in this language, such as the names of months, is none of ours.
    """
    own, by_django = _messages(language), _said_by_django(language)
    found = {
        key: own.get(key, Word(key[0], key[1], (), plural))
        for key, plural in _public().items()
        if key in own or key not in by_django
    }
    english, reading = wordings.as_shipped("en"), wordings.as_shipped(language)
    for name, text in english.items():
        said = (reading[name],) if name in reading else ()
        found[(READ + name, text)] = Word(READ + name, text, said)
    return found


@cache
def _public() -> dict[Key, str]:
    """Give the messages that the public door needs: all that some language besides ours says."""
    others = [each.code for each in public_languages() if each.code not in STAFF_TOO]
    return {key: word.plural for code in others for key, word in _messages(code).items()}


def _said_by_django(language: str) -> set[Key]:
    """Give the messages that Django's own catalogue of a language says, if it has one."""
    path = DJANGO / to_locale(language) / "LC_MESSAGES" / "django.mo"
    if not path.exists():
        return set()
    return {(entry.msgctxt or "", entry.msgid) for entry in polib.mofile(str(path))}


@cache
def _messages(language: str) -> dict[Key, Word]:
    return {word.key: word for word in _in_files(language)}


def _in_files(language: str) -> Iterator[Word]:
    for path in sorted(PACKAGE.glob(f"*/locale/{to_locale(language)}/LC_MESSAGES/django.po")):
        for entry in polib.pofile(str(path)):
            forms = tuple(entry.msgstr_plural.values()) or (entry.msgstr,)
            yield Word(entry.msgctxt or "", entry.msgid, forms, entry.msgid_plural)
