"""The content of a booklet: services of a place sorted by need, with indexes and a card, as plain values.

The content is stored with the edition, so that the same edition can be rendered again. A text in
another language than the booklet is {"said", "language"}; a text of several parts is a list.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext

from suar.core.i18n import format_day
from suar.directory import catalogue, labels, queries
from suar.directory.cards import LocalText, ServiceCard
from suar.website import emergency
from suar.website.forms import NEEDS
from suar.website.languages import is_draft, of_grave_words
from suar.website.print import card as small_card
from suar.website.print.entry import build_entry, digest_of, entry_digest, number, shorten, to_plain
from suar.website.print.rules import Changes, Listed, use_until

VERSION = 1
NUMBERS = "numbers"
MOST_LINES, NAME_LENGTH = 10, 120
DAY_AND_NIGHT = "24_7"
OTHER, UNSURE = "", "unsure"
NEED_ORDER = (*NEEDS, OTHER)
HERE, NEAR, PROVINCE, WIDE = range(4)
PLAINER_TYPES: dict[str, Promise] = {
    "JUS_WITNESS": gettext_lazy("Somebody beside you when you tell what you saw"),
    "STA_ASYLUM": gettext_lazy("Not being sent back into danger"),
    "RET_REMAINS": gettext_lazy("When somebody died far from home"),
}
"""Types of help whose label in the code list is not meant for the reader."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A service with its main need, the other needs it serves, its distance and the heading it stands under."""

    card: ServiceCard
    need: str
    also: tuple[str, ...]
    distance: int
    under: str


def languages() -> list[tuple[str, str]]:
    """Return the languages in which a booklet can be made: those that may be used for critical texts."""
    return [(code, str(name)) for code, name in settings.LANGUAGES if has_language(code)]


def has_language(code: str) -> bool:
    """Return True if a booklet can be made in a language."""
    return code in dict(settings.LANGUAGES) and of_grave_words(code) == code


def is_place(code: str) -> bool:
    """Return True for the code of a district or a province."""
    return code in catalogue.places() and bool(catalogue.province_of(code))


def find_place(text: str) -> str:
    """Return the code of a district or province by its code or name, or an empty string."""
    wanted = text.strip().casefold()
    for code, place in catalogue.places().items():
        names = (code, *place.labels.values())
        if is_place(code) and wanted in (name.casefold() for name in names):
            return code
    return ""


def build(place: str, *, language: str, day: date) -> tuple[dict[str, Any], list[Listed]]:
    """Return the content of a booklet before it has a number, and what the next one is compared with."""
    with override(language):
        cards = queries.cards_for_print(place, language=language, day=day)
        placed = sorted((_place_service(card, place) for card in cards), key=_sort_key)
        lines = emergency.numbers(language=language).lines
        urgent = [_emergency_number(line) for line in lines]
        content = {
            "place": place,
            "place_name": labels.place_name(place),
            "language": language,
            "draft": is_draft(language),
            "urgent": urgent,
            "lines": _hotlines(placed),
            "chapters": _chapters(placed),
            "entries": [build_entry(each.card, language=language) for each in placed],
            "by_place": _index(placed, lambda each: _place_names(each.card)),
            "by_need": _index(placed, lambda each: map(_type_label, each.card.types)),
            "card": small_card.build_lines(lines, _cards_by_need(placed)),
        }
        listed = [
            Listed(NUMBERS, digest_of([[line["number"], line["who"]] for line in urgent]), _numbers_heading()),
            *(
                Listed(str(each.card.id), entry_digest(each.card), str(shorten(each.card.name, NAME_LENGTH)))
                for each in placed
            ),
        ]
        return to_plain(content, language), listed


def complete(content: dict[str, Any], *, number: int, day: date, changes: Changes) -> dict[str, Any]:
    """Return the whole content of an edition, with the texts around the entries."""
    with override(content["language"]):
        return {
            "version": VERSION,
            **content,
            "number": number,
            "day": day.isoformat(),
            "words": _words(number=number, day=day),
            "how": _instructions(),
            "about": _about(count=len(content["entries"])),
            "changes": {**asdict(changes), "none": changes.none},
            "changed": _change_headings(first=changes.first, before=number - 1),
        }


def _place_service(card: ServiceCard, place: str) -> Placed:
    main, *also = _ranked_needs(card.types)
    return Placed(card, main, tuple(also), *_section(card, place))


def _ranked_needs(types: Sequence[str]) -> list[str]:
    """Return the needs that these types answer, the one they do most for first."""
    groups = [_group_of(code) for code in types]
    counts = {
        name: sum(code in need.codes or group in need.codes for code, group in zip(types, groups, strict=True))
        for name, need in NEEDS.items()
    }
    return sorted((name for name in NEEDS if counts[name]), key=lambda name: -counts[name]) or [OTHER]


def _group_of(code: str) -> str:
    known = catalogue.types().get(code)
    return known.group if known else ""


def _section(card: ServiceCard, place: str) -> tuple[int, str]:
    """Return how near a service is to a place, and the heading it stands under."""
    if there := _inside(card.districts, place):
        return HERE, labels.place_name(there[0])
    province = catalogue.province_of(place)
    if inner := _inside(card.areas, place):
        if card.districts:
            return NEAR, labels.place_name(card.districts[0])
        return HERE, labels.place_name(inner[0])
    if province in card.areas:
        return PROVINCE, pgettext("booklet", "Anywhere in %(place)s") % {"place": labels.place_name(province)}
    return WIDE, labels.place_name(queries.COUNTRY)


def _place_names(card: ServiceCard) -> list[str]:
    return list(dict.fromkeys(labels.place_name(code) for code in (*card.districts, *card.areas)))


