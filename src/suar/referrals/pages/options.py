"""The options page: what the person needs, who answers now, and which services fit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from suar.consent import declined_services
from suar.core import clock
from suar.core.urgency import CANNOT_WAIT, Urgency
from suar.directory import queries as directory
from suar.directory.cards import Match, ServiceCard
from suar.directory.codes import FitKind
from suar.directory.facts import PersonFacts
from suar.directory.rules import fit as fitting
from suar.records.keyring import OpenRecord
from suar.referrals import keeping_away, labels, queries, rules, telling
from suar.referrals.pages.reach import Reach, reach
from suar.referrals.queries import SentOne
from suar.referrals.terms import NeedFacts, Standing, State

MOST_SHOWN, MOST_ANSWERING = 8, 3


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A need, how soon it matters, what is known about it, and who answers now."""

    id: str
    words: str
    urgency: Urgency
    urgency_words: str
    standing: Standing
    standing_words: str
    tone: str
    cannot_wait: bool
    spoken_to: Sequence[str] = ()
    answers_now: Sequence[ServiceCard] = ()
    country_lines: Sequence[ServiceCard] = ()


@dataclass(frozen=True, slots=True)
class MatchLine:
    """A service and why it fits: each reason with its mark, those said first and the others."""

    card: ServiceCard
    place: str
    because: Sequence[tuple[str, str]]
    more: Sequence[tuple[str, str]]
    reach: Reach
    asked: bool
    said_no: date | None


@dataclass(frozen=True, slots=True)
class Options:
    """The options page: needs, services that fit, those to ask first, how many do not fit."""

    record: OpenRecord
    needs: Sequence[NeedLine]
    fits: Sequence[MatchLine]
    ask_first: Sequence[MatchLine]
    not_fitting: int


def options(record: OpenRecord) -> Options:
    """Put together what fits this person now."""
    sent = queries.sent_for(record)
    place = telling.about(record)["district"]
    types = [each["service_type"] for each in telling.needs_of(record)]
    facts = telling.facts_for_fit(record, urgent=False)
    matches, blocked = directory.matches_for(facts, types), keeping_away.blocked_for(record)
    allowed = {each.id for each in keeping_away.shown((each.card for each in matches), blocked)}
    asked = {each.service for each in sent if each.state in rules.open_states()}
    said_no = declined_services.declined_on(record)
    fits, ask_first, against = (
        [each for each in matches if each.fit.kind is kind and each.card.id in allowed] for kind in FitKind
    )
    return Options(
        record,
        [need_line(each, sent, blocked, place=place) for each in telling.needs_to_show(record)],
        [_match(each, facts, asked, said_no) for each in fits[:MOST_SHOWN]],
        [_match(each, facts, asked, said_no) for each in ask_first[:MOST_SHOWN]],
        len(against),
    )


def need_line(need: dict, sent: Sequence[SentOne], blocked: Collection[UUID], *, place: str = "") -> NeedLine:
    """Say how a need to show stands: sent is not help. Who is blocked is not said to answer."""
    urgency, code = Urgency(need["urgency"]), need["service_type"]
    states = tuple(each.state for each in sent if code in each.types and each.state is not State.CANCELLED)
    spoke = tuple(datetime.fromisoformat(each["at"]) for each in need.get("spoke_to", []))
    facts = NeedFacts(urgency=urgency, states=states, spoke_at=spoke)
    standing = rules.standing(facts, at=clock.now())
    open_still = urgency in CANNOT_WAIT and standing is Standing.NOBODY_KNOWS_YET
    near, country = _answering(code, blocked, place=place) if open_still else ((), ())
    return NeedLine(
        need["id"],
        labels.service_type(code),
        urgency,
        labels.say(urgency),
        standing,
        labels.say(standing),
        labels.TONES.get(urgency, "") if open_still else "",
        urgency in CANNOT_WAIT,
        need["spoken_to"],
        near,
        country,
    )


def _answering(
    code: str, blocked: Collection[UUID], *, place: str
) -> tuple[Sequence[ServiceCard], Sequence[ServiceCard]]:
    """Give who answers now for a type of service; where nobody does, the country's lines."""
    near = directory.answers_now([code], most=MOST_SHOWN, place=place)
    allowed = keeping_away.shown(near, blocked)[:MOST_ANSWERING]
    country = () if allowed else keeping_away.shown(directory.country_lines(), blocked)
    return allowed, country


def other_services(record: OpenRecord, *, without: Sequence[object]) -> list[MatchLine]:
    """Give the next services that fit, without those that were asked or got a no."""
    left = [each for each in options(record).fits if not (each.asked or each.said_no)]
    return [each for each in left if each.card.id not in without][:3]


def _match(found: Match, person: PersonFacts, asked: set, said_no: Mapping[UUID, date]) -> MatchLine:
    said = fitting.split_reasons(person, found.fit)
    return MatchLine(
        found.card,
        labels.places(found.card.districts),
        labels.because(said.first),
        labels.because(said.more),
        reach(found.card),
        found.card.id in asked,
        said_no.get(found.card.id),
    )
