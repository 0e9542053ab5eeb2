"""Where a referral stands, for its sender: history, clocks, who read it, what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.consent import declined_services
from suar.consent import queries as consents
from suar.core import clock
from suar.core.refusals import NotYours
from suar.records.keyring import OpenRecord
from suar.referrals import coming_back, labels, queries, rules
from suar.referrals.pages.options import MatchLine, other_services
from suar.referrals.pages.parts import SENDER_VERBS, ActChoice, acts_for, last_day, tone
from suar.referrals.queries import SentOne
from suar.referrals.sending import WAITS
from suar.referrals.terms import Actor, Clock, State, Verb

DECLINED = frozenset(
    {
        State.REFUSED,
        State.RECALLED,
        State.CONSENT_WITHDRAWN,
        State.PERSON_DECLINED,
        State.NO_CONTACT,
        State.CLOSED_UNMET,
        State.CLOSED_CHOICE,
        State.REDIRECTED,
    }
)
WAITING = frozenset({State.SENT, State.ACKNOWLEDGED, State.WAITLISTED})
BACK_AGAIN = frozenset({State.REFUSED, State.RECALLED, State.NO_CONTACT})


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
            each.id,
            each.service_name,
            coming_back.state_words(each),
            tone(each.state, late=_is_late(each)),
            _kind(each.state),
            history_words(each),
            clock_words(each),
        )
        for each in found
    ]


@dataclass(frozen=True, slots=True)
class SentPage:
    """One referral: history, clocks, readings, and what can be done."""

    sent: SentOne
    state_words: str
    meaning: str
    kind: str
    history: Sequence[str]
    clocks: Sequence[str]
    tone: str
    is_late: bool
    readings: Sequence[str]
    told: Sequence[str]
    acts: Sequence[ActChoice]
    may_withdraw: bool
    may_renew_link: bool
    may_renew: bool
    said_no: date | None
    until: str
    withdrawn_because: str
    next_matches: Sequence[MatchLine]


def sent(record: OpenRecord, referral: UUID) -> SentPage:
    """Put together the page of one referral; one that came back comes with the next services."""
    every = queries.sent_for(record)
    found = next((each for each in every if each.id == referral), None)
    if found is None:
        raise NotYours
    back, here = found.state in BACK_AGAIN, found.state in rules.open_states()
    return SentPage(
        found,
        coming_back.state_words(found),
        _meaning(found),
        _kind(found.state),
        history_words(found),
        clock_words(found),
        tone(found.state, late=_is_late(found)),
        _is_late(found),
        [labels.read_by(who, at) for who, at in readings_of(found)],
        [labels.field(each) for each in found.told],
        acts_for(found.state, Actor.SENDER, Actor.PERSON_THROUGH_WORKER, within=SENDER_VERBS),
        may_withdraw=here,
        may_renew_link=found.by_link and found.state in WAITS,
        may_renew=rules.may_renew(found.state, found.ends_at, at=clock.now()),
        said_no=declined_services.declined_on(record).get(found.service),
        until=last_day(found.ends_at) if here else "",
        withdrawn_because=consents.get_consent(record, found.consent).withdrawal_reason,
        next_matches=other_services(record, without=[found.service]) if back else (),
    )


def _meaning(found: SentOne) -> str:
    """Say what a state means; of one only sent, whether anybody looked: sent is not help."""
    if found.state is not State.SENT:
        return coming_back.meaning(found)
    seen = previews_of(found)
    if not seen:
        return _("Nobody there has looked yet.")
    who, at = seen[-1]
    words = _("%(who)s looked, %(when)s. Nobody has answered yet.")
    return words % {"who": who or labels.BY_LINK, "when": labels.moment(at)}


def history_words(found: SentOne) -> list[str]:
    """Say each act of a referral, with the reason that was given."""
    return [
        labels.act_in_words(act, said.get("reason", "")) for act, said in found.history if act.verb is not Verb.READY
    ]


def clock_words(found: SentOne) -> list[str]:
    """Say which clocks run and which have run out."""
    if found.state not in rules.open_states():
        return []
    late = rules.overdue(found.clocks, at=clock.now())
    by = {
        Clock.ACKNOWLEDGE: (found.clocks.acknowledge_by, found.clocks.answered_at),
        Clock.EXPECTED_DATE: (found.clocks.expected_by, None),
        Clock.FIRST_CONTACT: (found.clocks.first_contact_by, found.clocks.contacted_at),
        Clock.START: (found.clocks.start_by, found.clocks.started_at),
    }
    return [
        labels.clock_line(each, until, late=each in late) for each, (until, done) in by.items() if until and not done
    ]


def readings_of(found: SentOne) -> list[tuple[str, datetime]]:
    """Say who read what was told and when first; an empty name is somebody with the link."""
    return _named(_readers(found))


def previews_of(found: SentOne) -> list[tuple[str, datetime]]:
    """Say who saw the preview and no more, and when first; an empty name as in `readings_of`."""
    readers = {who for who, _ in _readers(found)}
    seen = queries.previews(found.id, until=found.opened_at)
    return _named([(who, at) for who, at in seen if who not in readers])


def _readers(found: SentOne) -> list[tuple[UUID | None, datetime]]:
    if found.opened_at is None:
        return []
    seen = queries.readings(found.id, since=found.opened_at)
    return seen or [(found.opened_by, found.opened_at)]


def _named(seen: Sequence[tuple[UUID | None, datetime]]) -> list[tuple[str, datetime]]:
    names = accounts.shown_names(who for who, _ in seen)
    return [(names.get(who, ""), at) for who, at in seen]


def _is_late(found: SentOne) -> bool:
    return bool(rules.overdue(found.clocks, at=clock.now()))


def _kind(state: State) -> str:
    return "declined" if state in DECLINED else "wait" if state in WAITING else "done"
