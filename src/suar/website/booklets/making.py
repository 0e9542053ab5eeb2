"""The booklet of a district: chosen, sorted by need and place, with indexes and a card."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from suar.booklets import actions
from suar.booklets.labels import day_words
from suar.booklets.terms import Booklet, Chapter, Number, Section
from suar.core import clock
from suar.core.refusals import Refused
from suar.directory import catalogue, queries
from suar.directory import labels as directory
from suar.directory.cards import LocalText, ServiceCard
from suar.website import emergency
from suar.website.booklets import card_lines, needs, speaking
from suar.website.booklets.entries import cut, entry
from suar.website.booklets.where import HERE, NEAR, places_of, section_of

MOST_LINES, LONGEST_WHO = 10, 120
DAY_AND_NIGHT = "24_7"
UNKNOWN = "unknown_place_or_language"


@dataclass(frozen=True, slots=True)
class Placed:
    """A service with the need it stands under, the others it serves, and where it stands."""

    card: ServiceCard
    need: str
    also: tuple[str, ...]
    nearness: int
    under: str


def make(place: str, *, language: str, by: UUID, at: datetime) -> UUID:
    """Make the next edition for a place and give its id; see `booklets.actions.make`.

    Raises Refused for a place or a language that is none of ours.
    """
    if not is_place(place) or not speaking.may_be_made(language):
        raise Refused(UNKNOWN)
    booklet = of(place, language=language, day=clock.local_date(at))
    return actions.make(booklet, within_days=catalogue.hide_after_days(), by=by, at=at)


def is_place(code: str) -> bool:
    """Say whether a code names a district or a province."""
    return code in catalogue.places() and bool(catalogue.province_of(code))


def named(text: str) -> str:
    """Give the code of a district or province by its code or its name; empty when there is none."""
    wanted = text.strip().casefold()
    for code, one in catalogue.places().items():
        names = (code, *one.labels.values())
        if is_place(code) and wanted in (name.casefold() for name in names):
            return code
    return ""


def of(place: str, *, language: str, day: date) -> Booklet:
    """Put together what a booklet of a place holds on a day, in one language."""
    with override(language):
        found = queries.cards_for_print(place, language=language, day=day)
        placed = sorted((_placed(card, place) for card in found), key=_order)
        numbers = emergency.numbers(language=language).lines
        return Booklet(
            place=place,
            place_name=directory.place_name(place),
            language=language,
            draft=speaking.draft(language),
            urgent=tuple(_urgent(each) for each in numbers),
            lines=_lines(placed),
            chapters=_chapters(placed),
            entries=tuple(entry(each.card, language=language) for each in placed),
            by_place=_index(placed, lambda each: places_of(each.card)),
            by_need=_index(placed, lambda each: map(needs.kind, each.card.types)),
            card=card_lines.lines(numbers, _by_need(placed)),
        )


def _placed(card: ServiceCard, place: str) -> Placed:
    """Put a service under the need for which it does most; it is named under its others."""
    first, *also = needs.ranked(card.types)
    return Placed(card, first, tuple(also), *section_of(card, place))


def _order(placed: Placed) -> tuple[object, ...]:
    name = placed.card.name.casefold()
    return needs.ORDER.index(placed.need), placed.nearness, placed.under, name, str(placed.card.id)


def _chapters(placed: Sequence[Placed]) -> tuple[Chapter, ...]:
    made = []
    for need in needs.ORDER:
        own = [at for at, each in enumerate(placed) if each.need == need]
        also = tuple(at for at, each in enumerate(placed) if need in each.also)
        heads = dict.fromkeys(placed[at].under for at in own)
        sections = tuple(Section(head, tuple(at for at in own if placed[at].under == head)) for head in heads)
        made.append(Chapter(needs.title(need), sections, also))
    return tuple(each for each in made if each.sections or each.also)


def _index(placed: Sequence[Placed], heads: Callable[[Placed], Iterable[str]]) -> tuple[Section, ...]:
    """List entries under each head, by the alphabet."""
    found: dict[str, list[int]] = {}
    for at, each in enumerate(placed):
        for head in dict.fromkeys(heads(each)):
            found.setdefault(head, []).append(at)
    return tuple(Section(head, tuple(found[head])) for head in sorted(found, key=str.casefold))


def _lines(placed: Sequence[Placed]) -> tuple[Number, ...]:
    """List who answers now: those nearby first, then those of the day and the night."""
    answering = [each for each in placed if each.card.urgent]
    first = sorted(
        answering,
        key=lambda each: (each.nearness > NEAR, each.card.facts.opening != DAY_AND_NIGHT),
    )
    told = {}
    for each in first:
        line = each.card.urgent
        if line and line.number not in told:
            tested = line.tested and _("Last called on %(day)s.") % {"day": day_words(line.tested)}
            who = cut(each.card.name, LONGEST_WHO)
            told[line.number] = Number(line.number, who, line.hours, tested or "")
    return tuple(told.values())[:MOST_LINES]


def _urgent(line: emergency.Line) -> Number:
    """Say who answers, and honestly whether somebody called the number."""
    if line.called:
        note = _("Last called on %(day)s.") % {"day": day_words(line.called)}
    else:
        note = _("From %(source)s, not called by us.") % {"source": line.source}
    return Number(line.number, LocalText(line.who, line.language), "", note)


def _by_need(placed: Sequence[Placed]) -> dict[str, Sequence[ServiceCard]]:
    """List services by each need they serve, for the card, which has no room for whom they take.

    So those that turn nobody away come first, then the nearest, then those of this very need.
    """
    found: dict[str, Sequence[ServiceCard]] = {}
    for need in catalogue.groups():
        serving = [each for each in placed if need in map(needs.group_of, each.card.types)]
        serving.sort(
            key=lambda each: (
                not card_lines.takes_everybody(each.card),
                each.nearness > HERE,
                needs.group_of(each.card.types[0]) != need,
                each.card.facts.opening != DAY_AND_NIGHT,
            )
        )
        found[need] = [each.card for each in serving]
    return found
