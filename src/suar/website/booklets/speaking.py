"""In which languages a booklet is made: with all its words, and checked where it is for real."""

from django.conf import settings

from suar.booklets import labels
from suar.website.languages import is_draft, of_grave_words


def offered() -> list[tuple[str, str]]:
    """List the languages of the public door in which a booklet may be made here."""
    return [(code, str(name)) for code, name in settings.LANGUAGES if may_be_made(code)]


def may_be_made(code: str) -> bool:
    """Say whether a booklet has words in a language, and may say grave things in it here."""
    known = code in dict(settings.LANGUAGES) and labels.has_words(code)
    return known and of_grave_words(code) == code


def draft(code: str) -> bool:
    """Say whether the words of a language are a draft, which a booklet has to say of itself."""
    return is_draft(code)
