"""Read queries of the directory; results are cards."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from suar.consent.codes import AgeStatus
from suar.core import clock
from suar.core.i18n import active_language
from suar.core.refusals import NotYours, value_or_refuse
from suar.directory import cards, catalogue, search, snapshots
from suar.directory.cards import Match, ServiceCard, Snapshot
from suar.directory.codes import Age, Status
from suar.directory.facts import PersonFacts
from suar.directory.models import Confirmation, Edition, MergedEntry, Service
from suar.directory.rules import fit
from suar.directory.search import Group, ResultPage, SearchQuery
from suar.directory.tokens import code_term

PAGE_SIZE = 20
MAX_CANDIDATES, MAX_OTHERS = 120, 40
ADULT_YEARS = 18
HOTLINE = Group(frozenset({code_term("line", "")}))
ANYBODY, A_CHILD = PersonFacts(), PersonFacts(age_status=AgeStatus.CHILD)
GUARDIAN, INTERPRETERS = "COO_GUARDIAN", "COO_INTERPRET"
FAR = frozenset({catalogue.COUNTRY, "ABROAD", "SEA"})
AREA, WHO = "EL_AREA", ("EL_SEX", "EL_AGE", "EL_CHILDREN_WITH")


def search_services(query: SearchQuery, *, most: int = PAGE_SIZE, language: str | None = None) -> ResultPage:
    """Return a page of services.

    Those for this place come first, then free, then last confirmed; of several needs, the
    urgent ones. A service that does not state something matches as well.
    """
    groups = [*filter_groups(query), *search.forgiving_groups(search.query_words(query.text))]
    tiers = search.order_by_need(search.tiers_by_distance(groups, query.place), query.needs)
    matches = search.select(tiers, after=_parse_cursor(query.after), most=most + 1)
    page, more = matches[:most], len(matches) > most
    entries = tuple(_cards((match.document for match in page), language))
    return ResultPage(entries, f"{page[-1].tier}.{page[-1].position}" if more else "")


def match_services(
    person: PersonFacts,
    needs: Iterable[str],
    *,
    soon: bool = False,
    most: int = MAX_CANDIDATES,
    language: str | None = None,
) -> list[Match]:
    """Return services for the needs (groups or types, the best first) with how they fit, best first.

    Services that fit or may fit come before a sample of the others. `soon`: help cannot wait.
    """
    needs = tuple(needs)
    types = catalogue.types_of(needs)
    if not types:
        return []
    of_types = Group(frozenset(code_term("t", code) for code in types))
    query = SearchQuery(
        sex=person.sex if person.sex in catalogue.values_of("EL_SEX") else "",
        age=_age(person),
        children=bool(person.children),
        nationality=person.nationality or "",
        without_papers=person.papers == "NONE",
        now=person.urgent,
    )
    chosen = _select([of_types, *filter_groups(query)], person.place or "", most)
    others = _select([of_types], person.place or "", MAX_OTHERS)
    documents = {document["service"]["id"]: document for document in (*chosen, *others)}
    matches = [fit_of(person, card) for card in _cards(documents.values(), language)]

    def order(match: Match) -> tuple[object, ...]:
        rank = _type_rank(match.card, needs)
        return fit.sort_key(person, match.card.facts, match.fit, type_rank=rank, soon=soon)

    return sorted(matches, key=order)


def answering_lines(
    needs: Iterable[str],
    *,
    person: PersonFacts = ANYBODY,
    most: int = 3,
    place: str = "",
    considered: int = MAX_OTHERS,
    language: str | None = None,
) -> tuple[ServiceCard, ...]:
    """Return services with a telephone line that is answered now and that do not exclude the person.

    Those made for another group last; else those day and night first, then those made for the person, then by the
    order of the needs, then last tested. One that asks for testimony is listed only if there is no other. Only the
    nearest are `considered`.
    """
    needs = tuple(needs)
    types = catalogue.types_of(needs)
    groups = [HOTLINE, Group(frozenset(code_term("t", code) for code in types))] if types else [HOTLINE]
    matches = _cards(_select(groups, place, considered), language)
    taking = [card for card in matches if all(fit.admits(code, person, card.facts) for code in WHO)]
    safe = [card for card in taking if not card.asks_testimony]

    def order(card: ServiceCard) -> tuple[object, ...]:
        is_last = person is not ANYBODY and _is_for_another_group(person, card)
        return is_last, *_hotline_order(card, person, needs)

    return tuple(sorted(safe or taking, key=order)[:most])


def likely_lines(
    needs: Iterable[str],
    person: PersonFacts,
    *,
    country: Sequence[ServiceCard] | None = None,
    most: int = 3,
    remote: bool = False,
) -> list[ServiceCard]:
    """Return services with a line that is answered now, for somebody of whom little is known.

    Lines for the person's area come first, for the first of the needs before others; without a place, those for the
    whole country. One of them is always listed, before services that may be for another group only. A service for one
    sector of work that is not the person's is left out, and one for children if nothing is known of an age. For
    somebody who may be a child, one more line is for children, if there is one. `country`: the result of
    `country_lines`, if it is known already. `remote`: the person is far away, so services that need a visit are left
    out.
    """
    needs = tuple(needs)
    lines = answering_lines(needs, person=person, most=MAX_OTHERS, place=person.place or "")
    lines = tuple(card for card in lines if not (remote and _needs_visit(card)))
    near = [card for card in lines if fit.admits(AREA, person, card.facts)]
    likely = [card for card in near if person.forms or not fit.is_for_a_sector(card.facts)]
    if person.age_years is None and person.age_status is None and not person.age_range:
        likely = [card for card in likely if not fit.is_made_for(A_CHILD, card.facts)]
    likely.sort(key=lambda card: (_is_for_another_group(person, card), _reach(person, card), _type_rank(card, needs)))
    wide = [card for card in likely if catalogue.COUNTRY in card.areas]
    if likely and not wide:
        wide = [*(country_lines() if country is None else country)[:1]]
    fitting = [card for card in likely if not _is_for_another_group(person, card)]
    first, rest = (fitting[: most - 1], wide[:1]) if person.place else (wide, [])
    listed = list({card.id: card for card in (*first, *rest, *likely)}.values())[:most]
    if person.age_status == AgeStatus.MAY_BE_CHILD:
        for_children = [card for card in likely if fit.is_made_for(A_CHILD, card.facts)][:1]
        listed += [card for card in for_children if card not in listed]
    return listed


def child_lines(needs: Iterable[str], *, most: int = 3, place: str = "") -> list[ServiceCard]:
    """Return services for children only with a telephone line that is answered now, at the place first."""
    lines = answering_lines(needs, person=A_CHILD, most=MAX_OTHERS, place=place)
    for_children = [card for card in lines if fit.is_made_for(A_CHILD, card.facts) or GUARDIAN in card.types]
    return sorted(for_children, key=lambda card: _reach(replace(A_CHILD, place=place or None), card))[:most]


def province_of_organisation(organisation: UUID) -> str:
    """Return the province that the services of an organisation are for; empty for several or none."""
    services = Service.objects.filter(provider__organisation=organisation, status=Status.ACTIVE)
    codes = services.exclude(areas__code=None).values_list("areas__code", flat=True).distinct()
    provinces = {catalogue.province_of(code) for code in codes} - {""}
    return provinces.pop() if len(provinces) == 1 else ""


def country_lines(*, most: int = 2, language: str | None = None) -> tuple[ServiceCard, ...]:
    """Return services with a line for the whole country, for places without a nearer one; no interpreters."""
    groups = [HOTLINE, Group(frozenset({code_term("a", catalogue.COUNTRY)}))]
    lines = sorted(_cards(_select(groups, "", MAX_OTHERS), language), key=_hotline_order)
    return tuple(card for card in lines if not set(card.types) <= {INTERPRETERS})[:most]


def cards_for_print(place: str, *, language: str, day: date) -> list[ServiceCard]:
    """Return open services for a district or province that were confirmed within the year, by name.

    Those with an open site there, and those for it, for its province or for the whole country. An
    entry whose own interval has passed is left out. A hidden site counts only by the area that its
    service names.
    """
    areas = [place, catalogue.province_of(place), catalogue.COUNTRY]
    serves = Q(areas__code__in=areas) | Q(sites__district=place)
    if catalogue.is_province(place):
        serves |= Q(areas__code__startswith=place) | Q(sites__district__startswith=f"{place}.")
    since = day - timedelta(days=catalogue.hide_after_days())
    rows = Service.objects.filter(serves, status=Status.ACTIVE, confirmed__gte=since)
    documents = snapshots.load_snapshots(rows.values_list("id", flat=True).distinct())
    entries = [cards.build_card(document, language=language, today=day) for document in documents.values()]
    current = [card for card in entries if card.age is not Age.HIDDEN]
    return sorted(current, key=lambda card: (card.name.casefold(), str(card.id)))


def service_card(service: UUID, *, language: str | None = None) -> ServiceCard:
    """Return one service, however old its entry is; raises NotYours if there is none."""
    return value_or_refuse(cards_by_id([service], language=language).get(service))


def cards_by_id(services: Iterable[UUID], *, language: str | None = None) -> dict[UUID, ServiceCard]:
    """Return services by id, however old their entries are; missing ones are left out."""
    return {card.id: card for card in _cards(snapshots.load_snapshots(services).values(), language)}


def public_card(service: UUID, *, language: str | None = None) -> ServiceCard:
    """Return one service as the public site shows it; raises NotYours if it is closed or too old."""
    card = service_card(service, language=language)
    if card.status != Status.ACTIVE or card.age is Age.HIDDEN:
        raise NotYours
    return card


def how_confirmed(card: ServiceCard) -> str:
    """Return how an entry was confirmed on its day; empty if that is not known, such as for a file."""
    row = Confirmation.objects.filter(service=card.id).first()
    return row.how if row and row.day == card.confirmed else ""


def moved_to(service: UUID) -> UUID | None:
    """Return the entry with which this one was merged, or None."""
    return MergedEntry.objects.filter(old=service).values_list("new", flat=True).first()


def fit_of(person: PersonFacts, card: ServiceCard) -> Match:
    """Return how one service fits a person."""
    return Match(card, fit.fit(person, card.facts))


def changed_on() -> date | None:
    """Return the day of the directory's last change; None if there was none."""
    at = Edition.objects.values_list("changed_at", flat=True).first()
    return clock.local_date(at) if at else None


