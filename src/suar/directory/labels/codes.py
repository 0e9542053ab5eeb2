"""Words for the codes of the directory, in the language of the page."""

from datetime import date

from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from suar.directory import catalogue
from suar.directory.cards import CardHours
from suar.directory.rules import freshness


def service_type(code: str) -> str:
    """Say a type of service or a group of needs."""
    known = catalogue.types().get(code) or catalogue.groups().get(code)
    return known.say(_language()) if known else code


def service_type_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """List the types of service by group, for a form."""
    language = _language()
    return [
        (
            group.say(language),
            [(t.code, t.say(language)) for t in catalogue.types().values() if t.group == code],
        )
        for code, group in catalogue.groups().items()
    ]


def need_choices() -> list[tuple[str, str]]:
    """List the groups of needs, for a form."""
    return [(code, group.say(_language())) for code, group in catalogue.groups().items()]


def place(code: str) -> str:
    """Say a place."""
    known = catalogue.places().get(code)
    return known.say(_language()) if known else code


def place_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """List provinces with their districts, then being abroad or at sea, for a form."""
    language, every = _language(), catalogue.places()
    provinces = [one for one in every.values() if len(one.code) == 2]
    by_province = [
        (
            one.say(language),
            [(one.code, _("Anywhere in %(place)s") % {"place": one.say(language)})]
            + [(d.code, d.say(language)) for d in every.values() if d.group == one.code],
        )
        for one in provinces
    ]
    wide = [(code, every[code].say(language)) for code in ("ABROAD", "SEA")]
    return [*by_province, (_("Elsewhere"), wide)]


def language_name(tag: str) -> str:
    """Say the name of a language; INTERPRETER is an interpreter."""
    if tag == "INTERPRETER":
        return _("an interpreter")
    known = catalogue.languages().get(tag)
    return known.say(_language()) if known else tag


def language_choices() -> list[tuple[str, str]]:
    """List languages by name, for a form."""
    named = [(one.code, one.say(_language())) for one in catalogue.languages().values()]
    return sorted(named, key=lambda each: each[1])


def access_field(code: str) -> str:
    """Say the heading of what an entry tells the person."""
    words = catalogue.access_fields()[code]["words"]
    return str(words.get(_language(), words["en"]))


def attribute(code: str) -> str:
    """Say the name of an eligibility attribute."""
    words = catalogue.attributes()[code]["words"]
    return str(words.get(_language(), words["en"]))


def hours(one: CardHours) -> str:
    """Say when a service is open on some weekdays."""
    days = ", ".join(str(WEEKDAYS[day]) for day in one.days)
    told = f"{days} {one.opens}-{one.closes}".strip() if one.opens and one.closes else days
    return ". ".join(part for part in (told, one.words) if part)


def confirmed(on: date | None) -> str:
    """Say when an entry was last confirmed."""
    if on is None:
        return _("Not confirmed yet")
    return _("Confirmed on %(day)s") % {"day": formats.date_format(on, "j F Y")}


def clock(kinds: frozenset[str]) -> str:
    """Say by which clock an entry grows old."""
    days = freshness.intervals_for(kinds)
    return _(
        "Ask after %(advised)d days, at the latest after %(required)d. "
        "After %(hidden)d days the public no longer finds it."
    ) % {"advised": days.advised, "required": days.required, "hidden": days.hidden}


def clock_because(kinds: frozenset[str]) -> str:
    """Say why the strictest line of the clock holds for an entry."""
    line = min(freshness.matching_intervals(kinds), key=lambda each: (each["advised"], each["hidden"]))
    return str(line["because"].get(_language()[:2], line["because"]["en"]))


def _language() -> str:
    return get_language() or "en"
