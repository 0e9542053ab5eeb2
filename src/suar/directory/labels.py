"""Texts for codes, fields and values of the directory, in the active language."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from suar.consent.codes import AgeStatus
from suar.core.codes import code_list
from suar.core.i18n import format_day, localize
from suar.directory import catalogue
from suar.directory.cards import CardHours, ServiceCard
from suar.directory.codes import UNKNOWN_LANGUAGE
from suar.directory.documents import Problem
from suar.directory.facts import Reason, ServiceFacts
from suar.directory.rules import fit, freshness

MAX_AREAS, ELDEST = 3, 120
WHOLE_DAY = {("00:00", "23:59"), ("00:00", "24:00"), ("00:00", "00:00")}
Choices = list[tuple[str, str]]
GroupedChoices = list[tuple[str, Choices]]


def code_label(name: str, code: str) -> str:
    """Return the label of a code in one of the directory's code lists."""
    return code_list("directory", name).label(code)


def service_type_name(code: str) -> str:
    """Return the name of a type of service or a group of needs."""
    return (catalogue.types() if code in catalogue.types() else catalogue.groups()).label(code)


def service_type_choices() -> GroupedChoices:
    """List the types of service by group, for a form."""
    types = catalogue.types().values()
    return [
        (group.label, [(term.code, term.label) for term in types if term["group"] == code])
        for code, group in catalogue.groups().items()
    ]


def place_name(code: str) -> str:
    """Return the name of a place."""
    return catalogue.places().label(code)


def place_choices() -> GroupedChoices:
    """List provinces with their districts, then being abroad or at sea, for a form."""
    places = catalogue.places().values()
    by_province = [
        (
            province.label,
            [(province.code, _("Anywhere in %(place)s") % {"place": province.label})]
            + [(district.code, district.label) for district in places if district["group"] == province.code],
        )
        for province in places
        if catalogue.is_province(province.code)
    ]
    return [*by_province, (_("Elsewhere"), [(code, place_name(code)) for code in ("ABROAD", "SEA")])]


def language_name(tag: str) -> str:
    """Return the name of a language; INTERPRETER is an interpreter."""
    if tag == catalogue.INTERPRETER:
        return _("an interpreter")
    return catalogue.languages().label(tag)


def age_choices() -> Choices:
    """List child, adult and maybe, for a form."""
    words = catalogue.value_words()["PERSON"]
    return [
        (status.value, words[status].label) for status in (AgeStatus.ADULT, AgeStatus.CHILD, AgeStatus.MAY_BE_CHILD)
    ]


def language_choices() -> Choices:
    """List languages by name, for a form."""
    named = [(language.code, language.label) for language in catalogue.languages().values()]
    return sorted(named, key=lambda pair: pair[1])


def access_label(code: str) -> str:
    """Return the heading of an access field, such as what to bring."""
    return localize(catalogue.access_fields()[code]["words"])


def attribute_label(code: str) -> str:
    """Return the name of an eligibility attribute."""
    return localize(catalogue.attributes()[code]["words"])


def hours_text(hours: CardHours) -> str:
    """Return when a service is open: days and times, then the words of the entry."""
    return ". ".join(filter(None, hours_parts(hours)))


def hours_parts(hours: CardHours) -> tuple[str, str]:
    """Return days and times, and the words of the entry; the first is empty if the words begin with it."""
    when = when_words(hours.days, hours.opens, hours.closes)
    return "" if hours.words.casefold().startswith(when.casefold()) else when, hours.words


def when_words(days: Sequence[int], opens: str = "", closes: str = "") -> str:
    """Return days and times; empty if the hours are free text."""
    whole_day = (opens, closes) in WHOLE_DAY
    if is_day_and_night(days, opens, closes):
        return _("day and night")
    times = _("day and night") if whole_day else f"{opens}-{closes}"
    return join_words(filter(None, [days_words(days), times if days and opens else ""]))


