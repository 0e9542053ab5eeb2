"""Read queries of the directory; results are frozen cards."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, islice
from uuid import UUID

from django.db.models import Q

from suar.core import clock
from suar.core.i18n import active_language
from suar.core.refusals import NotYours
from suar.directory import cards, catalogue, search, search_index, snapshots
from suar.directory.cards import Match, ServiceCard, Snapshot
from suar.directory.codes import Age, AgeStatus, Status
from suar.directory.facts import PersonFacts
from suar.directory.models import Edition, MergedEntry, Service, Upload
from suar.directory.rules import fit
from suar.directory.search import ResultPage, SearchQuery, SearchWord
from suar.directory.search_index import Found, Group
from suar.directory.tokens import code_term, tokenize

COUNTRY = "NATIONAL"


def cards_for_print(place: str, *, language: str, day: date) -> list[ServiceCard]:
    """Return open services for a district or province that a person confirmed within the year.

    Those with an open place there, and those for it, for its province, or for the whole country.
    One whose own clock has run out sooner is left out, as on its page. A hidden place leads
    nobody here: only the area that its service names does. By name and id.
    """
    since = day - timedelta(days=catalogue.hide_after_days())
    rows = Service.objects.filter(status=Status.ACTIVE, confirmed__gte=since).filter(_serves_place(place))
    found = snapshots.load_snapshots(rows.values_list("id", flat=True).distinct())
    told = [cards.build_card(each, language=language, today=day) for each in found.values()]
    told = [card for card in told if card.age is not Age.HIDDEN]
    return sorted(told, key=lambda card: (card.name.casefold(), str(card.id)))


def _serves_place(place: str) -> Q:
    if catalogue.is_province(place):
        inside = Q(areas__code__startswith=place) | Q(sites__district__startswith=f"{place}.")
        return inside | Q(areas__code=COUNTRY)
    wider = [place, catalogue.province_of(place), COUNTRY]
    return Q(areas__code__in=wider) | Q(sites__district=place)


PAGE_SIZE = 20
MOST_WORDS, FEWEST_WORDS = 8, 2
CANDIDATES, OTHERS = 120, 40
ADULT_YEARS = 18


def search_services(wanted: SearchQuery, *, most: int = PAGE_SIZE, language: str | None = None) -> ResultPage:
    """Find services page by page: those for this place first, then free, then last confirmed.

    Of several needs, those that cannot wait stand first: see `nearness`.
    A service of which something is not stated is found as well: only a sure no leaves it out.
    """
    today, after = clock.today(), _parse_cursor(wanted.after)
    found: list[Found] = []
    for asked in _relaxed_queries(wanted):
        tiers = search.order_by_need(search.tiers_by_distance(_query_groups(asked), wanted.place), wanted.needs)
        if found := search_index.select(tiers, on=today, after=after, most=most + 1):
            break
    told, more = found[:most], len(found) > most
    return ResultPage(
        tuple(_cards([each.document for each in told], language, today=today)),
        f"{told[-1].tier}.{told[-1].position}" if more else "",
    )


def matches_for(person: PersonFacts, needs: Iterable[str], *, language: str | None = None) -> list[Match]:
    """Return services for the needs (groups or types) with how they fit, best first.

    Those that fit or may fit stand before a sample of those that do not.
    """
    types = catalogue.types_of(needs)
    if not types:
        return []
    asked = [Group(frozenset(code_term("t", code) for code in types))]
    chosen = _select_snapshots([*asked, *_person_groups(person)], person.place or "", CANDIDATES)
    others = _select_snapshots(asked, person.place or "", OTHERS)
    once = {each["service"]["id"]: each for each in [*chosen, *others]}
    found = _cards(once.values(), language)
    matches = [Match(card, fit.fit(person, card.facts)) for card in found]
    return sorted(matches, key=lambda each: fit.sort_key(person, each.card.facts, each.fit))


def answers_now(
    needs: Iterable[str], *, most: int = 3, place: str = "", language: str | None = None
) -> tuple[ServiceCard, ...]:
    """Return services with a line that somebody answers now: day and night first, last tested."""
    types = catalogue.types_of(needs)
    line = Group(frozenset({code_term("line", "")}))
    asked = [line, Group(frozenset(code_term("t", code) for code in types))] if types else [line]
    found = _cards(_select_snapshots(asked, place, OTHERS), language)
    return tuple(sorted(found, key=_hotline_order))[:most]


def answers_now_for(
    wanted: Sequence[Sequence[str]], *, most: int = 3, language: str | None = None
) -> list[tuple[ServiceCard, ...]]:
    """Return who answers now for each of several lists of needs: with one look, where that holds."""
    found = answers_now([each for needs in wanted for each in needs], most=OTHERS, language=language)
    told = [_having_types(found, catalogue.types_of(needs))[:most] for needs in wanted]
    if len(found) < OTHERS:
        return told
    return [
        each if len(each) == most else answers_now(needs, most=most, language=language)
        for each, needs in zip(told, wanted, strict=True)
    ]


def _having_types(found: Iterable[ServiceCard], types: Iterable[str]) -> tuple[ServiceCard, ...]:
    asked = frozenset(types)
    return tuple(card for card in found if asked.intersection(card.types))


def country_lines(*, most: int = 2, language: str | None = None) -> tuple[ServiceCard, ...]:
    """Return lines that answer now for the whole country, for where nobody nearer does."""
    asked = [Group(frozenset({code_term("line", "")})), Group(frozenset({code_term("a", "NATIONAL")}))]
    found = _cards(_select_snapshots(asked, "", OTHERS), language)
    return tuple(sorted(found, key=_hotline_order))[:most]


def service_card(service: UUID, *, language: str | None = None) -> ServiceCard:
    """Return one service, however old its entry is; raises NotYours if there is none."""
    found = _cards(snapshots.load_snapshots([service]).values(), language)
    if not found:
        raise NotYours
    return found[0]


def cards_by_id(services: Iterable[UUID], *, language: str | None = None) -> dict[UUID, ServiceCard]:
    """Return services by id, however old their entries are; what is not there is left out."""
    return {card.id: card for card in _cards(snapshots.load_snapshots(services).values(), language)}


def public_card(service: UUID, *, language: str | None = None) -> ServiceCard:
    """Return one service as the public site shows it: raises NotYours when closed or too old."""
    document = snapshots.load_snapshots([service]).get(service)
    if document is None or document["service"]["status"] != Status.ACTIVE:
        raise NotYours
    today = clock.today()
    card = cards.build_card(document, language=language or active_language(), today=today)
    if card.age is Age.HIDDEN:
        raise NotYours
    return card


def moved_to(service: UUID) -> UUID | None:
    """Return the entry to which the id of one leads that was one with another; None when none."""
    return MergedEntry.objects.filter(old=service).values_list("new", flat=True).first()


def fit_of(person: PersonFacts, card: ServiceCard) -> Match:
    """Return how one service fits a person."""
    return Match(card, fit.fit(person, card.facts))


def get_upload(waiting: UUID, *, by: UUID) -> tuple[str, str]:
    """Return the file name and content of a file that waits for this editor, or raise NotYours."""
    found = Upload.objects.filter(id=waiting, by=by).values_list("file_name", "told").first()
    if found is None:
        raise NotYours
    return found


def edition_number() -> int:
    """Return the number of the directory's revision; it grows with every change."""
    return Edition.objects.values_list("number", flat=True).first() or 0


