"""Lists of referrals: the inbox of an organisation, and what was sent for a person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from suar.accounts.terms import Viewer
from suar.referral import rules
from suar.referral.history import acts_of, said_in
from suar.referral.models import Packet, Referral
from suar.referral.sending import THREAD, thread_of
from suar.referral.terms import Act, Clocks, OpeningHours, State, Urgency
from suar.vault.keyring import OpenRecord


@dataclass(frozen=True, slots=True)
class InInbox:
    """A referral in an inbox: plain columns only, nothing of the person."""

    id: UUID
    record: UUID
    sender: UUID
    receiver: UUID | None
    author: UUID
    urgency: Urgency
    state: State
    sent_at: datetime
    clocks: Clocks


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
    history: Sequence[tuple[Act, dict]] = field(default=())


def inbox(viewer: Viewer, *, most: int = 50, open_only: bool = True) -> list[InInbox]:
    """List referrals sent to the viewer's organisation, most urgent and oldest first."""
    rows = Referral.objects.filter(receiving_organisation=viewer.organisation)
    found = [
        _in_inbox(row) for row in rows.prefetch_related("acts").order_by("-made_at")[: most * 4]
    ]
    if open_only:
        found = [each for each in found if each.state in rules.open_states()]
    return sorted(found, key=lambda each: (each.urgency, each.sent_at))[:most]


def sent_for(record: OpenRecord) -> list[SentOne]:
    """List what was sent for a person, newest first, with every answer and its reason."""
    rows = Referral.objects.filter(record=record.id).prefetch_related("acts").order_by("-made_at")
    packets = {each.referral_id: each for each in Packet.objects.filter(referral__record=record.id)}
    return [_sent(record, row, packets.get(row.id)) for row in rows]


def team_clocks(teams: Iterable[UUID], *, most: int = 200) -> list[InInbox]:
    """List the open referrals that teams sent, for a supervisor's clocks; plain columns only."""
    rows = Referral.objects.filter(sending_team__in=list(teams)).prefetch_related("acts")
    found = [_in_inbox(row) for row in rows.order_by("-made_at")[:most]]
    return [each for each in found if each.state in rules.open_states()]


def sent_by(viewer: Viewer, *, most: int = 50) -> list[InInbox]:
    """List the open referrals a worker sent, newest first; plain columns only."""
    rows = Referral.objects.filter(author=viewer.worker).prefetch_related("acts")
    found = [_in_inbox(row) for row in rows.order_by("-made_at")[: most * 2]]
    return [each for each in found if each.state not in rules.ended_states()][:most]


def waiting(viewer: Viewer) -> list[InInbox]:
    """List what waits for an answer in the viewer's inbox."""
    return [each for each in inbox(viewer) if each.state in (State.SENT, State.ACKNOWLEDGED)]


def record_of(referral: UUID) -> UUID | None:
    """Say for which record a referral was made."""
    return Referral.objects.filter(id=referral).values_list("record", flat=True).first()


def _in_inbox(row: Referral) -> InInbox:
    acts = acts_of(row)
    urgency = Urgency(row.urgency)
    clocks = rules.clocks(urgency, row.made_at, acts, OpeningHours())
    return InInbox(
        row.id, row.record, row.sending_organisation, row.receiving_organisation, row.author,
        urgency, rules.status(acts), row.made_at, clocks,
    )  # fmt: skip


def _sent(record: OpenRecord, row: Referral, packet: Packet | None) -> SentOne:
    kept, seen = thread_of(record, row.id), _in_inbox(row)
    said = said_in(row.acts.all(), thread=bytes.fromhex(kept[THREAD]))
    return SentOne(
        row.id, UUID(kept["service"]), kept["service_name"],
        [each["service_type"] for each in kept["preview"]["needs"]], kept["told"], row.consent,
        seen.urgency, seen.state, row.made_at, seen.clocks,
        by_link=row.receiving_organisation is None,
        opened_at=packet.opened_at if packet else None,
        opened_by=packet.opened_by if packet else None,
        history=[(act, words[1]) for act, words in zip(acts_of(row), said, strict=True)],
    )  # fmt: skip
