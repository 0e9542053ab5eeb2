"""Services for a person's needs: those that fit, those to ask first, and who answers now."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from suar.consent import declined_services
from suar.consent.documents import Need
from suar.core import clock
from suar.core.urgency import CANNOT_WAIT
from suar.directory import queries as directory
from suar.directory.cards import ServiceCard
from suar.directory.codes import FitKind
from suar.directory.facts import ReasonSummary
from suar.directory.rules import fit as fitting
from suar.records.keyring import OpenRecord
from suar.referrals import exclusions, needs, queries, rules
from suar.referrals.codes import NeedStatus, State
from suar.referrals.queries import SentReferral
from suar.referrals.rules import NeedFacts

MAX_SHOWN, MAX_ANSWERING, MAX_ALTERNATIVES = 8, 3, 3


@dataclass(frozen=True, slots=True)
class Option:
    """A service with the reasons why it fits, whether it was asked, and when it was declined."""

    card: ServiceCard
    reasons: ReasonSummary
    asked: bool
    declined_on: date | None


@dataclass(frozen=True, slots=True)
class Options:
    """Services that fit, those to ask first, and how many do not fit."""

    fits: Sequence[Option]
    ask_first: Sequence[Option]
    not_fitting: int


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A need with what is known about it, whom workers spoke to, and who answers now."""

    need: Need
    status: NeedStatus
    contacts: Sequence[str] = ()
    answers_now: Sequence[ServiceCard] = ()
    country_lines: Sequence[ServiceCard] = ()

    @property
    def cannot_wait(self) -> bool:
        """Return True for a need for now or today."""
        return self.need.urgency in CANNOT_WAIT

    @property
    def alarming(self) -> bool:
        """Return True while nobody is informed of a need for now or today."""
        return self.cannot_wait and self.status is NeedStatus.NOBODY_INFORMED


def find_options(record: OpenRecord) -> Options:
    """Return the services that fit this person now, without excluded ones."""
    facts = needs.person_facts(record)
    matches = directory.matches_for(facts, needs.service_types(record))
    excluded = exclusions.excluded_for(record)
    allowed = {card.id for card in exclusions.without_excluded((match.card for match in matches), excluded)}
    asked = {sent.service for sent in queries.sent_for(record) if sent.open}
    declined = declined_services.declined_on(record)
    by_kind: dict[FitKind, list[Option]] = {kind: [] for kind in FitKind}
    for match in matches:
        if match.card.id in allowed:
            reasons, ident = fitting.split_reasons(facts, match.fit), match.card.id
            by_kind[match.fit.kind].append(Option(match.card, reasons, ident in asked, declined.get(ident)))
    return Options(
        by_kind[FitKind.FITS][:MAX_SHOWN],
        by_kind[FitKind.ASK_FIRST][:MAX_SHOWN],
        len(by_kind[FitKind.DOES_NOT_FIT]),
    )


def find_alternatives(record: OpenRecord, *, to: UUID) -> list[Option]:
    """Return the next services that fit, without those that were asked or declined."""
    fits = find_options(record).fits
    return [each for each in fits if not (each.asked or each.declined_on or each.card.id == to)][:MAX_ALTERNATIVES]


def need_lines(record: OpenRecord, sent: Sequence[SentReferral], *, place: str = "") -> list[NeedLine]:
    """Return each need with what is known about it: sent is not help.

    For an alarming need also who answers now; excluded services are not among them.
    """
    contacts, excluded = needs.contacts_by_need(record), exclusions.excluded_for(record)
    lines = [NeedLine(need, _status(need, sent), contacts.get(need.id, ())) for need in needs.list_needs(record)]
    return [_with_hotlines(line, excluded, place) if line.alarming else line for line in lines]


def _status(need: Need, sent: Iterable[SentReferral]) -> NeedStatus:
    states = tuple(each.state for each in sent if need.service_type in each.types and each.state is not State.CANCELLED)
    facts = NeedFacts(urgency=need.urgency, states=states, spoke_at=tuple(contact.at for contact in need.spoke_to))
    return rules.need_status(facts, at=clock.now())


def _with_hotlines(line: NeedLine, excluded: Collection[UUID], place: str) -> NeedLine:
    """Return a need with who answers now for it; where nobody does, with the country's lines."""
    near = directory.answers_now([line.need.service_type], most=MAX_SHOWN, place=place)
    allowed = exclusions.without_excluded(near, excluded)[:MAX_ANSWERING]
    country = [] if allowed else exclusions.without_excluded(directory.country_lines(), excluded)
    return NeedLine(line.need, line.status, line.contacts, allowed, country)
