"""The keys of partners, compared by voice once; a changed key stops sending until compared anew."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.accounts import queries as accounts
from suar.accounts import readiness
from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.audit import actions as audit
from suar.core.refusals import KeyNotTrusted, Refused
from suar.crypto import signatures
from suar.referrals import packets
from suar.referrals.models import Partner


@transaction.atomic
def pin_partner(viewer: Viewer, partner: UUID, *, keys: Keys, at: datetime, words: str | None = None) -> None:
    """Keep a partner's keys as compared by voice; from now on another key stops sending.

    `words` are the groups that were read aloud: keys that changed since are refused, with
    Refused("partner_key_changed").
    """
    identity, inbox = partner_keys(partner)
    if words is not None and words != packets.words_of(identity, inbox):
        raise Refused("partner_key_changed")
    Partner.objects.update_or_create(
        organisation=viewer.organisation,
        partner=partner,
        defaults={
            "identity": identity,
            "inbox": inbox,
            "by": viewer.worker,
            "at": at,
            "signature": keys.sign(_signed_text(viewer.organisation, partner, identity, inbox)),
        },
    )
    audit.record("pin_partner", by=viewer.worker, at=at, about=[partner])


def partner_keys(partner: UUID) -> tuple[bytes, bytes]:
    """Give a partner's identity and inbox keys as the store holds them today.

    Raises Refused("partner_has_no_keys").
    """
    identity = accounts.key_for_holder("identity", partner)
    inbox = accounts.key_for_holder("inbox", partner)
    if identity is None or inbox is None:
        raise Refused("partner_has_no_keys")
    return identity[1], inbox[1]


def has_keys(partner: UUID) -> bool:
    """Say whether a partner has keys here that a packet can be sealed to."""
    return all(accounts.key_for_holder(kind, partner) for kind in ("identity", "inbox"))


def can_receive(partner: UUID) -> bool:
    """Say whether a partner may hold what is sent to it here; else a link reaches them.

    A house that has not proven its sheets and a restore would lose it with one disk.
    """
    return has_keys(partner) and bool(readiness.may_begin_talks(partner))


def words_to_compare(partner: UUID) -> str:
    """Give the six groups that both sides read to each other by voice."""
    return packets.words_of(*partner_keys(partner))


def refusal_of(organisation: UUID, partner: UUID) -> str:
    """Say why nothing may be sent to a partner now: never compared, or changed since; or ""."""
    row = Partner.objects.filter(organisation=organisation, partner=partner).first()
    if row is None:
        return "partner_not_compared"
    same = (bytes(row.identity), bytes(row.inbox)) == partner_keys(partner)
    return "" if same and _is_ours(row) else "partner_key_changed"


def pinned_identity(organisation: UUID, partner: UUID) -> bytes | None:
    """Give the identity key of a partner as it was compared by voice."""
    found = Partner.objects.filter(organisation=organisation, partner=partner).first()
    return bytes(found.identity) if found and _is_ours(found) else None


def _signed_text(organisation: UUID, partner: UUID, identity: bytes, inbox: bytes) -> bytes:
    return b"suar-partner-1|" + organisation.bytes + partner.bytes + identity + inbox


def _is_ours(row: Partner) -> bool:
    """Say whether a worker of this house, whose own key the house signed, compared these keys."""
    text = _signed_text(row.organisation, row.partner, bytes(row.identity), bytes(row.inbox))
    try:
        [(_, public)] = accounts.keys_to_seal_to([("sign", row.by)], house=row.organisation)
    except KeyNotTrusted:
        return False
    return signatures.verify(public, text, bytes(row.signature))