def is_day_and_night(days: Sequence[int], opens: str, closes: str) -> bool:
    """Return True if a service is open at every hour of the week."""
    return (opens, closes) in WHOLE_DAY and len(set(days)) == len(WEEKDAYS)


def days_words(days: Sequence[int]) -> str:
    """Return weekdays, with neighbours as a span; Monday is 0."""
    spans: list[list[int]] = []
    for day in sorted(set(days)):
        if spans and day == spans[-1][-1] + 1:
            spans[-1].append(day)
        else:
            spans.append([day])
    return join_words(_span(span) for span in spans)


def join_words(words: Iterable[str]) -> str:
    """Join words with the comma of the language."""
    return pgettext("between the words of a list", ", ").join(words)


def confirmed_text(on: date | None) -> str:
    """Return when an entry was last confirmed."""
    return _("Confirmed on %(day)s") % {"day": format_day(on)} if on else _("Not confirmed yet")


def interval_text(kinds: frozenset[str]) -> str:
    """Return after how many days an entry of these kinds must be confirmed again."""
    days = freshness.intervals_for(kinds)
    return _(
        "Ask after %(advised)d days, at the latest after %(required)d. After %(hidden)d days the entry "
        "is hidden from the public."
    ) % {"advised": days.advised, "required": days.required, "hidden": days.hidden}


def interval_reason(kinds: frozenset[str]) -> str:
    """Return why the strictest interval applies to an entry."""
    rows = freshness.matching_intervals(kinds)
    return localize(min(rows, key=lambda row: (row["advised"], row["hidden"]))["because"])


def reason_text(reason: Reason) -> str:
    """Return one reason for or against a service."""
    texts, key = code_list("directory", "match_reasons"), f"{reason.attribute}.{reason.outcome}"
    specific = f"{key}.{reason.values[0]}" if reason.values else key
    values = value_labels(reason.attribute, reason.values)
    if specific not in texts and key not in texts:
        return values
    text = texts.label(specific if specific in texts else key)
    return text % {"values": values, "ages": age_range_text(*reason.values[:2])} if "%(" in text else text


def value_labels(attribute: str, codes: Iterable[str]) -> str:
    """Return the labels of an attribute's values, separated by commas."""
    return ", ".join(_attribute_value_label(attribute, code) for code in codes)


def comparable_attributes() -> list[str]:
    """List the attributes that a service states one by one."""
    return [code for code, row in catalogue.attributes().items() if "service" in row["match"]]


def fact_text(attribute: str, facts: ServiceFacts) -> str:
    """Return what a service states for one attribute."""
    value = getattr(facts, catalogue.attributes()[attribute]["match"]["service"])
    if value is None:
        return pgettext("an answer", "Not stated")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return value_labels(attribute, [value] if isinstance(value, str) else sorted(value))


def value_label(code: str) -> str:
    """Return the label of a value of any attribute; an unknown code is its own label."""
    if code == "NONE":
        return pgettext("an answer", "None")
    lists = catalogue.value_words().values()
    return next((values[code].label for values in lists if code in values), code)


def age_range_text(low: str = "", high: str = "") -> str:
    """Return who is in an age range; an empty `high` is open."""
    if low in ("", "0"):
        return _("people under %(age)s") % {"age": int(high) + 1} if high else _("all ages")
    if not high:
        return _("people of %(low)s and older") % {"low": low}
    return _("people from %(low)s to %(high)s") % {"low": low, "high": high}


def served_text(card: ServiceCard) -> str:
    """Return the areas that a service is for, and for whom, if it is not for everybody."""
    facts = card.facts
    areas = [place_name(code) for code in sorted(card.areas)]
    if catalogue.COUNTRY in card.areas:
        areas = [place_name(catalogue.COUNTRY)]
    first_areas = ", ".join(areas[:MAX_AREAS]) + (", ..." if len(areas) > MAX_AREAS else "")
    parts = [first_areas or _("area not stated")]
    if facts.sex and "ANY" not in facts.sex:
        parts.append(value_labels("EL_SEX", sorted(facts.sex)))
    if facts.age_min or (facts.age_max or ELDEST) < ELDEST:
        oldest = "" if (facts.age_max or ELDEST) >= ELDEST else str(facts.age_max)
        parts.append(age_range_text(str(facts.age_min or ""), oldest))
    if fit.is_for_a_sector(facts):
        parts.append(value_labels("EL_FORM", sorted(facts.forms or ())))
    elif facts.forms and "ANY" not in facts.forms:
        parts.append(_("not for everybody: ask first"))
    return " · ".join(parts)


