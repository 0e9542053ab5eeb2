"""Reading for a partner house: codes only, and an answer that goes back sealed.

The outcome stays as its author chose it. Whoever asked sees the answer by role and house.
Source: issue of the talk, point 3; docs/decisions/0032.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.terms import KeyKind, Permission, Role, Viewer
from suar.core.refusals import KeyNotTrusted, NotYours, Refused
from suar.crypto import boxes, signatures, values
from suar.screening import partner_asking, partner_closing, partner_houses, policy
from suar.screening.models import PartnerPacket, Reading
from suar.screening.rules import partner as rules
from suar.screening.terms import PartnerAnswer, PartnerReason


@dataclass(frozen=True, slots=True)
class Waiting:
    """A packet that waits to be read, and its end; nothing of who asked."""

    id: UUID
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What a partner answers: a code, why, and words if there are any."""

    answer: PartnerAnswer
    reason: PartnerReason
    words: str = ""


@dataclass(frozen=True, slots=True)
class PartnerRead(Said):
    """An answer as it came back: by whom in what house, never by name."""

    role: Role = Role.ANONYMOUS
    house: UUID = UUID(int=0)


def waiting(viewer: Viewer, *, keys: Keys, at: datetime, most: int = 50) -> list[Waiting]:
    """List what a viewer may read for partners now, soonest to end first."""
    if not viewer.may(Permission.READ_FOR_PARTNER):
        return []
    held = [key.id for key in keys.held(KeyKind.INBOX)]
    rows = PartnerPacket.objects.filter(partner=viewer.organisation, closed_at=None, ends_at__gt=at, key__in=held)
    return [Waiting(row.id, row.ends_at) for row in rows.order_by("ends_at", "id")[:most]]


def codes(packet: UUID, *, viewer: Viewer, keys: Keys, at: datetime) -> dict[str, Any]:
    """Open the codes of a packet.

    Raises NotYours in another house, Refused when it is closed or was not sent by who it says.
    """
    row = _row(packet, viewer, at=at)
    return _opened(row, keys)


@transaction.atomic
def answer(packet: UUID, said: Said, *, viewer: Viewer, keys: Keys, at: datetime) -> None:
    """Seal an answer to the team that asked, and destroy the packet; the outcome stays.

    Raises as `codes` does, and Refused when the reason does not fit the answer.
    """
    ident = PartnerPacket.objects.filter(id=packet).values_list("reading", flat=True).first()
    reading = Reading.objects.select_for_update().filter(id=ident).first()
    row = _row(packet, viewer, at=at, lock=True)
    _opened(row, keys)
    decision = rules.may_answer(said.answer, said.reason)
    if not decision:
        raise Refused(decision.because)
    if reading is None or reading.read_at is not None:
        raise Refused("partner_closed")
    if reading.organisation != row.organisation:
        raise Refused("partner_not_trusted")
    told = {**_written(said), "role": viewer.role, "house": f"{viewer.organisation}"}
    [public] = accounts.publics_of([reading.key], house=reading.organisation).values()
    reading.answer = boxes.seal_to(public, values.pad(json.dumps(told).encode()))
    reading.read_at = at
    reading.save(update_fields=["answer", "read_at"])
    partner_closing.empty(row, at=at)
    notices.tell({reading.author, row.asked_by}, at=at)
    partner_closing.note("answer_for_partner", row, there=viewer.worker, at=at)


def read_back(told: Mapping[str, Any]) -> PartnerRead | None:
    """Read an answer that was opened; None where no partner gave it."""
    if "house" not in told:
        return None
    return PartnerRead(
        PartnerAnswer(told["answer"]),
        PartnerReason(told["reason"]),
        told["words"],
        Role(told["role"]),
        UUID(told["house"]),
    )


def _written(said: Said) -> dict[str, str]:
    return {"answer": said.answer, "reason": said.reason, "words": said.words.strip()}


def _row(packet: UUID, viewer: Viewer, *, at: datetime, lock: bool = False) -> PartnerPacket:
    rows = PartnerPacket.objects.filter(id=packet)
    row = (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise NotYours
    closed = row.closed_at is not None or row.ends_at <= at
    decision = policy.may_read_for_partner(viewer, partner=row.partner, is_closed=closed)
    if decision.because == "not_here":
        raise NotYours
    if not decision:
        raise Refused(decision.because)
    return row


def _opened(row: PartnerPacket, keys: Keys) -> dict[str, Any]:
    """Open a packet once it is known who sent it, from a house we read for."""
    pair = keys.pair(row.key)
    if not partner_houses.stands(row.partner, row.organisation) or not _is_theirs(row):
        raise Refused("partner_not_trusted")
    keys.opened.append(row.id)
    found: dict[str, Any] = json.loads(values.unpad(pair.open(row.sealed)))
    return found


def _is_theirs(row: PartnerPacket) -> bool:
    """Say whether a worker whose own key their house signed has signed this packet."""
    try:
        [(_, public)] = accounts.keys_to_seal_to([("sign", row.asked_by)], house=row.organisation)
    except KeyNotTrusted:
        return False
    return signatures.verify(public, partner_asking.signed_text(row), bytes(row.signature))