def _select(groups: Sequence[Group], place: str, most: int) -> list[Snapshot]:
    return [match.document for match in search.select(search.tiers_by_distance(groups, place), most=most)]


def _cards(documents: Iterable[Snapshot], language: str | None) -> list[ServiceCard]:
    language, today = language or active_language(), clock.today()
    return [cards.build_card(document, language=language, today=today) for document in documents]


def term_of(code: str) -> str:
    """Return the term of the index for a type, a group or a place."""
    kind = "t" if code in catalogue.types() else "g" if code in catalogue.groups() else "d"
    return code_term(kind, code)


def filter_groups(query: SearchQuery) -> list[Group]:
    """Return the terms that a query filters by, without its words and its place."""
    terms = [
        search.need_terms(query.needs),
        [code_term("s", query.sex)] if query.sex in catalogue.values_of("EL_SEX") else [],
        [code_term("y", query.age)] if query.age else [],
        [code_term("k", "")] if query.children else [],
        [code_term("of", query.nationality)] if query.nationality else [],
        [code_term("l", query.language), code_term("l", catalogue.INTERPRETER)] if query.language else [],
        [code_term("nopapers", "")] if query.without_papers else [],
        [code_term("now", "")] if query.now else [],
        [code_term("c", "FREE"), code_term("c", "unknown")] if query.free else [],
    ]
    return [Group(frozenset(codes)) for codes in terms if codes]


