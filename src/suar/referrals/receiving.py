"""What a receiver with an account does: see the preview, answer, read the fields, report progress."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from suar.accounts.acting import Acting
from suar.accounts.keys import Keys
from suar.accounts.roles import Permission, Viewer
from suar.consent import queries as consents
from suar.consent.codes import Because as ConsentBecause
from suar.core.acts import act
from suar.core.refusals import NotYours, Refused
from suar.core.urgency import Urgency
from suar.crypto.boxes import BoxPair
from suar.crypto.secret import SealBroken
from suar.referrals import opening_hours, packets, rules
from suar.referrals.codes import Actor, Share, State, Verb
from suar.referrals.deadlines import OpeningHours
from suar.referrals.history import NewAct, add_act, state_of
from suar.referrals.models import Packet, PacketWrap, Referral
from suar.referrals.opening_hours import UNKNOWN_HOURS
from suar.referrals.packets import FIELDS, PREVIEW
from suar.referrals.sending import HOURS, THREAD

SHARE_OVER, FORGED, WITH_CASE = "share_over", "packet_forged", "with_case"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedReferral:
    """A referral as its receiver may see it now.

    `shared` is None before an acceptance. `closed` is the code of why nothing opens, `closed_on`
    the day a consent was withdrawn, `until` its agreed last day. One whose consent ended by its
    date may go on: then progress can still be reported.
    """

    id: UUID
    state: State
    urgency: Urgency
    sender: UUID
    preview: dict[str, Any] = field(default_factory=dict)
    shared: dict[str, str] | None = None
    closed: str = ""
    closed_on: date | None = None
    until: date | None = None
    goes_on: bool = False
    hours: OpeningHours = UNKNOWN_HOURS
    thread: bytes = field(default=b"", repr=False)

    @property
    def opened(self) -> bool:
        """Return True if the packet was opened for this reader."""
        return bool(self.thread)

    @property
    def accepted(self) -> bool:
        """Return True while the fields are open to the receiver."""
        return rules.share(self.state) is Share.FIELDS and not self.closed


@dataclass(frozen=True, slots=True)
class StoredThread:
    """What a receiver stores of a referral so that it goes on without its packet: nothing shared.

    The key of the thread opens the codes of reasons, and the hours are the receiver's own.
    """

    thread: bytes = field(repr=False)
    hours: OpeningHours


def get_received(referral: UUID, *, viewer: Viewer) -> Referral:
    """Return a referral that was sent to the viewer's organisation; raises NotYours."""
    row = Referral.objects.filter(id=referral, receiving_organisation=viewer.organisation).first()
    if row is None:
        raise NotYours
    return row


def receive(referral: UUID, *, viewer: Viewer, keys: Keys, at: datetime, thread: bytes = b"") -> ReceivedReferral:
    """Open what the receiver may see of a referral sent to their organisation.

    The sealed fields are not even fetched before an acceptance. After one, only the case opens the packet, with the
    key of the thread that it stores; without it the state alone is returned. Raises NotYours.
    """
    row = get_received(referral, viewer=viewer)
    closed = closed_now(row, at=at)
    if closed.closed:
        return closed
    with_fields = rules.share(closed.state) is Share.FIELDS
    if with_fields and not thread:
        return closed
    received = _open(row, viewer=viewer, keys=keys, at=at, with_fields=with_fields, thread=thread)
    if received.shared is not None:
        Packet.objects.filter(referral=row.id, opened_at=None).update(opened_at=at, opened_by=viewer.worker)
    return received


@act("referral", needs=Permission.ANSWER_REFERRAL)
def answer(referral: Referral, verb: Verb, *, by: Acting, reason: str = "", expected_on: date | None = None) -> State:
    """Do one of the receiver's acts. Raises Refused when the table of states does not allow it."""
    by.entry.verb = f"referral_{verb}"
    by.entry.about.append(referral.record)
    return add_answer(referral, NewAct(verb, by.worker, by.at, reason, expected_on), by=by)