def changed_on() -> date | None:
    """Return the day of the directory's last change; None when there was none."""
    at = Edition.objects.values_list("changed_at", flat=True).first()
    return clock.local_date(at) if at else None


def _select_snapshots(groups: Sequence[Group], place: str, most: int) -> list[Snapshot]:
    found = search_index.select(search.tiers_by_distance(groups, place), on=clock.today(), after=(0, 0), most=most)
    return [each.document for each in found]


def _cards(documents: Iterable[Snapshot], language: str | None, *, today: date | None = None) -> list[ServiceCard]:
    spoken, today = language or active_language(), today or clock.today()
    return [cards.build_card(each, language=spoken, today=today) for each in documents]


def _query_groups(wanted: SearchQuery) -> list[Group]:
    """Return the groups of terms of a query, without its place."""
    if not wanted.looked:
        return [*_filters(wanted), *search_index.forgiving_groups(tokenize(wanted.text)[:MOST_WORDS])]
    return [*_filters(wanted), *_word_groups(wanted.looked)]


def _word_groups(looked: Sequence[SearchWord]) -> list[Group]:
    """Ask of each word that an entry holds it, or is of a kind or at a place that it means."""
    most = max(FEWEST_WORDS, MOST_WORDS // len(looked))
    typed = [tokenize(each.text)[:most] for each in looked]
    groups, asked = iter(search_index.forgiving_groups(list(chain.from_iterable(typed)))), []
    for each, words in zip(looked, typed, strict=True):
        codes = frozenset(map(_code_term, each.codes))
        own = islice(groups, len(words)) if words else [Group()]
        asked += [Group(group.terms | codes, group.starts) for group in own]
    return [group for group in asked if group.terms or group.starts]


def _code_term(code: str) -> str:
    """Return the term of the index for a type, a group or a place."""
    kinds = ((catalogue.types(), "t"), (catalogue.groups(), "g"))
    return code_term(next((kind for known, kind in kinds if code in known), "d"), code)


def _relaxed_queries(wanted: SearchQuery) -> Iterator[SearchQuery]:
    """Return what is wanted, then the same without the words that may be let go.

    Where several words name kinds of help and nobody does all of them, one of the kinds is enough.
    """
    yield wanted
    needed = tuple(each for each in wanted.looked if each.needed)
    if 0 < len(needed) < len(wanted.looked):
        yield replace(wanted, looked=needed)
    kinds = [each for each in needed if not each.codes <= catalogue.places().keys()]
    if len(kinds) > 1:
        any_of = SearchWord("", frozenset(chain.from_iterable(each.codes for each in kinds)))
        places = (each for each in needed if each not in kinds)
        yield replace(wanted, looked=(*places, any_of))


def _filters(wanted: SearchQuery) -> list[Group]:
    terms = [
        search.need_terms(wanted.needs),
        [code_term("s", wanted.sex)] if wanted.sex else [],
        [code_term("y", wanted.age)] if wanted.age else [],
        [code_term("k", "")] if wanted.children else [],
        [code_term("of", wanted.nationality)] if wanted.nationality else [],
        [code_term("l", wanted.language), code_term("l", "INTERPRETER")] if wanted.language else [],
        [code_term("nopapers", "")] if wanted.without_papers else [],
        [code_term("now", "")] if wanted.now else [],
        [code_term("c", "FREE"), code_term("c", "unknown")] if wanted.free else [],
    ]
    return [Group(frozenset(each)) for each in terms if each]


def _person_groups(person: PersonFacts) -> list[Group]:
    """Leave out of the candidates only those that surely turn this person away."""
    return _filters(
        SearchQuery(
            sex=person.sex or "",
            age=_age(person),
            children=bool(person.children),
            nationality=person.nationality or "",
            without_papers=person.papers == "NONE",
            now=person.urgent,
        )
    )


def _age(person: PersonFacts) -> str:
    if person.age_years is not None:
        return "CHILD" if person.age_years < ADULT_YEARS else "ADULT"
    named: dict[str | None, str] = {AgeStatus.CHILD: "CHILD", AgeStatus.ADULT: "ADULT"}
    return named.get(person.age_status, "")


def _parse_cursor(after: str) -> tuple[int, int]:
    """Read where the last page ended; anything else is the beginning."""
    tier, _, position = after.partition(".")
    if tier.isdecimal() and position.isdecimal() and len(after) < 16:
        return int(tier), int(position)
    return 0, 0


def _hotline_order(card: ServiceCard) -> tuple[bool, int, str]:
    tested = card.urgent.tested if card.urgent else None
    return card.facts.opening != "24_7", -(tested or date.min).toordinal(), str(card.id)
