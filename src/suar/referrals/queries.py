"""Lists of referrals: the inbox of an organisation, and what was sent for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, F, Max, Q, QuerySet, When

from suar.accounts import queries as accounts
from suar.accounts.roles import Viewer
from suar.audit import queries as audit
from suar.core import clock
from suar.core.urgency import CANNOT_WAIT, Urgency
from suar.records import queries as records
from suar.records.keyring import OpenRecord
from suar.referrals import history, rules
from suar.referrals.codes import Actor, Deadline, Owner, State, Verb
from suar.referrals.deadlines import Deadlines, deadlines, overdue
from suar.referrals.history import acts_of, open_reasons, state_of
from suar.referrals.models import Packet, Referral
from suar.referrals.opening_hours import from_stored
from suar.referrals.rules import Act
from suar.referrals.sending import UNANSWERED_LINK, record_of_referral

OPEN, LINK_PREVIEW = "open", "link_preview"
OPENINGS = (OPEN, LINK_PREVIEW)
UNANSWERED = (State.SENT, State.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class LastAct:
    """The act that led to the present state; `by` is None for a link and the clock."""

    state: State
    actor: Actor
    by: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """An act of a referral with the reason that was given."""

    act: Act
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentReferral:
    """A referral as its sender sees it, with the reasons that were given."""

    id: UUID
    service: UUID
    service_name: str
    types: Sequence[str]
    shared: Sequence[str]
    consent: UUID
    urgency: Urgency
    state: State
    sent_at: datetime
    deadlines: Deadlines
    by_link: bool
    opened_at: datetime | None
    opened_by: UUID | None
    ends_at: datetime
    history: Sequence[HistoryEntry] = ()

    @property
    def open(self) -> bool:
        """Return True while the receiver holds a share."""
        return self.state in rules.open_states()

    @property
    def late(self) -> bool:
        """Return True if the receiver should have acted by now."""
        return bool(overdue(self.deadlines, at=clock.now()))

    @property
    def back(self) -> bool:
        """Return True if the next move is with the sender."""
        return rules.owner(self.state) in (Owner.SENDER, Owner.PERSON)

    @property
    def last_verb(self) -> Verb:
        """The verb that led to the present state."""
        return [each.act.verb for each in self.history if not rules.about_consent_only(each.act.verb)][-1]

    @property
    def running_deadlines(self) -> list[tuple[Deadline, datetime, bool]]:
        """Deadlines without their act, each with its time and whether it has passed."""
        late = overdue(self.deadlines, at=clock.now())
        return [(step, by, step in late) for step, by, done in self.deadlines.steps if self.open and by and not done]

    @property
    def link_can_be_renewed(self) -> bool:
        """Return True for a link that was not answered."""
        return self.by_link and self.state in UNANSWERED_LINK

    def may_renew(self, at: datetime) -> bool:
        """Return True if the person can be asked for a new consent while the referral is open."""
        return rules.may_renew(self.state, self.ends_at, at=at)


def inbox(viewer: Viewer, *, at: datetime) -> QuerySet[Referral]:
    """Return what is open in the inbox of the viewer's organisation.

    What is late or unanswered comes first, then the most urgent and the oldest.
    """
    waits = Q(state__in=UNANSWERED) | Q(due_at__lt=at)
    rows = _received(viewer).filter(state__in=rules.open_states()).annotate(rank=Case(When(waits, then=0), default=1))
    return rows.order_by("rank", "urgency", "made_at", "id")


def inbox_ended(viewer: Viewer) -> QuerySet[Referral]:
    """Return what was asked of the viewer's organisation and has ended, newest first."""
    return _received(viewer).filter(state__in=rules.closed_states()).order_by("-made_at", "id")


def unanswered_inbox(viewer: Viewer) -> QuerySet[Referral]:
    """Return what waits for an answer in the viewer's inbox."""
    return _received(viewer).filter(state__in=UNANSWERED).order_by("urgency", "made_at", "id")


def sent_by(viewer: Viewer, *, at: datetime) -> QuerySet[Referral]:
    """Return what a worker sent and is not finished: late, then back, then by due time."""
    return _unfinished(Referral.objects.filter(author=viewer.worker), at)


def urgent_unanswered(viewer: Viewer) -> QuerySet[Referral]:
    """Return what a worker asked for now or today and nobody has answered, the most urgent first."""
    mine = Referral.objects.filter(author=viewer.worker, state__in=UNANSWERED, urgency__in=CANNOT_WAIT)
    return mine.order_by("urgency", "made_at", "id")


def sent_by_teams(viewer: Viewer, *, at: datetime) -> QuerySet[Referral]:
    """Return what the teams that a viewer leads sent and is not finished.

    Nothing is listed or counted of records that the viewer must not know of.
    """
    return _unfinished(_of_teams(viewer), at)


def count_late_of_teams(viewer: Viewer, *, at: datetime) -> int:
    """Count what the teams that a viewer leads sent and is late at a receiver."""
    return _late(_of_teams(viewer), at=at).count()


