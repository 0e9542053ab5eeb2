"""The content of a booklet: services of a place sorted by need, with indexes and a small card, as plain values.

The content is stored with the edition, so that the same edition can be rendered again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from suar.core.i18n import format_day
from suar.directory import catalogue, labels, queries
from suar.directory.cards import LocalText, ServiceCard
from suar.directory.rules.relevance import ADULT_YEARS
from suar.website import emergency
from suar.website.emergency import EmergencyNumber
from suar.website.entries import DAY_AND_NIGHT, Entry
from suar.website.forms import NEEDS
from suar.website.languages import critical_language, is_draft
from suar.website.messages import read_messages
from suar.website.print.entry import build_entry, digest_of, number_row, shorten, to_plain
from suar.website.print.rules import Row, compare, use_until

VERSION = 1
NUMBERS = "numbers"
MAX_LINES, NAME_LENGTH = 10, 120
CARD_LINES, CARD_EMERGENCY_LINES = 8, 2
OTHER = ""
NEED_ORDER = (*NEEDS, OTHER)
HERE, NEAR, PROVINCE, WIDE = range(4)
MESSAGES: dict[str, Any] = read_messages("booklet")


@dataclass(frozen=True, slots=True)
class PlacedService:
    """A service with its main need, the other needs it serves, its distance, and the code and name of its heading."""

    card: ServiceCard
    need: str
    also: tuple[str, ...]
    distance: int
    place: str
    heading: str


def languages() -> list[tuple[str, str]]:
    """Return the languages in which a booklet can be made: those that may be used for critical texts."""
    return [(code, str(name)) for code, name in settings.LANGUAGES if critical_language(code) == code]


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


def build(
    place: str, *, language: str, day: date, number: int = 1, before: Sequence[Row] | None = None
) -> tuple[dict[str, Any], list[list[str]]]:
    """Return the content of an edition, and the rows that the next edition is compared with."""
    with override(language):
        cards = queries.cards_for_print(place, language=language, day=day)
        placed = sorted((_place_service(card, place) for card in cards), key=_sort_key)
        lines = emergency.list_numbers(language=language)
        urgent = [_emergency_row(line) for line in lines]
        entries = [to_plain(build_entry(item.card), language) for item in placed]
        listed = [
            [NUMBERS, digest_of([[row["number"], row["who"]] for row in urgent]), _("Numbers to call now")],
            *(
                [entry["id"], digest_of({**entry, "checked": ""}), str(shorten(item.card.name, NAME_LENGTH))]
                for item, entry in zip(placed, entries, strict=True)
            ),
        ]
        changes = compare(before, listed)
        content = {
            "version": VERSION,
            "place": place,
            "place_name": labels.place_name(place),
            "language": language,
            "draft": is_draft(language),
            "number": number,
            "day": day.isoformat(),
            "urgent": urgent,
            "lines": _hotlines(placed),
            "chapters": _chapters(placed),
            "entries": entries,
            "by_place": _index(placed, lambda card: map(labels.place_name, (*card.districts, *card.areas))),
            "by_need": _index(placed, lambda card: map(_type_label, card.types)),
            "card": _card_lines(lines, placed),
            "changes": changes,
            **_texts(number=number, day=day, count=len(entries), first=changes["first"]),
        }
        return to_plain(content, language), listed


def _place_service(card: ServiceCard, place: str) -> PlacedService:
    main, *also = _ranked_needs(card.types)
    return PlacedService(card, main, tuple(also), *_section(card, place))


def _ranked_needs(types: Sequence[str]) -> list[str]:
    """Return the needs that these types answer, the one they do most for first."""
    counts = {
        name: sum(code in need.codes or _group_of(code) in need.codes for code in types) for name, need in NEEDS.items()
    }
    return sorted((name for name in NEEDS if counts[name]), key=lambda name: -counts[name]) or [OTHER]


def _group_of(code: str) -> str:
    known = catalogue.types().get(code)
    return known["group"] if known else ""


def _section(card: ServiceCard, place: str) -> tuple[int, str, str]:
    """Return the distance of a service from a place, and the code and name of its heading."""
    if districts := _inside(card.districts, place):
        return HERE, districts[0], labels.place_name(districts[0])
    if areas := _inside(card.areas, place):
        distance, code = (NEAR, card.districts[0]) if card.districts else (HERE, areas[0])
        return distance, code, labels.place_name(code)
    province = catalogue.province_of(place)
    if province in card.areas:
        name = pgettext("booklet", "Anywhere in %(place)s") % {"place": labels.place_name(province)}
        return PROVINCE, province, name
    return WIDE, catalogue.COUNTRY, labels.place_name(catalogue.COUNTRY)


def _inside(codes: Sequence[str], place: str) -> list[str]:
    return [code for code in codes if code == place or code.startswith(f"{place}.")]


def _sort_key(placed: PlacedService) -> tuple[object, ...]:
    """Return an order without words: an entry has the same number in the booklets of all languages."""
    return NEED_ORDER.index(placed.need), placed.distance, placed.place, str(placed.card.id)


def _chapters(placed: Sequence[PlacedService]) -> list[dict[str, Any]]:
    chapters = []
    for need in NEED_ORDER:
        own = [at for at, item in enumerate(placed) if item.need == need]
        also = [at for at, item in enumerate(placed) if need in item.also]
        headings = dict.fromkeys(placed[at].heading for at in own)
        sections = [
            {"title": heading, "entries": [at for at in own if placed[at].heading == heading]} for heading in headings
        ]
        if sections or also:
            chapters.append({"title": _need_title(need), "picture": need, "sections": sections, "also": also})
    return chapters


def _index(placed: Sequence[PlacedService], headings: Callable[[ServiceCard], Iterable[str]]) -> list[dict[str, Any]]:
    """Return the entries under each heading, in alphabetical order."""
    entries: dict[str, list[int]] = {}
    for at, item in enumerate(placed):
        for heading in dict.fromkeys(headings(item.card)):
            entries.setdefault(heading, []).append(at)
    return [{"title": heading, "entries": entries[heading]} for heading in sorted(entries, key=str.casefold)]


def _hotlines(placed: Sequence[PlacedService]) -> list[dict[str, Any]]:
    """Return who answers now, each number once: those nearby first, then those open day and night."""
    answering = sorted(
        (item for item in placed if item.card.urgent),
        key=lambda item: (item.distance > NEAR, item.card.facts.opening != DAY_AND_NIGHT),
    )
    lines: dict[str, dict[str, Any]] = {}
    for item in answering:
        line = item.card.urgent
        if line and line.number not in lines:
            note = _("Last called on %(day)s.") % {"day": format_day(line.tested)} if line.tested else ""
            lines[line.number] = number_row(line.number, shorten(item.card.name, NAME_LENGTH), line.hours, note)
    return list(lines.values())[:MAX_LINES]


def _emergency_row(line: EmergencyNumber) -> dict[str, Any]:
    """Return an emergency number, with whether somebody called it."""
    if line.called:
        note = _("Last called on %(day)s.") % {"day": format_day(line.called)}
    else:
        note = _("From %(source)s, not called by us.") % {"source": line.source}
    return number_row(line.number, LocalText(line.who, line.language), "", note)


def _need_title(name: str) -> str:
    return str(MESSAGES["needs"].get(name) or NEEDS[name].words)


def _type_label(code: str) -> str:
    """Return a type of help in plainer words than those of the code list, if the list's are not for the reader."""
    return str(MESSAGES["plainer_types"].get(code) or labels.service_type_name(code))


