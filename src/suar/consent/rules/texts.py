"""What is said before a yes and when it is taken back; each version is kept for ever."""

from collections.abc import Iterable

from suar.consent.rules.spoken import LANGUAGES, date_in_words
from suar.consent.rules.words import read
from suar.consent.terms import Opening

LATEST: int = max(row["version"] for row in read("texts")["versions"])


def before(*, language: str, version: int = LATEST) -> str:
    """Give the warning that is read before a person says yes or no.

    Source: own design, docs/decisions/0007-consent.md, words.
    """
    return text("before", language=language, version=version)


def withdrawal(
    openings: Iterable[Opening], *, language: str, version: int = LATEST
) -> tuple[str, ...]:
    """Give what is said at a withdrawal: closed now, who read it and when, asked to delete.

    Source: own design, docs/decisions/0007-consent.md, words.
    """
    read_by = tuple(
        text("who_read", language=language, version=version).format(
            who=each.who, on=date_in_words(each.on, language=language)
        )
        for each in openings
    )
    closed = text("closed_now", language=language, version=version)
    if not read_by:
        return (closed, text("nobody_read", language=language, version=version))
    return (closed, *read_by, text("cannot_be_unread", language=language, version=version))


def text(name: str, *, language: str, version: int = LATEST) -> str:
    """Give one text of a version; a language without words of its own reads English.

    Raises KeyError for a text or version that never was.
    Source: data/texts.json.
    """
    versions = {row["version"]: row["texts"] for row in read("texts")["versions"]}
    found = versions[version][name]
    return str(found.get(language) or found[LANGUAGES[0]])


def is_version(version: int | None) -> bool:
    """Say whether a version of the texts exists.

    Source: data/texts.json.
    """
    return any(row["version"] == version for row in read("texts")["versions"])
