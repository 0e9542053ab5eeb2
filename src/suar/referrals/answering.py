"""What a receiver on the system does: preview, answer, read the fields, say how it went."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.audit import actions as audit
from suar.consent import queries as consents
from suar.consent.codes import Because as ConsentBecause
from suar.core.refusals import NotYours, Refused
from suar.core.urgency import Urgency
from suar.crypto.secret import SealBroken
from suar.referrals import hours as openings
from suar.referrals import packets, rules, trust
from suar.referrals.history import UNKNOWN_HOURS, Doing, add_act, pressed_twice, state_of
from suar.referrals.models import Packet, PacketWrap, Referral
from suar.referrals.packets import FIELDS, PREVIEW
from suar.referrals.sending import HOURS, THREAD
from suar.referrals.terms import Actor, OpeningHours, Share, State, Verb

SHARE_OVER, FORGED = "share_over", "packet_forged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A referral as its receiver may see it now.

    `told` is None before an acceptance. `closed` is the code of why nothing opens, `closed_on`
    the day a consent was taken back, `until` its last day as it was said. One whose yes ended by
    its date may go on: then how it goes can still be said.
    """

    id: UUID
    state: State
    urgency: Urgency
    sender: UUID
    preview: dict = field(default_factory=dict)
    told: dict | None = None
    closed: str = ""
    closed_on: date | None = None
    until: date | None = None
    goes_on: bool = False
    hours: OpeningHours = UNKNOWN_HOURS
    thread: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a receiver keeps of a referral so that it goes on without its packet: nothing told.

    The key of the thread opens the codes of reasons, and the hours are the receiver's own.
    """

    thread: bytes = field(repr=False)
    hours: OpeningHours


def receive(referral: UUID, *, viewer: Viewer, keys: Keys, at: datetime) -> Received:
    """Open what the receiver may see of a referral sent to their organisation.

    The sealed fields are not even fetched before an acceptance. Raises NotYours.
    """
    row = _received_row(referral, viewer)
    closed = closed_now(row, at=at)
    if closed.closed:
        return closed
    with_fields = rules.share(closed.state) is Share.FIELDS
    found = _open(row, viewer=viewer, keys=keys, at=at, with_fields=with_fields)
    if found.told is not None:
        unread = Packet.objects.filter(referral=row.id, opened_at=None)
        unread.update(opened_at=at, opened_by=viewer.worker)
    return found


@transaction.atomic
def answer(  # noqa: PLR0913 - an act with its reason and date, all named
    referral: UUID,
    verb: Verb,
    *,
    viewer: Viewer,
    keys: Keys,
    at: datetime,
    reason: str = "",
    expected_on: date | None = None,
    kept: Kept | None = None,
) -> State:
    """Do one of the receiver's acts; raises Refused when the table of states does not allow it.

    The same act sent twice by the same worker is done once. With what was `kept` of it, help that
    was agreed to goes on when its yes ended by its date.
    """
    row = _received_row(referral, viewer, lock=True)
    closed = closed_now(row, at=at)
    decision = rules.reason_fits(verb, reason=reason, expected_on=expected_on)
    said, thread = {"reason": reason} if reason else None, kept.thread if kept else None
    act = Doing(verb, viewer.worker, at, said, expected_on)
    if decision and pressed_twice(row, act, thread=thread):
        return closed.state
    alone = kept if closed.goes_on else None
    if (closed.closed and alone is None) or not decision:
        raise Refused(closed.closed or decision.because)
    got = alone or _trusted(row, viewer=viewer, keys=keys, at=at)
    state = add_act(row, act, actor=Actor.RECEIVER, thread=got.thread, hours=got.hours)
    audit.record(f"referral_{verb}", by=viewer.worker, at=at, about=[row.id, row.record])
    return state


def closed_now(row: Referral, *, at: datetime) -> Received:
    """Say from the plain rows alone where a referral stands and whether anything may open."""
    standing = consents.consent_status(row.consent, at=at)
    found = Received(
        id=row.id,
        state=state_of(row),
        urgency=Urgency(row.urgency),
        sender=row.sending_organisation,
        until=standing.until,
    )
    if standing.closed is ConsentBecause.WITHDRAWN:
        return replace(found, closed="consent_withdrawn", closed_on=standing.withdrawn_on)
    if rules.share(found.state) is Share.NONE:
        return replace(found, closed=SHARE_OVER)
    if not standing.closed:
        return found
    goes_on = rules.goes_on(found.state) and row.receiving_organisation is not None
    return replace(found, closed="packet_ended", goes_on=goes_on)


def opened(closed: Received, preview: dict, told: dict | None) -> Received:
    """Give what was opened; the thread's key and the hours do not belong to what is shown."""
    shown = {name: value for name, value in preview.items() if name not in (THREAD, HOURS)}
    thread, hours = bytes.fromhex(preview[THREAD]), openings.read(preview[HOURS])
    return replace(closed, preview=shown, told=told, thread=thread, hours=hours)


def _trusted(row: Referral, *, viewer: Viewer, keys: Keys, at: datetime) -> Received:
    """Open the preview of a packet; raises Refused when it stays closed."""
    got = _open(row, viewer=viewer, keys=keys, at=at, with_fields=False)
    if got.closed:
        raise Refused(got.closed)
    return got


def _open(row: Referral, *, viewer: Viewer, keys: Keys, at: datetime, with_fields: bool) -> Received:
    """Check the packet as a whole, then open what may be opened with the organisation's inbox."""
    closed = closed_now(row, at=at)
    wraps = {each.part: each for each in PacketWrap.objects.filter(referral=row.id)}
    if PREVIEW not in wraps:
        raise NotYours
    pair = keys.pair(wraps[PREVIEW].key)
    envelope = trust.envelope_of(row.id, with_fields=with_fields)
    decision = trust.check(row, envelope, recipient=pair.public, ours=viewer.organisation, at=at)
    if not decision:
        return replace(closed, closed=decision.because)
    keys.opened.append(row.id)
    try:
        preview, *told = (
            packets.open_part(envelope, part, pair.open(bytes(wraps[part].sealed)))
            for part in ((PREVIEW, FIELDS) if with_fields else (PREVIEW,))
        )
    except SealBroken:
        return replace(closed, closed=FORGED)
    return opened(closed, preview, told[0] if told else None)


def _received_row(referral: UUID, viewer: Viewer, *, lock: bool = False) -> Referral:
    rows = Referral.objects.select_for_update() if lock else Referral.objects
    row = rows.filter(id=referral, receiving_organisation=viewer.organisation).first()
    if row is None:
        raise NotYours
    return row