def add_answer(row: Referral, new: NewAct, *, by: Acting, stored: StoredThread | None = None) -> State:
    """Add a receiver's act in the caller's act, which has locked the referral.

    With what was `stored` of it, help that was agreed to goes on when its consent ended by its
    date. Raises Refused.
    """
    closed = closed_now(row, at=by.at)
    decision = rules.reason_fits(new.verb, reason=new.reason, expected_on=new.expected_on)
    alone = stored if closed.goes_on else None
    if (closed.closed and alone is None) or not decision:
        raise Refused(closed.closed or decision.because)
    if stored is None and rules.share(closed.state) is Share.FIELDS:
        raise Refused(WITH_CASE)
    key = stored.thread if stored else b""
    thread = alone or _open(row, viewer=by.viewer, keys=by.keys, at=by.at, with_fields=False, thread=key)
    if isinstance(thread, ReceivedReferral) and thread.closed:
        raise Refused(thread.closed)
    return add_act(row, new, actor=Actor.RECEIVER, thread=thread.thread, hours=thread.hours)


def closed_now(row: Referral, *, at: datetime) -> ReceivedReferral:
    """Return the state of a referral from plain rows, and whether anything may open."""
    status = consents.consent_status(row.consent, at=at)
    found = ReceivedReferral(
        id=row.id,
        state=state_of(row),
        urgency=Urgency(row.urgency),
        sender=row.sending_organisation,
        until=status.until,
    )
    if status.closed is ConsentBecause.WITHDRAWN:
        return replace(found, closed="consent_withdrawn", closed_on=status.withdrawn_on)
    if rules.share(found.state) is Share.NONE:
        return replace(found, closed=SHARE_OVER)
    if not status.closed:
        return found
    goes_on = rules.continues_without_consent(found.state) and row.receiving_organisation is not None
    return replace(found, closed="packet_ended", goes_on=goes_on)


def with_contents(closed: ReceivedReferral, preview: dict[str, Any], shared: dict[str, str] | None) -> ReceivedReferral:
    """Return a referral with its opened parts; the thread's key and the hours are not shown."""
    shown = {name: value for name, value in preview.items() if name not in (THREAD, HOURS)}
    hours = opening_hours.from_stored(preview[HOURS])
    return replace(closed, preview=shown, shared=shared, thread=bytes.fromhex(preview[THREAD]), hours=hours)


def _open(
    row: Referral, *, viewer: Viewer, keys: Keys, at: datetime, with_fields: bool, thread: bytes
) -> ReceivedReferral:
    """Verify the packet as a whole, then open what may be opened with the organisation's inbox or the case's thread."""
    closed = closed_now(row, at=at)
    wraps = {wrap.part: wrap for wrap in PacketWrap.objects.filter(referral=row.id)}
    if PREVIEW not in wraps:
        raise NotYours
    inbox = keys.pair(wraps[PREVIEW].key) if wraps[PREVIEW].key else None
    envelope = packets.envelope_of(row.id, with_fields=with_fields)
    # The recipient was checked at the acceptance, and only the sender and the case have the key of the thread.
    recipient = inbox.public if inbox else envelope.recipient
    decision = packets.verify(row, envelope, recipient=recipient, receiver=viewer.organisation, at=at)
    if not decision:
        return replace(closed, closed=decision.because)
    keys.opened.append(row.id)
    try:
        preview, *shared = (
            packets.open_part(envelope, part, _part_key(wraps[part], inbox, thread))
            for part in ((PREVIEW, FIELDS) if with_fields else (PREVIEW,))
        )
    except SealBroken:
        return replace(closed, closed=FORGED)
    return with_contents(closed, preview, shared[0] if shared else None)


def _part_key(wrap: PacketWrap, inbox: BoxPair | None, thread: bytes) -> bytes:
    return inbox.open(bytes(wrap.sealed)) if inbox else packets.unwrap_with_thread(wrap, thread)
