"""One service as a booklet tells it: the words of its public page, under fewer heads."""

from collections.abc import Collection
from dataclasses import asdict, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from suar.booklets import content
from suar.booklets.terms import Entry, Mixed, Number, Row
from suar.directory import labels as directory
from suar.directory import queries
from suar.directory.cards import LocalText, ServiceCard
from suar.directory.facts import Fit, PersonFacts
from suar.website.entries import Entry as PublicEntry
from suar.website.entries import checked_words
from suar.website.labels import why

WHO = frozenset({"EL_SEX", "EL_AGE", "EL_CHILDREN_WITH", "EL_NATIONALITY", "EL_STAY", "EL_EXCLUSION", "EL_FAMILY"})
COST = frozenset({"EL_COST"})
ID_PAPERS = frozenset({"EL_PAPERS"})
PAPERS = frozenset({"EL_PAPERS", "EL_FORMAL", "EL_COOPERATION"})
LANGUAGE = frozenset({"EL_LANGUAGE"})
TIME = frozenset({"EL_TIME"})
DAY_AND_NIGHT = "24_7"
TOLD = ("AC_HOW", "AC_BRING", "AC_WAIT", "AC_SAFE_CONTACT", "AC_SECRET")
LONGEST, LONGEST_LINE, LONGEST_NAME, LONGEST_BESIDE = 900, 320, 120, 60
"""Letters: of a text, of a line of the compact form, of a name, of words beside a number."""
MOST_NUMBERS, MOST_PLACES_SHORT = 6, 3
COMPARED = (
    "name",
    "description",
    "provider_name",
    "types",
    "areas",
    "districts",
    "gate_only",
    "phones",
    "hours",
    "access",
    "sites",
)
FACTS = (
    "sex",
    "age_min",
    "age_max",
    "children_with",
    "children_age_limit",
    "nationality",
    "stay",
    "papers",
    "formal",
    "cooperation",
    "cost",
    "languages",
    "opening",
    "exclusions",
    "family",
)


def entry(card: ServiceCard, *, language: str) -> Entry:
    """Say one service in the words of a booklet."""
    fit = queries.fit_of(PersonFacts(), card).fit
    public = PublicEntry(card, (), language)
    who, cost, papers = (_said(fit, each, language) for each in (WHO, COST, PAPERS))
    needed = [
        Row(pgettext("booklet", "For whom"), who),
        Row(pgettext("booklet", "Papers"), papers),
        Row(pgettext("booklet", "Cost"), card.access.get("AC_COST") or cost),
        Row(pgettext("booklet", "Open"), _hours(public, _always(card), LONGEST)),
        *_places(card),
    ]
    more = [
        Row(pgettext("booklet", "Languages"), _said(fit, LANGUAGE, language)),
        *(Row(directory.access_label(code), card.access.get(code, "")) for code in TOLD),
    ]
    what = card.access.get("AC_WHAT") or card.description
    return Entry(
        id=str(card.id),
        digest=content.mark(_compared(card)),
        name=cut(card.name, LONGEST_NAME),
        provider=cut(card.provider_name, LONGEST_NAME),
        what=cut(what, LONGEST),
        phones=numbers_of(public),
        rows=_rows([*needed, *more], LONGEST),
        short=_short(public, _joined(who, _said(fit, ID_PAPERS, language), cost), _said(fit, TIME, language)),
        checked=checked_words(card.confirmed),
    )


def numbers_of(public: PublicEntry) -> tuple[Number, ...]:
    """List the numbers of a service, first the one that somebody answers now."""
    urgent = public.card.urgent
    when = cut(urgent.hours, LONGEST_BESIDE) if urgent else ""
    first = [Number(urgent.number, _("Answers now"), when)] if urgent else []
    known = {each.number for each in first}
    rest = [Number(each.number, cut(each.words, LONGEST_BESIDE)) for each in public.phones if each.number not in known]
    return (*first, *rest)[:MOST_NUMBERS]


def cut(text: str, longest: int) -> str:
    """Shorten a text at a word, and show that it was longer; its language stays."""
    if len(text) <= longest:
        return text
    kept = text[:longest]
    return LocalText(f"{kept.rpartition(' ')[0] or kept} …", getattr(text, "language", ""))


def _cut_parts(text: Mixed, longest: int) -> str | Mixed:
    """Shorten a text of several parts; one that is too long for its parts is in no language."""
    return text if len(str(text)) <= longest else cut(str(text), longest)


def _said(fit: Fit, attributes: Collection[str], language: str) -> str:
    """Say what a service tells of some attributes, in the sentences of its public page."""
    about = tuple(each for each in fit.because if each.attribute in attributes)
    return " ".join(line.words for line in why(replace(fit, because=about), language))


def _always(card: ServiceCard) -> str:
    return pgettext("card", "Day and night") if card.facts.opening == DAY_AND_NIGHT else ""


def _hours(public: PublicEntry, otherwise: str, longest: int) -> str | Mixed:
    """Give the hours, a line for each, or something else where there are none."""
    parts: list[str] = []
    for each in public.open_at:
        when, words = each["when"], each["words"]
        first = [f"{when[:1].upper()}{when[1:]}"] if when else []
        rest = [" (", words, ")"] if when and words else [words]
        parts += [*(["\n"] if parts else []), *first, *rest]
    return _cut_parts(Mixed(tuple(filter(None, parts))), longest) if parts else otherwise


def _short(public: PublicEntry, needed: str, open_at: str) -> tuple[str | Mixed, ...]:
    """Give the lines of the compact form: for whom, when, where; the sentences need no heads."""
    card = public.card
    places = [
        cut(_joined(site.name, ", ".join(site.lines), by=", "), LONGEST_LINE // 2)
        for site in card.sites[:MOST_PLACES_SHORT]
    ]
    if card.gate_only:
        places.append(_("The place is secret: call first."))
    known = any(card.provider_name in each for each in places)
    provider = "" if known else cut(card.provider_name, LONGEST_NAME)
    hours = _hours(public, open_at, LONGEST_LINE // 2)
    lines = [provider, cut(needed, LONGEST_LINE), hours, *places]
    return tuple(each for each in lines if each)


def _places(card: ServiceCard) -> list[Row]:
    label = pgettext("booklet", "Where")
    rows = [
        Row(label, "\n".join(filter(None, (_joined(site.name, ", ".join(site.lines), by=", "), site.transport))))
        for site in card.sites
    ]
    if card.gate_only:
        secret = _("The place is kept secret to keep people safe. Call, and they tell you how to come.")
        rows.append(Row(label, secret))
    return rows


def _rows(rows: list[Row], longest: int) -> tuple[Row, ...]:
    return tuple(
        Row(each.label, cut(each.text, longest) if isinstance(each.text, str) else each.text)
        for each in rows
        if each.text
    )


def _joined(*texts: str, by: str = " ") -> str:
    return by.join(filter(None, texts))


def _compared(card: ServiceCard) -> dict[str, Any]:
    """Give what makes an entry another one: all that is printed but the day of the last check."""
    whole, facts = asdict(card), asdict(card.facts)
    urgent = [card.urgent.number, card.urgent.hours] if card.urgent else []
    told = {name: _plain(facts[name]) for name in FACTS}
    return {**{name: _plain(whole[name]) for name in COMPARED}, "facts": told, "urgent": urgent}


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value
