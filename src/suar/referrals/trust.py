"""Whether a packet may be opened at all: who made it, for whom, and whether it is whole."""

from datetime import datetime
from uuid import UUID

from suar.accounts import queries as accounts
from suar.accounts.certificates import certified_text
from suar.accounts.terms import KeyKind
from suar.core.decisions import Decision
from suar.referrals import packets
from suar.referrals.models import Packet, Referral
from suar.referrals.packets import Envelope, Sender
from suar.referrals.partners import pinned_identity


def envelope_of(referral: UUID, *, with_fields: bool) -> Envelope:
    """Fetch a packet; the sealed fields are left in the store unless they may be served."""
    rows = Packet.objects.filter(referral=referral)
    row = (rows if with_fields else rows.defer("fields")).get()
    return Envelope(
        row.referral_id,
        bytes(row.recipient),
        bytes(row.nonce),
        row.expires_at,
        bytes(row.preview),
        bytes(row.fields) if with_fields else b"",
        bytes(row.fields_digest),
        bytes(row.signature),
    )


def check(row: Referral, envelope: Envelope, *, recipient: bytes, ours: UUID | None, at: datetime) -> Decision:
    """Say whether a packet is to be trusted by its receiver.

    `ours` is the receiver's organisation; the holder of a link (None) compared no keys and
    relies on this house's own record of the sender. A sender whose key was retired is nobody we
    know. Source: security.md 3.6 and B22.
    """
    sender = _sender(row, ours=ours)
    if sender is None:
        return Decision.no("packet_signer_unknown")
    return packets.check(envelope, sender, recipient=recipient, now=at)


def _sender(row: Referral, *, ours: UUID | None) -> Sender | None:
    """Gather the sender's keys: as certified by their organisation, and as we compared them."""
    signer = Packet.objects.values_list("signer", flat=True).get(referral=row.id)
    signs = accounts.key_for_holder("sign", signer)
    of_house = accounts.key_for_holder("identity", row.sending_organisation)
    if signs is None or of_house is None:
        return None
    (sign_key, sign_public), (_, identity) = signs, of_house
    pinned = pinned_identity(ours, row.sending_organisation) if ours else identity
    return Sender(
        sign_public=sign_public,
        certificate=accounts.certificate_of(sign_key),
        certified_text=certified_text(KeyKind.USER_SIGN, signer, sign_public),
        identity=identity,
        pinned=pinned,
    )
