"""Lists of referrals: the inbox of an organisation, and what was sent for a person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Case, F, Max, Q, QuerySet, When

from suar.accounts.terms import Viewer
from suar.audit import queries as audit
from suar.core.paging import MOST, Part, Rows, part_of
from suar.core.urgency import CANNOT_WAIT, Urgency
from suar.db import kept
from suar.records import queries as vault
from suar.records.keyring import OpenRecord
from suar.referrals import history, rules
from suar.referrals import hours as openings
from suar.referrals.history import acts_of, said_in, state_of
from suar.referrals.models import Packet, Referral
from suar.referrals.sending import HOURS, THREAD, thread_of
from suar.referrals.terms import Act, Actor, Clocks, State

OPEN, LINK_PREVIEW = "open", "link_preview"
OPENINGS = (OPEN, LINK_PREVIEW)
UNANSWERED = (State.SENT, State.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class Listed:
    """A referral in a list: plain columns only, nothing of the person."""

    id: UUID
    record: UUID
    sender: UUID
    receiver: UUID | None
    author: UUID
    urgency: Urgency
    state: State
    sent_at: datetime
    due_at: datetime | None

    def is_late(self, at: datetime) -> bool:
        """Say whether the receiver should have acted by now."""
        return self.due_at is not None and self.due_at < at


@dataclass(frozen=True, slots=True)
class Step:
    """What brought a referral to where it stands; `by` is None for a link and the clock."""

    state: State
    actor: Actor
    by: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class SentOne:
    """A referral as its sender sees it, with the reasons that were given."""

    id: UUID
    service: UUID
    service_name: str
    types: Sequence[str]
    told: Sequence[str]
    consent: UUID
    urgency: Urgency
    state: State
    sent_at: datetime
    clocks: Clocks
    by_link: bool
    opened_at: datetime | None
    opened_by: UUID | None
    ends_at: datetime
    history: Sequence[tuple[Act, dict]] = field(default=())


def inbox(viewer: Viewer, *, at: datetime, part: int = 1) -> Part[Listed]:
    """List what is open in the inbox of the viewer's organisation.

    What is late or nobody answered comes first, then the most urgent and the oldest.
    """
    rows = _asked_of(viewer).filter(state__in=rules.open_states())
    waits = Q(state__in=UNANSWERED) | Q(due_at__lt=at)
    rows = rows.annotate(rank=Case(When(waits, then=0), default=1))
    return _part(rows.order_by("rank", "urgency", "made_at", "id"), "open", part)


def inbox_ended(viewer: Viewer, *, part: int = 1) -> Part[Listed]:
    """List what was asked of the viewer's organisation and is over, newest first."""
    rows = _asked_of(viewer).filter(state__in=rules.closed_states())
    return _part(rows.order_by("-made_at", "id"), "over", part)


def waiting(viewer: Viewer, *, part: int = 1) -> Part[Listed]:
    """List what waits for an answer in the viewer's inbox."""
    rows = _asked_of(viewer).filter(state__in=UNANSWERED)
    return _part(rows.order_by("urgency", "made_at", "id"), "inbox", part)


def sent_by(viewer: Viewer, *, at: datetime, part: int = 1) -> Part[Listed]:
    """List what a worker sent and is not finished: what is late, came back, then by due time."""
    return _part(_unfinished(Referral.objects.filter(author=viewer.worker), at), "sent", part)


def urgent_unanswered(viewer: Viewer) -> Part[Listed]:
    """List what a worker asked for now or today and nobody has answered, the most urgent first."""
    mine = Referral.objects.filter(author=viewer.worker, state__in=UNANSWERED)
    rows = mine.filter(urgency__in=CANNOT_WAIT)
    return _part(rows.order_by("urgency", "made_at", "id"), "urgent", 1)


def team_clocks(viewer: Viewer, *, at: datetime, part: int = 1) -> Part[Listed]:
    """List what the teams that a viewer leads sent and is not finished.

    Nothing is listed or counted of records that the viewer must not know of.
    """
    asked = viewer.leads, viewer.worker, viewer.organisation
    first = part == 1
    rows = _first_clocks(*asked, at) if first else _unfinished(_sent_by_teams(*asked), at)
    return _part(rows, "sent", part)


@kept.rows
def _first_clocks(teams: Collection[UUID], worker: UUID, house: UUID, at: datetime) -> QuerySet[Referral]:
    """Give the part that every look at the team shows, and one more; others are asked rarely."""
    return _unfinished(_sent_by_teams(teams, worker, house), at)[: MOST + 1]


def team_late(viewer: Viewer, *, at: datetime, among: Part[Listed] | None = None) -> int:
    """Count all that the teams which a viewer leads sent and is late at a receiver.

    Where the list of the team's clocks is told whole in `among`, it is counted there.
    """
    if among is not None and among.whole:
        return sum(each.is_late(at) and each.state in rules.open_states() for each in among)
    return _late(_sent_by_teams(viewer.leads, viewer.worker, viewer.organisation), at=at).count()


