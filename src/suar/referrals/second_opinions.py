"""A partner organisation's second opinion on an outcome that is lower than the signs suggest.

A packet type of its own: codes only, sealed to the partner's inbox key, signed by the sender, destroyed after 14 days.
It is sent only between organisations that have compared their keys. An excluded organisation is not asked.
The outcome stays as its author chose it. Source: docs/decisions/exclusions.md and second-opinions.md; security.md 3.6.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.codes import KeyKind
from suar.accounts.keys import Keys
from suar.accounts.roles import Permission, Viewer
from suar.core.refusals import NotYours, Refused, value_or_refuse
from suar.crypto import kdf, values
from suar.crypto.pairs import seal_to
from suar.records import queries as records
from suar.records.keyring import OpenRecord
from suar.records.terms import Kind
from suar.referrals import exclusions, partners
from suar.screening import opinion_packets, policy
from suar.screening.rules import second_opinion as rules
from suar.screening.team_opinions import seal


def request_for(record: OpenRecord, viewer: Viewer) -> dict[str, Any]:
    """Return the request for a second opinion on the result of a talk; raises NotYours if the viewer may not ask.

    `partners` can be asked. `asked` is the partner that was asked, until `ends_at`; `read` is True if it was read.
    """
    reading = opinion_packets.reading_to_ask(record.id, viewer)
    if reading is None or record.facts.restricted:
        raise NotYours
    allowed = [partner for partner in partners.mutual_partners(viewer.organisation) if _may_learn(record, partner)]
    return _request(reading, allowed)


def line_for(record: UUID, viewer: Viewer) -> dict[str, Any] | None:
    """Return a request as a line beside an outcome shows it, without opening the record; None if nothing is shown.

    The linked page decides which partners may learn of the person.
    """
    reading = opinion_packets.reading_to_ask(record, viewer)
    if reading is None or reading.read_at is not None or records.facts(record).restricted:
        return None
    request = _request(reading, partners.mutual_partners(viewer.organisation))
    return request if request["partners"] or request["asked"] else None


def _request(reading: Any, allowed: list[UUID]) -> dict[str, Any]:
    waiting = opinion_packets.waiting_packet(reading.id)
    return {
        "partners": allowed,
        "asked": waiting.partner if waiting else None,
        "ends_at": waiting.ends_at if waiting else None,
        "read": reading.read_at is not None,
    }


@act("ask_partner", needs=Permission.RUN_TALK)
def ask(record: OpenRecord, partner: UUID, *, by: Acting) -> None:
    """Seal the codes to a partner; while one waits, asking again changes nothing.

    Raise NotYours if the worker may not ask. Raise Refused if the partner is excluded or has not compared keys, if the
    record is restricted, or if somebody has read it already. The exclusions are read under the record's lock.
    """
    by.entry.skip = True
    reading = value_or_refuse(opinion_packets.reading_to_ask(record.id, by.viewer, lock=True))
    if reading.read_at is not None:
        raise Refused("read_already")
    partners.lock_partnership(by.viewer.organisation, partner)
    trusted = partner in partners.mutual_partners(by.viewer.organisation)
    if record.facts.restricted or not trusted or not _may_learn(record, partner):
        # One answer for all: it must not reveal who is excluded.
        raise Refused("partner_not_asked")
    if opinion_packets.waiting_packet(reading.id):
        return
    [(key, public)] = accounts.keys_to_seal_to([("inbox", partner)], organisation=partner)
    packet = opinion_packets.new_packet(reading, partner, key=key, by=by.worker, at=by.at)
    content = json.dumps(opinion_packets.codes_to_send(record), sort_keys=True, separators=(",", ":")).encode()
    packet.sealed = seal_to(public, values.pad(content))
    packet.signature = by.keys.sign(_signed_text(packet))
    packet.save(force_insert=True)
    notices.notify(notices.workers_with(Permission.READ_FOR_PARTNER, organisation=partner), at=by.at)
    opinion_packets.audit_both_sides("ask_partner", packet, by=by.worker, at=by.at)


@act("close_partner_reading", needs=Permission.RUN_TALK)
def take_back(record: OpenRecord, *, by: Acting) -> None:
    """Take back the request and destroy its packet. Idempotent."""
    by.entry.skip = True
    value_or_refuse(opinion_packets.reading_to_ask(record.id, by.viewer))
    opinion_packets.close_about(record.id, by=by.worker, at=by.at)


def waiting(viewer: Viewer, *, keys: Keys, at: datetime) -> QuerySet[Any]:
    """Return the packets a viewer may answer for partners now, the first to end first."""
    inbox_keys = [key.id for key in keys.list_keys(KeyKind.INBOX)] if viewer.may(Permission.READ_FOR_PARTNER) else []
    return opinion_packets.list_waiting(viewer.organisation, keys=inbox_keys, at=at)


def open_codes(packet: UUID, *, viewer: Viewer, keys: Keys, at: datetime) -> dict[str, Any]:
    """Open the codes of a packet.

    Raise NotYours in another organisation, Refused if it is closed or its signature is not the sender's.
    """
    return _unseal(_packet(packet, viewer, at=at), keys)


@act("answer_for_partner", needs=Permission.READ_FOR_PARTNER)
def answer(packet: UUID, opinion: Mapping[str, str], *, by: Acting) -> None:
    """Seal an answer to the team that asked, and destroy the packet; the outcome stays.

    `opinion` has the codes `answer` and `reason`, and `words`. Raise as `open_codes` does, and Refused if the reason
    does not fit the answer.
    """
    by.entry.skip = True
    unlocked = opinion_packets.get_packet(packet)
    reading = opinion_packets.reading_of(unlocked) if unlocked else None
    row = _packet(packet, by.viewer, at=by.at, lock=True)
    _unseal(row, by.keys)
    rules.may_answer(opinion["answer"], opinion["reason"]).enforce()
    if reading is None or reading.read_at is not None:
        raise Refused("partner_closed")
    if reading.organisation != row.organisation:
        raise Refused("partner_not_trusted")
    content = {
        "answer": opinion["answer"],
        "reason": opinion["reason"],
        "words": opinion["words"].strip(),
        "role": by.viewer.role,
        "house": f"{by.viewer.organisation}",
    }
    [public] = accounts.publics_of([reading.key], organisation=reading.organisation).values()
    opinion_packets.store_answer(row, reading, seal(public, content), by=by.worker, at=by.at)


def _may_learn(record: OpenRecord, partner: UUID) -> bool:
    """Return True if a partner may learn of the person. Codes without a name have no exclusion list, only a mark."""
    if record.facts.kind is Kind.CODES:
        return not opinion_packets.has_unstored_exclusions(record)
    return partner not in exclusions.not_asked_for_opinions(record)


def _packet(ident: UUID, viewer: Viewer, *, at: datetime, lock: bool = False) -> Any:
    row = value_or_refuse(opinion_packets.get_packet(ident, lock=lock))
    closed = row.closed_at is not None or row.ends_at <= at
    policy.may_read_for_partner(viewer, partner=row.partner, is_closed=closed).enforce()
    return row


def _unseal(row: Any, keys: Keys) -> dict[str, Any]:
    """Open a packet once it is known that a worker of a trusted partner signed it."""
    pair = keys.pair(row.key)
    text, signature = _signed_text(row), bytes(row.signature)
    genuine = partners.is_signed(text, signature, worker=row.asked_by, organisation=row.organisation)
    if row.organisation not in partners.mutual_partners(row.partner) or not genuine:
        raise Refused("partner_not_trusted")
    keys.opened.append(row.id)
    codes: dict[str, Any] = json.loads(values.unpad(pair.open(row.sealed)))
    return codes


def _signed_text(row: Any) -> bytes:
    """Return what the sender signs: packet, reading, both organisations, end and content.

    An answer goes only to the reading that the worker asked about.
    """
    ends = row.ends_at.astimezone(UTC).isoformat(timespec="microseconds").encode()
    about = row.id.bytes + row.reading.bytes + row.organisation.bytes + row.partner.bytes
    text: bytes = b"suar-reading-2|" + about + ends + kdf.digest(bytes(row.sealed))
    return text
