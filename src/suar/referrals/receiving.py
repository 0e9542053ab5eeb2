"""Actions of a receiver with an account: see the preview, answer, read the fields, report progress."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from suar.accounts.acting import Acting, act
from suar.accounts.codes import KeyKind
from suar.accounts.keys import Keys
from suar.accounts.roles import Permission, Viewer
from suar.consent import queries as consents
from suar.consent.codes import AgeStatus, Field
from suar.consent.documents import Need, Needs, Profile, SafeContact
from suar.core import clock
from suar.core.refusals import NotYours, Refused, get_or_refuse, value_or_refuse
from suar.core.urgency import Urgency
from suar.crypto.pairs import BoxPair
from suar.crypto.values import SealBroken
from suar.records import keyring
from suar.records.documents import Document, shareable_fields
from suar.records.keyring import OpenRecord
from suar.records.queries import PEOPLE
from suar.records.terms import Kind
from suar.referrals import packets, queries, rules
from suar.referrals.codes import Actor, Share, State, Verb
from suar.referrals.contact_text import read_contact, read_place
from suar.referrals.deadlines import OpeningHours
from suar.referrals.documents import ReferralThread, Thread
from suar.referrals.history import add_act
from suar.referrals.models import Act, Packet
from suar.referrals.models import Referral as Referral
from suar.referrals.packets import FIELDS, PREVIEW
from suar.screening.rules.answers import AgeBand

SHARE_OVER, FORGED, WITH_CASE = "share_over", "packet_forged", "with_case"
THREAD, HOURS = "thread", "hours"
"""Keys of the preview that no page displays: the key of the thread, and the receiver's openings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedReferral:
    """A referral as its receiver may see it now.

    `shared` is None before an acceptance, `thread` None unless the packet was opened for this reader. `closed` is the
    code of why nothing opens, `closed_on` the day a consent was withdrawn, `until` its agreed last day. A
    referral whose consent ended by its date may go on: then progress can still be reported.
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
    thread: Thread | None = None
    history: Sequence[Act] = ()
    has_messages: bool = True

    @property
    def accepted(self) -> bool:
        """Return True while the fields are open to the receiver."""
        return rules.share(self.state) is Share.FIELDS and not self.closed


def get_received(referral: UUID, *, viewer: Viewer) -> Referral:
    """Return a referral that was sent to the viewer's organisation and is not hidden from them; raises NotYours."""
    return get_or_refuse(queries.received_by(viewer).filter(id=referral))


def receive(
    referral: UUID, *, viewer: Viewer, keys: Keys, at: datetime, thread: Thread | None = None
) -> ReceivedReferral:
    """Open the visible parts of a referral sent to the viewer's organisation.

    The sealed fields are not even fetched before an acceptance. After one, only the case opens the packet, with the
    thread that it stores; without it the state alone is returned. Raises NotYours.
    """
    return _receive(get_received(referral, viewer=viewer), viewer=viewer, keys=keys, at=at, thread=thread)


def _receive(row: Referral, *, viewer: Viewer, keys: Keys, at: datetime, thread: Thread | None) -> ReceivedReferral:
    """Open what the receiver may see of a referral that they may see; see `receive`."""
    status = receiver_status(row, at=at)
    if status.closed or (status.accepted and thread is None):
        return status
    wraps = packets.wraps_for(row.id, keys=keys)
    if PREVIEW not in wraps:
        raise NotYours
    key = wraps[PREVIEW].key
    pair = value_or_refuse(keys.pair(key) if key else (thread.case if thread else None))
    packet = packets.get_packet(row.id, with_fields=status.accepted)
    # In a case, the recipient was checked at the acceptance.
    recipient = bytes(packet.recipient) if key is None or bytes(packet.recipient) in _inboxes(keys) else b""
    decision = packets.verify(row, packet, recipient=recipient, receiver=viewer.organisation, at=at)
    if not decision:
        return replace(status, closed=decision.because)
    keys.opened.append(row.id)
    try:
        preview = packets.open_part(packet, PREVIEW, pair.open(bytes(wraps[PREVIEW].sealed)))
        shared = packets.open_part(packet, FIELDS, pair.open(bytes(wraps[FIELDS].sealed))) if status.accepted else None
    except SealBroken:
        return replace(status, closed=FORGED)
    if shared is not None and packet.opened_at is None:
        Packet.objects.filter(referral=row.id, opened_at=None).update(opened_at=at, opened_by=viewer.worker)
    return add_contents(status, preview, shared, case=thread.case if thread else None)


def open_previews(rows: Iterable[Referral], *, viewer: Viewer, keys: Keys, at: datetime) -> dict[UUID, dict[str, Any]]:
    """Return the previews of unanswered referrals for a list, opened as `receive` does, with few queries.

    One that cannot be trusted is left out: its own page says why.
    """
    waiting = {row.id: row for row in rows if row.state in rules.UNANSWERED}
    if not waiting:
        return {}
    wraps = {wrap.referral: (wrap.key, wrap) for wrap in packets.preview_wraps(waiting, keys=keys) if wrap.key}
    sealed_previews = Packet.objects.filter(referral__in=wraps).defer("fields")
    sealed = [(waiting[packet.referral_id], packet) for packet in sealed_previews]
    inboxes, receiver = _inboxes(keys), viewer.organisation
    sender_keys = packets.read_sender_keys(receiver, sealed)
    previews = {}
    for row, packet in sealed:
        recipient = bytes(packet.recipient) if bytes(packet.recipient) in inboxes else b""
        if packets.verify(row, packet, recipient=recipient, receiver=receiver, at=at, sender_keys=sender_keys):
            keys.opened.append(row.id)
            key, wrap = wraps[row.id]
            with suppress(SealBroken):
                opened = packets.open_part(packet, PREVIEW, keys.pair(key).open(bytes(wrap.sealed)))
                previews[row.id] = _visible(opened)
    return previews