def _inside(codes: Sequence[str], place: str) -> list[str]:
    return [code for code in codes if code == place or code.startswith(f"{place}.")]


def _sort_key(placed: Placed) -> tuple[object, ...]:
    name = placed.card.name.casefold()
    return NEED_ORDER.index(placed.need), placed.distance, placed.under, name, str(placed.card.id)


def _chapters(placed: Sequence[Placed]) -> list[dict[str, Any]]:
    chapters = []
    for need in NEED_ORDER:
        own = [at for at, each in enumerate(placed) if each.need == need]
        also = [at for at, each in enumerate(placed) if need in each.also]
        headings = dict.fromkeys(placed[at].under for at in own)
        sections = [
            {"title": heading, "entries": [at for at in own if placed[at].under == heading]} for heading in headings
        ]
        if sections or also:
            chapters.append({"title": _need_title(need), "sections": sections, "also": also})
    return chapters


def _index(placed: Sequence[Placed], headings: Callable[[Placed], Iterable[str]]) -> list[dict[str, Any]]:
    """Return the entries under each heading, in alphabetical order."""
    entries: dict[str, list[int]] = {}
    for at, each in enumerate(placed):
        for heading in dict.fromkeys(headings(each)):
            entries.setdefault(heading, []).append(at)
    return [{"title": heading, "entries": entries[heading]} for heading in sorted(entries, key=str.casefold)]


def _hotlines(placed: Sequence[Placed]) -> list[dict[str, Any]]:
    """Return who answers now, each number once: those nearby first, then those open day and night."""
    answering = sorted(
        (each for each in placed if each.card.urgent),
        key=lambda each: (each.distance > NEAR, each.card.facts.opening != DAY_AND_NIGHT),
    )
    lines: dict[str, dict[str, Any]] = {}
    for each in answering:
        line = each.card.urgent
        if line and line.number not in lines:
            note = _("Last called on %(day)s.") % {"day": format_day(line.tested)} if line.tested else ""
            lines[line.number] = number(line.number, shorten(each.card.name, NAME_LENGTH), line.hours, note)
    return list(lines.values())[:MOST_LINES]


def _emergency_number(line: emergency.Line) -> dict[str, Any]:
    """Return an emergency number, with whether somebody called it."""
    if line.called:
        note = _("Last called on %(day)s.") % {"day": format_day(line.called)}
    else:
        note = _("From %(source)s, not called by us.") % {"source": line.source}
    return number(line.number, LocalText(line.who, line.language), "", note)


def _cards_by_need(placed: Sequence[Placed]) -> dict[str, list[ServiceCard]]:
    """Return the services of each group of needs: those that take everybody first, then the nearest."""
    by_need = {}
    for need in catalogue.groups():
        serving = [each for each in placed if need in map(_group_of, each.card.types)]
        serving.sort(
            key=lambda each: (
                not small_card.takes_everybody(each.card),
                each.distance > HERE,
                _group_of(each.card.types[0]) != need,
                each.card.facts.opening != DAY_AND_NIGHT,
            )
        )
        by_need[need] = [each.card for each in serving]
    return by_need


def _need_title(name: str) -> str:
    if name == OTHER:
        return _("Other help")
    return _("When you are not sure what you need") if name == UNSURE else str(NEEDS[name].words)


def _type_label(code: str) -> str:
    return str(PLAINER_TYPES.get(code) or labels.service_type_name(code))


def _words(*, number: int, day: date) -> dict[str, str]:
    """Return the texts of cover, headers and footers; they reveal nothing of the content."""
    return {
        "title": _("Addresses and numbers"),
        "card_title": pgettext("card", "Numbers"),
        "edition": _("Edition %(number)d") % {"number": number},
        "day": format_day(day),
        "mark": f"{number} · {day:%m/%Y}",
        "until": _("Use it until %(day)s. Ask for a new one then.") % {"day": format_day(use_until(day))},
        "contents": _("What is inside"),
        "draft": _("These words are a draft. Nobody who grew up with this language has checked them yet."),
        "how": _("How to use this booklet"),
        "numbers": _numbers_heading(),
        "lines": _("More people who answer now"),
        "also": pgettext("booklet", "Also for this, told in full elsewhere"),
        "by_place": _("Find by place"),
        "by_need": _("Find by kind of help"),
        "page": _("page"),
        "changes": _("What has changed"),
        "about": _("About this booklet"),
    }


def _numbers_heading() -> str:
    return _("Numbers to call now")


def _instructions() -> list[str]:
    return [
        _("Look for what you need under “What is inside”. At the end you find it by place."),
        _("Call before you go. You do not have to give your name."),
        _("You may say no to anything, ask for another person, or stop at any time."),
        _("Every entry says when a person last checked it. If nobody answers, try the next."),
        _("Keep this booklet only where it is safe. Whoever finds it can read what you have read."),
    ]


def _about(*, count: int) -> list[str]:
    return [
        _("It holds %(count)d entries. A person confirmed each of them in the last %(days)d days.")
        % {"count": count, "days": catalogue.hide_after_days()},
        _("Places that are kept secret to keep people safe stand here without an address."),
        _("The people who keep this directory made it. Tell whoever gave it to you what is wrong."),
    ]


def _change_headings(*, first: bool, before: int) -> dict[str, str]:
    lead = _("This is the first edition.") if first else _("Compared with edition %(number)d:") % {"number": before}
    return {
        "lead": lead,
        "new": pgettext("entries of a booklet", "New"),
        "changed": pgettext("entries of a booklet", "Changed"),
        "gone": pgettext("entries of a booklet", "No longer here"),
        "none": _("Nothing has changed except the days on which entries were checked."),
    }
