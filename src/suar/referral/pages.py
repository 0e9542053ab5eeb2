"""What the pages of referral show, put together once, so that templates only print."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.consent import queries as consents
from suar.consent.terms import Field
from suar.directory import queries as directory
from suar.directory.terms import FitKind, Match, ServiceCard
from suar.kernel import clock
from suar.kernel.refusals import NotYours
from suar.referral import answering, labels, proposing, queries, rules, sending, telling
from suar.referral.answering import Received
from suar.referral.queries import InInbox, SentOne
from suar.referral.sending import Offer
from suar.referral.terms import Actor, Clock, NeedFacts, SpokeTo, Standing, State, Urgency, Verb
from suar.vault.keyring import OpenRecord

DECLINED = frozenset(
    {State.REFUSED, State.RECALLED, State.CONSENT_WITHDRAWN, State.PERSON_DECLINED}
)
WAITING = frozenset({State.SENT, State.ACKNOWLEDGED, State.WAITLISTED})
FIELD_NAMES = frozenset(each.value for each in Field)
RECEIVER_VERBS = frozenset({Verb.ACKNOWLEDGE, Verb.WAITLIST, Verb.DECLINE, Verb.TRY_CONTACT,
                            Verb.COMPLETE, Verb.END_EARLY, Verb.START})  # fmt: skip
LINK_VERBS = frozenset({Verb.ACCEPT, Verb.DECLINE, Verb.WAITLIST})
SENDER_VERBS = frozenset({Verb.RECALL, Verb.DECLINE_BY_PERSON, Verb.REDIRECT, Verb.CLOSE_UNMET,
                          Verb.CLOSE_CHOICE, Verb.CANCEL, Verb.GIVE_FEEDBACK})  # fmt: skip


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
    answers_now: Sequence[ServiceCard] = ()


@dataclass(frozen=True, slots=True)
class MatchLine:
    """A service and why it fits, in words."""

    card: ServiceCard
    because: Sequence[str]
    asked: bool


@dataclass(frozen=True, slots=True)
class Options:
    """The options page: needs, services that fit, those to ask first, how many do not fit."""

    record: OpenRecord
    needs: Sequence[NeedLine]
    fits: Sequence[MatchLine]
    ask_first: Sequence[MatchLine]
    not_fitting: int
    waiting: bool


def options(record: OpenRecord, *, most: int = 8) -> Options:
    """Put together what fits this person now."""
    needs, sent = telling.needs_of(record), queries.sent_for(record)
    lines = [need_line(each, sent) for each in needs]
    types = [each["service_type"] for each in needs]
    urgent = any(each.cannot_wait for each in lines)
    facts = telling.facts_for_fit(record, urgent=False)
    matches = directory.matches_for(facts, types) if types else []
    asked = {each.service for each in sent if each.state in rules.open_states()}
    by_kind = {kind: [each for each in matches if each.fit.kind is kind] for kind in FitKind}
    return Options(
        record, lines,
        [_match(each, asked) for each in by_kind[FitKind.FITS][:most]],
        [_match(each, asked) for each in by_kind[FitKind.ASK_FIRST][:most]],
        len(by_kind[FitKind.DOES_NOT_FIT]), urgent,
    )  # fmt: skip


def need_line(need: dict, sent: Sequence[SentOne]) -> NeedLine:
    """Say how a need stands: sent is not help."""
    urgency, code = Urgency(need["urgency"]), need["service_type"]
    states = tuple(
        each.state for each in sent if code in each.types and each.state is not State.CANCELLED
    )
    spoke = tuple(
        SpokeTo(each["whom"], datetime.fromisoformat(each["at"]))
        for each in need.get("spoke_to", [])
    )
    facts = NeedFacts(urgency=urgency, states=states, spoke_to=spoke)
    standing = rules.standing(facts, at=clock.now())
    cannot_wait = urgency in (Urgency.NOW, Urgency.TODAY)
    open_still = cannot_wait and standing is Standing.NOBODY_KNOWS_YET
    return NeedLine(
        need["id"], labels.service_type(code), urgency, labels.say(urgency), standing,
        labels.say(standing), labels.TONES.get(urgency, ""), cannot_wait,
        directory.answers_now([code], most=3) if open_still else (),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """Exactly what will be sent, to whom, and whether the partner's keys were compared."""

    offer: Offer
    card: ServiceCard
    told_rows: Sequence[dict]
    preview_rows: Sequence[dict]
    ends_on: object
    by_link: bool
    partner: UUID | None
    words_to_compare: str
    needs: Sequence[str]