def thread_of(record: OpenRecord) -> Thread | None:
    """Return the thread of a case's referral, with which its packet opens; None if there is none."""
    stored = record.get(ReferralThread)
    return stored.open_thread() if stored else None


def read_received(record: OpenRecord, *, viewer: Viewer, keys: Keys, at: datetime) -> ReceivedReferral | None:
    """Open the referral from which a case came, None if there is none; `record.known` then fills gaps from it.

    Shared data is read from the packet each time and never copied, so it ends with the consent.
    """
    row = queries.with_last_writer(queries.received_by(viewer).filter(case=record.id)).first()
    if row is None:
        return None
    received = _receive(row, viewer=viewer, keys=keys, at=at, thread=thread_of(record))
    record.received = _received_documents(received.shared or {}, received.preview, at=row.made_at)
    return replace(received, has_messages=row.last_writer is not None)


def open_person(record: UUID, *, viewer: Viewer, keys: Keys) -> OpenRecord:
    """Open the record of a person, or a case with what the receiver may see; raises NotYours."""
    opened = keyring.open_record(record, keys=keys)
    if opened.facts.kind not in PEOPLE:
        raise NotYours
    if opened.facts.kind is Kind.CASE:
        read_received(opened, viewer=viewer, keys=keys, at=clock.now())
    return opened


def _received_documents(
    shared: Mapping[str, str], preview: Mapping[str, Any], *, at: datetime
) -> dict[type[Document], Document]:
    """Return shared values as the documents from which they came; only these fields are filled."""
    values: dict[type[Document], dict[str, Any]] = defaultdict(dict)
    for code in shared.keys() - {Field.NEEDS, Field.SAFE_CONTACT, Field.PLACE}:
        for kind, name in shareable_fields()[code]:
            values[kind][name] = shared[code]
    values[SafeContact] |= read_contact(shared.get(Field.SAFE_CONTACT, ""))
    values[SafeContact] |= read_place(shared.get(Field.PLACE, ""))
    if age_band := values[Profile].get("age_band"):
        values[Profile]["age_status"] = AgeStatus.ADULT if age_band == AgeBand.ADULT else AgeStatus.CHILD
    needs = [Need(id=f"need-{need['service_type']}", at=at, **need) for need in preview.get(Field.NEEDS, ())]
    return {kind: kind(**fields) for kind, fields in values.items()} | {Needs: Needs(entries=tuple(needs))}


@act("referral", needs=Permission.ANSWER_REFERRAL)
def answer(referral: Referral, verb: Verb, *, by: Acting, reason: str = "", expected_on: date | None = None) -> State:
    """Do one of the receiver's acts before there is a case. Raises Refused when it is not possible."""
    by.entry.verb = f"referral_{verb}"
    by.entry.about.append(referral.record)
    return add_answer(referral, verb, by=by, reason=reason, expected_on=expected_on)


def add_answer(
    referral: Referral,
    verb: Verb,
    *,
    by: Acting,
    reason: str = "",
    expected_on: date | None = None,
    thread: Thread | None = None,
) -> State:
    """Add a receiver's act in the caller's act, which has locked the referral.

    With the `thread` that a case stores, help that was agreed to goes on when its consent ended by its
    date. Raises Refused.
    """
    received = receive(referral.id, viewer=by.viewer, keys=by.keys, at=by.at, thread=thread)
    decision = rules.reason_fits(verb, reason=reason, expected_on=expected_on)
    if (received.closed and not (received.goes_on and thread)) or not decision:
        raise Refused(received.closed or decision.because)
    if received.accepted and thread is None:
        raise Refused(WITH_CASE)
    new = Act(verb=verb, actor=Actor.RECEIVER, by=by.worker, at=by.at, expected_on=expected_on)
    return add_act(referral, new, reason=reason, thread=thread or received.thread)


def receiver_status(referral: Referral, *, at: datetime) -> ReceivedReferral:
    """Return the state of a referral from plain rows, and whether anything may open."""
    status = consents.consent_status(referral.consent, at=at)
    history = list(referral.acts.all())
    received = ReceivedReferral(
        id=referral.id,
        state=rules.status(history),
        urgency=Urgency(referral.urgency),
        sender=referral.sending_organisation,
        until=status.until,
        history=history,
    )
    if status.closed == "withdrawn":
        return replace(received, closed="consent_withdrawn", closed_on=status.withdrawn_on)
    if rules.share(received.state) is Share.NONE:
        return replace(received, closed=SHARE_OVER)
    if not status.closed:
        return received
    goes_on = rules.continues_without_consent(received.state) and not referral.by_link
    return replace(received, closed="packet_ended", goes_on=goes_on)


def add_contents(
    status: ReceivedReferral, preview: dict[str, Any], shared: dict[str, str] | None, *, case: BoxPair | None = None
) -> ReceivedReferral:
    """Return a referral with its opened parts; the thread is not visible."""
    thread = Thread(bytes.fromhex(preview[THREAD]), OpeningHours.from_stored(preview[HOURS]), case)
    return replace(status, preview=_visible(preview), shared=shared, thread=thread)


def _visible(preview: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in preview.items() if name not in (THREAD, HOURS)}


def _inboxes(keys: Keys) -> list[bytes]:
    """Return the public halves of the inbox keys that a worker has."""
    return [keys.pair(inbox.id).public for inbox in keys.list_keys(KeyKind.INBOX)]
