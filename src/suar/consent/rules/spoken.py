"""The one sentence a consent is asked with, in English and Indonesian."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from suar.consent.rules.words import read
from suar.consent.terms import ContactWay, Field, Purpose, Spoken

LANGUAGES = ("en", "id")
TYPE_PREFIX = 3


def sentence(spoken: Spoken, *, language: str) -> str:
    """Say a consent in one sentence; a language without words of its own hears English.

    Source: own design, docs/decisions/0007-consent.md, one spoken sentence.
    """
    language = language if language in LANGUAGES else LANGUAGES[0]
    said = read("spoken")
    text: str = said["sentence"][language].format(
        recipient=spoken.recipient,
        what=_listed(_parts(spoken, language), language),
        about=_about(spoken, language),
        purpose=_purpose(spoken.purpose, language),
        until=date_in_words(spoken.ends_on, language=language),
    )
    return text[:1].upper() + text[1:]


def date_in_words(day: date, *, language: str) -> str:
    """Write a date as people say it, 30 March 2027.

    Source: own design, docs/decisions/0007-consent.md, words.
    """
    language = language if language in LANGUAGES else LANGUAGES[0]
    said = read("spoken")
    month = said["months"][language][day.month - 1]
    text: str = said["date"][language].format(day=day.day, month=month, year=day.year)
    return text


def _parts(spoken: Spoken, language: str) -> list[str]:
    """Name the fields in their order; needs are said by what they are about, unless alone."""
    told: list[Field] = [field for field in Field if field in spoken.fields and field is not Field.NEEDS]
    if not told and Field.NEEDS in spoken.fields:
        told = [Field.NEEDS]
    phrases = {row["code"]: row["spoken"] for row in read("fields")["fields"]}
    if spoken.contact is ContactWay.OTHER:
        phrases[Field.SAFE_CONTACT] = read("fields")["spoken_other_contact"]
    return [phrases[field][language] for field in told]


def _listed(parts: Sequence[str], language: str) -> str:
    said: Mapping[str, Any] = read("spoken")
    if not parts:
        return str(said["nothing"][language])
    if len(parts) == 1:
        return parts[0]
    joined = said["pair" if len(parts) == 2 else "series"][language]
    return str(joined.format(first=", ".join(parts[:-1]), last=parts[-1]))


def _about(spoken: Spoken, language: str) -> str:
    if Field.NEEDS not in spoken.fields:
        return ""
    said = read("spoken")
    known = said["about"]
    about = known.get(spoken.about) or known.get(spoken.about[:TYPE_PREFIX]) or said["about_unknown"]
    return str(said["about_clause"][language].format(about=about[language]))


def _purpose(purpose: Purpose, language: str) -> str:
    rows = {row["code"]: row["spoken"][language] for row in read("purposes")["purposes"]}
    if not rows[purpose]:
        return ""
    return str(read("spoken")["purpose_clause"][language].format(purpose=rows[purpose]))
