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
    openings: Iterable[Opening],
    previews: Iterable[Opening] = (),
    *,
    language: str,
    version: int = LATEST,
) -> tuple[str, ...]:
    """Give what is said at a withdrawal: closed now, who read it and when, asked to delete.

    `previews` are those who saw what is shown before an acceptance, and nothing else.
    Source: own design, docs/decisions/0007-consent.md, words; docs/decisions/0012.
    """

    def say(name: str) -> str:
        return text(name, language=language, version=version)

    read_by = tuple(_seen(say("who_read"), each, language) for each in openings)
    saw = tuple(_seen(say("who_saw_preview"), each, language) for each in previews)
    lines = (say("closed_now"), *(read_by or (say("nobody_read"),)), *saw)
    return (*lines, say("cannot_be_unread")) if read_by or saw else lines


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


def _seen(words: str, opening: Opening, language: str) -> str:
    return words.format(who=opening.who, on=date_in_words(opening.on, language=language))