def field_label(path: str) -> str:
    """Return the name of an entry's field, such as `name.en` or `let_in.cost`."""
    fields = code_list("directory", "entry_fields")
    if path in fields:
        return fields.label(path)
    first, _dot, rest = path.partition(".")
    if first == "let_in":
        attributes = catalogue.attributes().items()
        return next((attribute_label(code) for code, row in attributes if row["match"].get("service") == rest), rest)
    code, _dot, tag = rest.rpartition(".")
    return label_in_language(access_label(code) if code else fields.label(first), tag)


def label_in_language(label: str | Promise, tag: str) -> str:
    """Return a field's label with the language of its text."""
    if tag == UNKNOWN_LANGUAGE:
        return str(label)
    name = LANG_INFO[tag]["name_local"] if tag in LANG_INFO else tag
    return _("%(field)s (%(language)s)") % {"field": label, "language": name}


def field_value(path: str, value: Any) -> str:
    """Return the value of an entry's field in words; an empty one is "Not stated"."""
    if value in (None, "", [], {}):
        return _("Not stated")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if path == "urgent":
        return ". ".join(filter(None, [value["number"], value.get("tested"), *(value.get("hours") or {}).values()]))
    if isinstance(value, Mapping):
        return ", ".join(map(str, value.values()))
    if isinstance(value, list):
        return "; ".join(_item_text(path, item) for item in value)
    lists = {"status": "service_status", "site.kind": "site_kinds"}
    if path in lists:
        return code_label(lists[path], value)
    return place_name(value) if path == "site.district" else value_label(str(value))


def change_rows(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the fields of `after` in words, each beside its value before."""
    return [
        {
            "path": path,
            "label": field_label(path),
            "before": field_value(path, before.get(path)),
            "after": field_value(path, value),
        }
        for path, value in after.items()
    ]


def refusal_text(code: str) -> str:
    """Return why something about an entry was refused."""
    return code_list("directory", "refusals").label(code)


def problem_text(problem: Problem) -> str:
    """Return the text for an error in a file or for a row that was left out."""
    text = code_label("file_problems", problem.why)
    return text % {"detail": problem.detail} if "%(detail)s" in text else text


def problem_location(problem: Problem) -> str:
    """Return row and field of a problem; the whole file if neither is known."""
    return ": ".join(part for part in (problem.row, problem.field) if part) or _("The whole file")


def _attribute_value_label(attribute: str, code: str) -> str:
    if attribute == "EL_AREA":
        return place_name(code)
    if attribute == "EL_LANGUAGE":
        return language_name(code)
    return catalogue.value_words()[attribute].label(code) if attribute in catalogue.value_words() else code


def _item_text(path: str, item: Any) -> str:
    if path.endswith("phones"):
        use = _("Messages only") if item.get("type") == "text" else item.get("type", "")
        return " ".join(filter(None, [item["number"], *item["words"].values(), use]))
    if path == "hours":
        when = when_words(item["days"], item["opens"], item["closes"])
        return ". ".join(filter(None, [when, *item["words"].values()]))
    names = {"types": service_type_name, "areas": place_name, "let_in.languages": language_name}
    return names.get(path, value_label)(item)


def _span(span: Sequence[int]) -> str:
    names = [str(WEEKDAYS[day]) for day in span]
    if len(names) == len(WEEKDAYS):
        return _("every day")
    if len(names) < 3:
        return join_words(names)
    return _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