def sent_for(record: OpenRecord) -> list[SentOne]:
    """List what was sent for a person, newest first, with every answer and its reason."""
    rows = Referral.objects.filter(record=record.id).prefetch_related("acts").order_by("-made_at")
    opened = Packet.objects.filter(referral__record=record.id)
    packets = {packet.referral_id: packet for packet in opened.defer("preview", "fields")}
    return [_sent(record, row, packets[row.id]) for row in rows]


def readings(referral: UUID, *, since: datetime) -> list[tuple[UUID | None, datetime]]:
    """List who opened what was told and when, first reading of each first."""
    acts = audit.first_acts(referral, verbs=[OPEN], since=since)
    return [(act.by, act.at) for act in acts]


def previews(referral: UUID, *, until: datetime | None) -> list[tuple[UUID | None, datetime]]:
    """List who saw the preview and when first, before anybody read what was told."""
    acts = audit.first_acts(referral, verbs=OPENINGS)
    return [(act.by, act.at) for act in acts if until is None or act.at < until]


def told_since(record: UUID, *, referral: UUID | None = None) -> dict[UUID, datetime | None]:
    """Say for what was sent for a record, or for one `referral`, when it was first read."""
    rows = Packet.objects.filter(Q(referral__record=record) | Q(referral=referral))
    return dict(rows.values_list("referral", "opened_at"))


def of_consent(consent: UUID) -> Listed | None:
    """Give the referral that was made on a consent, if one was."""
    row = Referral.objects.filter(consent=consent).first()
    return _listed(row) if row else None


def record_of(referral: UUID) -> UUID | None:
    """Say for which record a referral was made."""
    return Referral.objects.filter(id=referral).values_list("record", flat=True).first()


def last_step(referral: UUID) -> Step | None:
    """Say where a referral stands and who brought it there."""
    row = Referral.objects.filter(id=referral).first()
    last = history.last_act(row) if row else None
    return Step(state_of(row), Actor(last.actor), last.by, last.at) if row and last else None


def count_late(*, at: datetime) -> int:
    """Count the referrals that are late at a receiver; plain columns only."""
    return _late(Referral.objects.all(), at=at).count()


def late_by_author(*, at: datetime) -> dict[UUID, datetime]:
    """Give who sent what is late, with the moment the newest of it fell due; plain columns only."""
    rows = _late(Referral.objects.all(), at=at)
    return dict(rows.values_list("author").annotate(newest=Max("due_at")).order_by())


def _asked_of(viewer: Viewer) -> QuerySet[Referral]:
    return Referral.objects.filter(receiving_organisation=viewer.organisation)


def _sent_by_teams(teams: Collection[UUID], worker: UUID, house: UUID) -> QuerySet[Referral]:
    hidden = vault.hidden_from(worker, house)
    return Referral.objects.filter(sending_team__in=teams).exclude(record__in=hidden)


def _late(rows: QuerySet[Referral], *, at: datetime) -> QuerySet[Referral]:
    return rows.filter(state__in=rules.open_states(), due_at__lt=at)


def _unfinished(rows: QuerySet[Referral], at: datetime) -> QuerySet[Referral]:
    """Give what is late, then what came back, newest first, then what is due soonest."""
    back, there = rules.closed_states() - rules.ended_states(), rules.open_states()
    rows = rows.filter(state__in=back | there).annotate(
        rank=Case(When(due_at__lt=at, then=0), When(state__in=back, then=1), default=2)
    )
    return rows.order_by("rank", F("due_at").asc(nulls_last=True), "-made_at", "id")


def _part(rows: Rows, name: str, number: int) -> Part[Listed]:
    found = part_of(rows, name, number=number)
    return found.said([_listed(row) for row in found])


def _listed(row: Referral) -> Listed:
    return Listed(
        row.id,
        row.record,
        row.sending_organisation,
        row.receiving_organisation,
        row.author,
        Urgency(row.urgency),
        State(row.state),
        row.made_at,
        row.due_at,
    )


def _sent(record: OpenRecord, row: Referral, packet: Packet) -> SentOne:
    kept, acts, urgency = thread_of(record, row.id), acts_of(row), Urgency(row.urgency)
    said = said_in(row.acts.all(), thread=bytes.fromhex(kept[THREAD]))
    return SentOne(
        row.id,
        UUID(kept["service"]),
        kept["service_name"],
        kept["types"],
        kept["told"],
        row.consent,
        urgency,
        rules.status(acts),
        row.made_at,
        rules.clocks(urgency, row.made_at, acts, openings.read(kept[HOURS])),
        by_link=row.receiving_organisation is None,
        opened_at=packet.opened_at,
        opened_by=packet.opened_by,
        ends_at=packet.expires_at,
        history=list(zip(acts, said, strict=True)),
    )
