"""Links: a token in the address, and a code told by voice for the fields.

Stored are the token's digest and wraps under keys that only token and code yield.
Source: security.md 3.6, 'Answer by link'.
"""

import os
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.models import F

from suar.core import ratelimit
from suar.core.refusals import NotYours, Refused
from suar.crypto import kdf, values
from suar.crypto.kdf import KdfParameters
from suar.crypto.secret import SealBroken
from suar.referrals import packets
from suar.referrals.models import Link, PacketWrap, Referral
from suar.referrals.packets import PartKeys, close_share

MAX_ATTEMPTS = 5
CODE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link as it is shown once to the sender."""

    token: str = field(repr=False)
    code: str = field(repr=False)
    salt: bytes = field(repr=False)

    @property
    def secret(self) -> bytes:
        """The key that the token alone yields."""
        return _from_token(self.token)

    @property
    def public(self) -> bytes:
        """The recipient of the packet; the token cannot be derived from it."""
        return kdf.digest(self.secret)


def new_link() -> NewLink:
    """Make a token of 128 bits, a code of six digits and a salt."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    return NewLink(kdf.new_token(), code, os.urandom(16))


def store_link(row: Referral, made: NewLink, parts: PartKeys, *, expires_at: datetime) -> None:
    """Wrap the preview's key under the token, the fields' key under token and code."""
    cost = KdfParameters(**settings.SUAR_KDF)
    Link.objects.create(
        referral=row,
        digest=kdf.token_digest(made.token),
        salt=made.salt,
        kdf=asdict(cost),
        expires_at=expires_at,
    )
    keys = {
        packets.PREVIEW: (kdf.subkey(made.secret, purpose="preview"), parts.preview),
        packets.FIELDS: (_with_code(made.secret, made.code, made.salt, cost), parts.fields),
    }
    for part, (key, secret) in keys.items():
        PacketWrap.objects.create(referral=row.id, part=part, sealed=values.wrap(key, secret, label=f"{row.id}|{part}"))


def get_link(token: str) -> Link:
    """Return the link of a token, ended or not; raises NotYours when there is none."""
    link = Link.objects.select_related("referral").filter(digest=kdf.token_digest(token)).first()
    if link is None:
        raise NotYours
    return link


def has_ended(link: Link, *, at: datetime) -> bool:
    """Return True if nothing opens behind a link any more."""
    return link.ended_at is not None or link.expires_at <= at


def recipient_of(token: str) -> bytes:
    """Return the recipient of a packet made for the holder of this token."""
    return kdf.digest(_from_token(token))


def open_preview_key(link: Link, token: str) -> bytes:
    """Unwrap the key of the preview."""
    key = kdf.subkey(_from_token(token), purpose="preview")
    return _unwrap(link, packets.PREVIEW, key)


def open_fields_key(link: Link, token: str, code: str, *, at: datetime) -> bytes:
    """Unwrap the key of the fields with the code told by voice.

    Five wrong codes destroy the packet; raises Refused("link_code") or ("link_destroyed").
    An attempt is counted before it is made, so that many at once are not more than five. The caller
    must not roll back a refusal, or a wrong code would not count.
    """
    digits = "".join(filter(str.isdigit, code))
    with ratelimit.hash_slot():
        if not _count_attempt(link):
            raise Refused("link_destroyed")
        key = _with_code(_from_token(token), digits, bytes(link.salt), _cost_of(link))
    try:
        fields_key = _unwrap(link, packets.FIELDS, key)
    except SealBroken:
        link.refresh_from_db(fields=["wrong_codes"])
        if link.wrong_codes < MAX_ATTEMPTS:
            raise Refused("link_code") from None
        close_share(link.referral_id, at=at)
        raise Refused("link_destroyed") from None
    Link.objects.filter(referral=link.referral_id).update(wrong_codes=0)
    return fields_key


def _count_attempt(link: Link) -> bool:
    rows = Link.objects.filter(referral=link.referral_id, wrong_codes__lt=MAX_ATTEMPTS)
    return bool(rows.update(wrong_codes=F("wrong_codes") + 1))


def _unwrap(link: Link, part: str, key: bytes) -> bytes:
    row = PacketWrap.objects.filter(referral=link.referral_id, part=part).first()
    if row is None:
        raise NotYours
    return values.unwrap(key, bytes(row.sealed), label=f"{link.referral_id}|{part}")


def _from_token(token: str) -> bytes:
    return kdf.subkey(token.encode(), purpose="link")


def _cost_of(link: Link) -> KdfParameters:
    """Return the parameters of a link's code; a link from before they were stored has today's."""
    return KdfParameters(**(link.kdf or settings.SUAR_KDF))


def _with_code(secret: bytes, code: str, salt: bytes, cost: KdfParameters) -> bytes:
    """Mix the code in through Argon2id, so that a thief with the link cannot try all codes."""
    slow = kdf.derive(code, salt, cost)
    return kdf.subkey(secret + slow.wrapping, purpose="fields")
