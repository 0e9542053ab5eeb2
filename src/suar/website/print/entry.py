"""One service as plain values for a booklet: the texts of its public page with fewer headings.

A text in another language than the booklet is {"said", "language"}; a text of several parts is a list.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from suar.crypto.kdf import digest
from suar.directory import labels, queries
from suar.directory.cards import CardPhone, CardSite, LocalText, ServiceCard
from suar.directory.facts import Fit, PersonFacts
from suar.website.entries import DAY_AND_NIGHT, Entry, checked_words, reason_lines

WHO = ("EL_SEX", "EL_AGE", "EL_CHILDREN_WITH", "EL_NATIONALITY", "EL_STAY", "EL_EXCLUSION", "EL_FAMILY")
ACCESS_ROWS = ("AC_HOW", "AC_BRING", "AC_WAIT", "AC_SAFE_CONTACT", "AC_SECRET")
LONGEST, LONGEST_LINE, LONGEST_NAME, LONGEST_BESIDE = 900, 320, 120, 60
"""Characters: of a text, of a line of the compact layout, of a name, of words beside a number."""
MAX_NUMBERS, MAX_PLACES_SHORT = 6, 3


class Parts(tuple[str, ...]):
    """A text of several parts, some of which may be in another language."""

    def __str__(self) -> str:
        return "".join(self)


def build_entry(card: ServiceCard) -> dict[str, Any]:
    """Return a service in the words of a booklet; `short` holds the lines of the compact layout."""
    fit = queries.fit_of(PersonFacts(), card).fit
    public = Entry(card)
    who, cost, id_papers = _sentences(fit, *WHO), _sentences(fit, "EL_COST"), _sentences(fit, "EL_PAPERS")
    always_open = pgettext("card", "Day and night") if card.facts.opening == DAY_AND_NIGHT else ""
    places = ["\n".join(filter(None, (_address(site), site.transport))) for site in card.sites]
    if card.gate_only:
        places.append(_("The place is kept secret to keep people safe. Call, and they tell you how to come."))
    papers = _sentences(fit, "EL_PAPERS", "EL_FORMAL", "EL_COOPERATION")
    needed_to_decide = [
        (pgettext("booklet", "For whom"), who),
        (pgettext("booklet", "Identity papers"), papers),
        (pgettext("booklet", "Cost"), card.access.get("AC_COST") or cost),
        (pgettext("booklet", "Open"), _hours(public, LONGEST) or always_open),
    ]
    others = [
        *((pgettext("booklet", "Where"), place) for place in places),
        (pgettext("booklet", "Languages"), _sentences(fit, "EL_LANGUAGE")),
        *((labels.access_label(code), card.access.get(code, "")) for code in ACCESS_ROWS),
    ]
    ask = _("We do not know. Ask, and write it here:")
    rows = [
        *((label, text or ask, not text) for label, text in needed_to_decide),
        *((label, text, False) for label, text in others if text),
    ]
    needed = " ".join(filter(None, (who, id_papers, cost)))
    return {
        "id": str(card.id),
        "name": shorten(card.name, LONGEST_NAME),
        "provider": shorten(card.provider_name, LONGEST_NAME),
        "what": shorten(card.access.get("AC_WHAT") or card.description, LONGEST),
        "phones": _phones(public),
        "rows": [{"label": label, "text": shorten(text, LONGEST), "blank": blank} for label, text, blank in rows],
        "short": _short_lines(public, needed, _sentences(fit, "EL_TIME")),
        "checked": checked_words(card.confirmed),
    }


def digest_of(value: Any) -> str:
    """Return the digest of a plain value."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return digest(text.encode()).hex()


def number_row(number: str, who: str, when: str = "", note: str = "") -> dict[str, str]:
    """Return a number to call, who answers, when, and when somebody last tried it."""
    return {"number": number, "who": who, "when": when, "note": note}


def shorten(text: Any, longest: int) -> Any:
    """Shorten a text at a word and mark it; parts that are too long become one text."""
    if len(str(text)) <= longest:
        return text
    start = str(text)[:longest]
    return LocalText(f"{start.rpartition(' ')[0] or start} …", getattr(text, "language", ""))


def to_plain(value: Any, language: str) -> Any:
    """Return a value for JSON, with the language of each text that is not in `language`."""
    if isinstance(value, str):
        other = getattr(value, "language", "")
        same = other.split("-")[0] in ("", language.split("-")[0])
        return str(value) if same else {"said": str(value), "language": other}
    if isinstance(value, Mapping):
        return {key: to_plain(item, language) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = [to_plain(item, language) for item in value]
        is_one_text = isinstance(value, Parts) and all(isinstance(item, str) for item in items)
        return str(value) if is_one_text else items
    return value


def _phones(public: Entry) -> list[dict[str, str]]:
    """Return the numbers of a service, first the one that somebody answers now."""
    urgent = public.card.urgent
    first = [number_row(urgent.number, _("Answers now"), shorten(urgent.hours, LONGEST_BESIDE))] if urgent else []
    rows = [*first, *(number_row(phone.number, _note_of(phone)) for phone in public.phones)]
    return rows[:MAX_NUMBERS]


def _note_of(phone: CardPhone) -> str:
    """Return the words beside a number; what it takes is more urgent than what it is for."""
    return _("Messages only") if phone.takes_messages else shorten(phone.words, LONGEST_BESIDE)


def _sentences(fit: Fit, *attributes: str) -> str:
    """Return the sentences of the public page about some attributes."""
    because = tuple(reason for reason in fit.because if reason.attribute in attributes)
    return " ".join(line.words for line in reason_lines(replace(fit, because=because)))


def _hours(public: Entry, longest: int) -> Any:
    """Return the hours, one line each, or an empty text."""
    parts: list[str] = []
    for line in public.opening_lines:
        when, words = line["when"], line["words"]
        parts += ["\n"] if parts else []
        parts += [when] if when else []
        parts += [" (", words, ")"] if when and words else [words]
    return shorten(Parts(filter(None, parts)), longest) if parts else ""


def _short_lines(public: Entry, needed: str, opening_sentence: str) -> list[Any]:
    """Return the lines of the compact layout: provider, for whom, when, where."""
    card = public.card
    places = [shorten(_address(site), LONGEST_LINE // 2) for site in card.sites[:MAX_PLACES_SHORT]]
    if card.gate_only:
        places.append(_("The place is secret: call first."))
    is_named = any(card.provider_name in place for place in places)
    provider = "" if is_named else shorten(card.provider_name, LONGEST_NAME)
    hours = _hours(public, LONGEST_LINE // 2) or opening_sentence
    return [line for line in (provider, shorten(needed, LONGEST_LINE), hours, *places) if line]


def _address(site: CardSite) -> str:
    return ", ".join(filter(None, (site.name, *site.lines)))
