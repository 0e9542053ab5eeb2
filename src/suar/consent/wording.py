"""The wording of consent: the spoken sentence, the warning before it, and what a withdrawal says.

`texts.json` holds every version of its texts, because a consent names the version that was read. A consent stores
the sentence itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from suar.consent.codes import FIELDS, PURPOSES, ContactWay, Field, Purpose
from suar.core.codes import read_data
from suar.core.i18n import localize

SPOKEN = read_data("consent", "spoken")
TEXTS: dict[int, Any] = {row["version"]: row["texts"] for row in read_data("consent", "texts")["versions"]}
LATEST = max(TEXTS)
TYPE_PREFIX = 3
Reading = tuple[str, date]
"""A reader of shared data, and the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenConsent:
    """Parts of the spoken sentence; `about` are the service types or need groups that are shared."""

    recipient: str
    purpose: Purpose
    fields: frozenset[Field]
    ends_on: date
    about: Sequence[str] = ()
    contact: ContactWay = ContactWay.NUMBER


def consent_sentence(spoken: SpokenConsent, *, language: str = "") -> str:
    """Return a consent as one sentence in a language (the active one by default).

    Source: own design, docs/decisions/consent.md, one spoken sentence.
    """
    text = localize(SPOKEN["sentence"], language).format(
        recipient=spoken.recipient,
        what=_join(_field_phrases(spoken, language), language),
        about=_about_clause(spoken, language),
        purpose=_purpose_clause(spoken.purpose, language),
        until=spoken_date(spoken.ends_on, language=language),
    )
    return text[:1].upper() + text[1:]


def spoken_date(day: date, *, language: str = "") -> str:
    """Return a date as people say it, such as 30 March 2027."""
    month = localize(SPOKEN["months"], language)[day.month - 1]
    return localize(SPOKEN["date"], language).format(day=day.day, month=month, year=day.year)


def withdrawal_lines(
    readings: Iterable[Reading], previews: Iterable[Reading] = (), *, language: str = "", version: int = LATEST
) -> tuple[str, ...]:
    """Return the sentences that are read out at a withdrawal: closed now, who read it and when, asked to delete.

    `previews` are those who saw only what is shown before an acceptance.
    Source: own design, docs/decisions/consent.md and packets.md.
    """

    def line(name: str, **values: str) -> str:
        return text(name, language=language, version=version).format(**values)

    read = [line("who_read", who=who, on=spoken_date(day, language=language)) for who, day in readings]
    saw = [line("who_saw_preview", who=who, on=spoken_date(day, language=language)) for who, day in previews]
    lines = (line("closed_now"), *(read or [line("nobody_read")]), *saw)
    return (*lines, line("cannot_be_unread")) if read or saw else lines


def text(name: str, *, language: str = "", version: int = LATEST) -> str:
    """Return one text of a version. Raises KeyError for a text or version that does not exist."""
    return localize(TEXTS[version][name], language)


def is_version(version: int | None) -> bool:
    """Return True if this version of the texts exists."""
    return version in TEXTS


def _field_phrases(spoken: SpokenConsent, language: str) -> list[str]:
    """Name the fields in their order; needs are named by what they are about, unless alone."""
    fields: list[Field] = [field for field in Field if field in spoken.fields and field is not Field.NEEDS]
    if not fields and Field.NEEDS in spoken.fields:
        fields = [Field.NEEDS]
    phrases = {field: FIELDS[field]["spoken"] for field in fields}
    if Field.SAFE_CONTACT in phrases and spoken.contact is ContactWay.OTHER:
        phrases[Field.SAFE_CONTACT] = SPOKEN["other_contact"]
    return [localize(phrase, language) for phrase in phrases.values()]


def _join(parts: Sequence[str], language: str) -> str:
    if not parts:
        return localize(SPOKEN["nothing"], language)
    if len(parts) == 1:
        return parts[0]
    pattern = SPOKEN["pair" if len(parts) == 2 else "series"]
    return localize(pattern, language).format(first=", ".join(parts[:-1]), last=parts[-1])


def _about_clause(spoken: SpokenConsent, language: str) -> str:
    if Field.NEEDS not in spoken.fields:
        return ""
    known, unknown = SPOKEN["about"], SPOKEN["about_unknown"]
    phrases = [known.get(code) or known.get(code[:TYPE_PREFIX]) or unknown for code in spoken.about] or [unknown]
    about = _join(list(dict.fromkeys(localize(phrase, language) for phrase in phrases)), language)
    return localize(SPOKEN["about_clause"], language).format(about=about)


def _purpose_clause(purpose: Purpose, language: str) -> str:
    phrase = localize(PURPOSES[purpose]["spoken"], language)
    return localize(SPOKEN["purpose_clause"], language).format(purpose=phrase) if phrase else ""