# The small card. The person it must be hidden from may find it, so it holds no name of a service or provider
# and no text that somebody wrote: only the words of this list, numbers, days and times.


def _card_lines(urgent: Sequence[EmergencyNumber], placed: Sequence[PlacedService]) -> list[dict[str, str]]:
    """Return the numbers of the card, each once: emergency numbers, then one service for each group of needs.

    Lines for which there is nobody stay blank, to be written on.
    """
    now = pgettext("card", "Now")
    lines = {line.number: {"word": now, "number": line.number, "when": ""} for line in urgent[:CARD_EMERGENCY_LINES]}
    for group, word in MESSAGES["card"].items():
        for card in _cards_of_group(group, placed):
            number = Entry(card).first_number
            if number and number not in lines:
                lines[number] = {"word": str(word), "number": number, "when": _card_hours(card)}
                break
    filled = list(lines.values())[:CARD_LINES]
    return [*filled, *[{"word": "", "number": "", "when": ""}] * (CARD_LINES - len(filled))]


def _cards_of_group(group: str, placed: Sequence[PlacedService]) -> list[ServiceCard]:
    """Return the services of a group of needs: those that take everybody first, then the nearest."""
    serving = [item for item in placed if group in map(_group_of, item.card.types)]
    serving.sort(
        key=lambda item: (
            not _takes_everybody(item.card),
            item.distance > HERE,
            _group_of(item.card.types[0]) != group,
            item.card.facts.opening != DAY_AND_NIGHT,
        )
    )
    return [item.card for item in serving]


def _takes_everybody(card: ServiceCard) -> bool:
    """Return True if a service excludes nobody by sex or age, as far as is known."""
    facts = card.facts
    adults_only = facts.age_min is not None and facts.age_min > ADULT_YEARS
    children_only = facts.age_max is not None and facts.age_max < ADULT_YEARS
    return (facts.sex is None or "ANY" in facts.sex) and not adults_only and not children_only


def _card_hours(card: ServiceCard) -> str:
    """Return when it answers, in days and times alone; empty if the hours are free text."""
    if card.facts.opening == DAY_AND_NIGHT:
        return pgettext("card", "Day and night")
    timed = (hours for hours in card.hours if hours.days and hours.opens and hours.closes)
    return next((labels.when_words(hours.days, hours.opens, hours.closes) for hours in timed), "")


def _texts(*, number: int, day: date, count: int, first: bool) -> dict[str, Any]:
    """Return the texts around the entries; those of the cover, headers and footers reveal nothing of the content."""
    values = {"number": number, "day": format_day(use_until(day)), "count": count, "days": catalogue.hide_after_days()}
    words = {name: str(text) % values for name, text in MESSAGES["words"].items()}
    lead = str(MESSAGES["lead"]["first" if first else "since"]) % {"number": number - 1}
    return {
        "words": {**words, "day": format_day(day), "mark": f"{number} · {day:%m/%Y}"},
        "how": [str(text) for text in MESSAGES["how"]],
        "about": [str(text) % values for text in MESSAGES["about"]],
        "changed": {"lead": lead, **{kind: str(text) for kind, text in MESSAGES["changed"].items()}},
    }