def _age(person: PersonFacts) -> str:
    if person.age_years is not None:
        return "CHILD" if person.age_years < ADULT_YEARS else "ADULT"
    names = {status.value: name for name, status in search.AGES.items()}
    return names.get(person.age_status or "", "")


def _parse_cursor(after: str) -> tuple[int, int]:
    """Return where the last page ended; anything else is the beginning."""
    tier, _, position = after.partition(".")
    if tier.isdecimal() and position.isdecimal() and len(after) < 16:
        return int(tier), int(position)
    return 0, 0


def _hotline_order(
    card: ServiceCard, person: PersonFacts = ANYBODY, needs: Sequence[str] = ()
) -> tuple[bool, bool, int, int, str]:
    tested = (card.urgent.tested if card.urgent else None) or date.min
    is_made_for = fit.is_made_for(person, card.facts)
    rank = _type_rank(card, needs)
    return card.facts.opening != "24_7", not is_made_for, rank, -tested.toordinal(), str(card.id)


def _is_for_another_group(person: PersonFacts, card: ServiceCard) -> bool:
    return fit.group_rank(fit_of(person, card).fit) >= fit.ANOTHER_GROUP


def _needs_visit(card: ServiceCard) -> bool:
    """Return True for a service of some areas in the country that works neither by phone nor for people elsewhere."""
    modes = card.facts.residential or frozenset()
    return bool(modes) and "REMOTE" not in modes and not FAR.intersection(card.areas)


def _reach(person: PersonFacts, card: ServiceCard) -> int:
    """Return 0 for a line for the person's area, 1 for the whole country, 2 for another area; the country without."""
    is_wide = catalogue.COUNTRY in card.areas
    if person.place is None:
        return 0 if is_wide else 1
    is_near = fit.distance_rank(person.place, card.facts.areas) < 2
    return 0 if is_near else 1 if is_wide else 2


def _type_rank(card: ServiceCard, needs: Sequence[str]) -> int:
    """Return the place of a service's best type among the needs; a group ranks all its types alike."""
    known = catalogue.types()
    return min(
        (rank for rank, need in enumerate(needs) if any(need in (code, known[code]["group"]) for code in card.types)),
        default=len(needs),
    )