def message(record: OpenRecord, consent: UUID, *, viewer: Viewer) -> Message:
    """Put together the message of a consent; its fields are those of the consent, no more."""
    given = consents.one(record, consent)
    card = directory.service_card(given.facts.recipient)
    types = proposing.types_for(record, card)
    urgency = proposing.urgency_for(record, types)
    fields = rules.packet_fields(given.facts, at=clock.now())
    told = telling.told(record, fields, types=types)
    shown = telling.preview(record, fields, types=types, urgency=urgency)
    partner = card.organisation
    known = partner is None or sending.partner_known(viewer.organisation, partner)
    offer = Offer(
        service=card.id, service_name=card.name, receiving_organisation=partner,
        consent=consent, urgency=urgency, preview=shown, told=told,
    )  # fmt: skip
    return Message(
        offer, card, rows(told), rows(_flat(shown)), given.facts.ends_on, partner is None,
        None if known else partner,
        "" if known else sending.words_to_compare(partner),
        [labels.need_in_words(each) for each in shown["needs"]],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A referral in a list, in words."""

    id: UUID
    record: UUID
    sender_name: str
    receiver_name: str
    author_name: str
    urgency_words: str
    state: State
    state_words: str
    answer_by_words: str
    tone: str


def inbox_lines(viewer: Viewer) -> list[Line]:
    """List an inbox in words."""
    return lines(queries.inbox(viewer, open_only=False))


def lines(found: Sequence[InInbox]) -> list[Line]:
    """Say a list of referrals in words, with one query for all names."""
    names = accounts.organisation_names(
        each for row in found for each in (row.sender, row.receiver)
    )
    workers = accounts.shown_names(row.author for row in found)
    return [_line(row, names, workers) for row in found]


@dataclass(frozen=True, slots=True)
class Item:
    """A referral as its receiver sees it, in words."""

    id: UUID
    received: Received
    state_words: str
    needs: Sequence[str]
    preview_rows: Sequence[dict]
    told_rows: Sequence[dict]
    may: frozenset[str]


def received(referral: UUID, *, viewer: Viewer, keys: Keys) -> Item:
    """Put together the page of a referral in the inbox."""
    got = answering.receive(referral, viewer=viewer, keys=keys, at=clock.now())
    return _item(got, Actor.RECEIVER)


def by_link(got: Received) -> Item:
    """Put together the page of a referral for the holder of a link."""
    return _item(got, Actor.LINK_HOLDER)


@dataclass(frozen=True, slots=True)
class SentLine:
    """A referral on a person's page, in words."""

    id: UUID
    service_name: str
    state_words: str
    tone: str
    kind: str
    history: Sequence[str]
    clocks: Sequence[str]


def sent_lines(found: Sequence[SentOne]) -> list[SentLine]:
    """Say what was sent for a person; `kind` tells a mark on a timeline."""
    return [
        SentLine(
            each.id, each.service_name, labels.say(each.state),
            "now" if rules.overdue(each.clocks, at=clock.now()) else "",
            "declined" if each.state in DECLINED else "wait" if each.state in WAITING else "done",
            history_words(each), clock_words(each),
        )
        for each in found
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class SentPage:
    """Where a referral stands, for its sender: history, clocks, and what can be done."""

    sent: SentOne
    state_words: str
    meaning: str
    history: Sequence[str]
    clocks: Sequence[str]
    read: str
    told: Sequence[str]
    may: Sequence[dict]
    next_matches: Sequence[MatchLine]


def sent(record: OpenRecord, referral: UUID) -> SentPage:
    """Put together the page of one referral; a refused one comes with the next services."""
    found = next((each for each in queries.sent_for(record) if each.id == referral), None)
    if found is None:
        raise NotYours
    again = found.state in (State.REFUSED, State.RECALLED, State.NO_CONTACT)
    may = [*rules.next_acts(found.state, Actor.SENDER),
           *rules.next_acts(found.state, Actor.PERSON_THROUGH_WORKER)]  # fmt: skip
    return SentPage(
        found, labels.say(found.state), labels.meaning(found.state), history_words(found),
        clock_words(found), _read_words(found), [labels.field(each) for each in found.told],
        [labels.act_choice(verb) for verb in dict.fromkeys(may) if verb in SENDER_VERBS],
        _others(record, found) if again else (),
    )  # fmt: skip


def history_words(found: SentOne) -> list[str]:
    """Say each act of a referral, with the reason that was given."""
    return [
        labels.act_in_words(act, said.get("reason", ""))
        for act, said in found.history
        if act.verb is not Verb.READY
    ]


def clock_words(found: SentOne | InInbox) -> list[str]:
    """Say which clocks run and which have run out."""
    if found.state not in rules.open_states():
        return []
    late = rules.overdue(found.clocks, at=clock.now())
    by = {
        Clock.ACKNOWLEDGE: (found.clocks.acknowledge_by, found.clocks.answered_at),
        Clock.FIRST_CONTACT: (found.clocks.first_contact_by, found.clocks.contacted_at),
        Clock.START: (found.clocks.start_by, found.clocks.started_at),
    }
    return [
        labels.clock_line(each, until, late=each in late)
        for each, (until, done) in by.items()
        if until and not done
    ]


def rows(values: dict) -> list[dict]:
    """Turn told fields into question and answer."""
    return [
        {"question": labels.field(name), "answer": labels.value_in_words(name, value)}
        for name, value in values.items()
        if name in FIELD_NAMES and value
    ]


def _match(found: Match, asked: set[UUID]) -> MatchLine:
    return MatchLine(found.card, labels.because(found.fit), found.card.id in asked)


def _others(record: OpenRecord, found: SentOne) -> list[MatchLine]:
    """Give the next services that fit the same needs, without the one that said no."""
    shown = options(record)
    return [each for each in shown.fits if each.card.id != found.service][:3]


def _item(got: Received, actor: Actor) -> Item:
    needs = [labels.need_in_words(each) for each in got.preview.get("needs", [])]
    told = rows(got.told) if got.told else []
    may = frozenset(verb.value for verb in rules.next_acts(got.state, actor))
    return Item(got.id, got, labels.say(got.state), needs, rows(_flat(got.preview)), told, may)


def _flat(preview: dict) -> dict:
    return {
        name: value
        for name, value in preview.items()
        if name in (Field.AGE_BAND, Field.SEX, Field.LANGUAGE)
    }


def _line(row: InInbox, names: dict[UUID, str], workers: dict[UUID, str]) -> Line:
    late = rules.overdue(row.clocks, at=clock.now())
    waits = row.state in (State.SENT, State.ACKNOWLEDGED)
    tone = "now" if late else labels.TONES.get(row.urgency, "") if waits else ""
    return Line(
        row.id, row.record, names.get(row.sender, ""),
        names.get(row.receiver, "") or labels.BY_LINK, workers.get(row.author, ""),
        labels.say(row.urgency), row.state, labels.say(row.state),
        labels.answer_by(row.clocks.acknowledge_by, late=bool(late)) if waits else "", tone,
    )  # fmt: skip


def _read_words(found: SentOne) -> str:
    if not found.opened_at:
        return ""
    names = accounts.shown_names([found.opened_by])
    return labels.read_by(names.get(found.opened_by, ""), found.opened_at)