def sent_for(record: OpenRecord) -> list[SentReferral]:
    """Return what was sent for a person, newest first, with every answer and its reason."""
    rows = Referral.objects.filter(record=record.id).prefetch_related("acts").order_by("-made_at")
    opened = Packet.objects.filter(referral__record=record.id)
    packets = {packet.referral_id: packet for packet in opened.defer("preview", "fields")}
    return [_sent(record, row, packets[row.id]) for row in rows]


def readings(referral: UUID, *, since: datetime) -> list[tuple[UUID | None, datetime]]:
    """Return who opened what was shared and when, the first reading of each first."""
    return [(act.by, act.at) for act in audit.first_acts(referral, verbs=[OPEN], since=since)]


def previews(referral: UUID, *, until: datetime | None) -> list[tuple[UUID | None, datetime]]:
    """Return who saw the preview and when first, before anybody read what was shared."""
    acts = audit.first_acts(referral, verbs=OPENINGS)
    return [(act.by, act.at) for act in acts if until is None or act.at < until]


def readers_of(sent: SentReferral) -> list[tuple[str, datetime]]:
    """Return who read what was shared and when first; an empty name is somebody with the link."""
    return _with_names(_readers(sent))


def previewers_of(sent: SentReferral) -> list[tuple[str, datetime]]:
    """Return who saw only the preview and when first; an empty name as in `readers_of`."""
    readers = {who for who, _ in _readers(sent)}
    seen = previews(sent.id, until=sent.opened_at)
    return _with_names([(who, at) for who, at in seen if who not in readers])


def opened_since(record: UUID, *, referral: UUID | None = None) -> dict[UUID, datetime | None]:
    """Return when each referral of a record, or one `referral`, was first read."""
    rows = Packet.objects.filter(Q(referral__record=record) | Q(referral=referral))
    return dict(rows.values_list("referral", "opened_at"))


def referral_of_consent(consent: UUID) -> tuple[UUID, State] | None:
    """Return the referral that was made on a consent and its state, if one was."""
    row = Referral.objects.filter(consent=consent).first()
    return (row.id, State(row.state)) if row else None


def last_act(referral: UUID) -> LastAct | None:
    """Return the state of a referral and who brought it there."""
    row = Referral.objects.filter(id=referral).first()
    act = history.last_act(row) if row else None
    return LastAct(state_of(row), Actor(act.actor), act.by, act.at) if row and act else None


def count_late(*, at: datetime) -> int:
    """Count the referrals that are late at a receiver; plain columns only."""
    return _late(Referral.objects.all(), at=at).count()


def late_by_author(*, at: datetime) -> dict[UUID, datetime]:
    """Return who sent what is late, with the newest moment at which something was due."""
    rows = _late(Referral.objects.all(), at=at)
    return dict(rows.values_list("author").annotate(newest=Max("due_at")).order_by())


def _received(viewer: Viewer) -> QuerySet[Referral]:
    return Referral.objects.filter(receiving_organisation=viewer.organisation)


def _of_teams(viewer: Viewer) -> QuerySet[Referral]:
    hidden = records.hidden_from(viewer.worker, viewer.organisation)
    return Referral.objects.filter(sending_team__in=viewer.leads).exclude(record__in=hidden)


def _late(rows: QuerySet[Referral], *, at: datetime) -> QuerySet[Referral]:
    return rows.filter(state__in=rules.open_states(), due_at__lt=at)


def _unfinished(rows: QuerySet[Referral], at: datetime) -> QuerySet[Referral]:
    """Return what is late, then what came back, newest first, then what is due soonest."""
    back, open_states = rules.closed_states() - rules.ended_states(), rules.open_states()
    rank = Case(When(due_at__lt=at, then=0), When(state__in=back, then=1), default=2)
    rows = rows.filter(state__in=back | open_states).annotate(rank=rank)
    return rows.order_by("rank", F("due_at").asc(nulls_last=True), "-made_at", "id")


def _sent(record: OpenRecord, row: Referral, packet: Packet) -> SentReferral:
    document, acts, urgency = record_of_referral(record, row.id), acts_of(row), Urgency(row.urgency)
    reasons = open_reasons(row.acts.all(), thread=bytes.fromhex(document.thread))
    return SentReferral(
        id=row.id,
        service=document.service,
        service_name=document.service_name,
        types=document.types,
        shared=document.shared,
        consent=row.consent,
        urgency=urgency,
        state=rules.status(acts),
        sent_at=row.made_at,
        deadlines=deadlines(urgency, row.made_at, acts, from_stored(document.hours)),
        by_link=row.receiving_organisation is None,
        opened_at=packet.opened_at,
        opened_by=packet.opened_by,
        ends_at=packet.expires_at,
        history=[HistoryEntry(act, reason) for act, reason in zip(acts, reasons, strict=True)],
    )


def _readers(sent: SentReferral) -> list[tuple[UUID | None, datetime]]:
    if sent.opened_at is None:
        return []
    return readings(sent.id, since=sent.opened_at) or [(sent.opened_by, sent.opened_at)]


def _with_names(seen: Sequence[tuple[UUID | None, datetime]]) -> list[tuple[str, datetime]]:
    names = accounts.shown_names(who for who, _ in seen)
    return [(names.get(who, "") if who else "", at) for who, at in seen]
