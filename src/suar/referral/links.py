"""Answer by link: a token in the address, and a code told by voice for the fields.

Stored are the token's digest and wraps under keys that only token and code give.
Source: security.md 3.6, 'Answer by link'.
"""

import os
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from suar.kernel.refusals import NotYours, Refused
from suar.referral import packets
from suar.referral.models import Link, Packet, PacketWrap, Referral
from suar.referral.packets import PartKeys
from suar.sealing import derivation, passwords, tokens, wraps
from suar.sealing.passwords import KdfParameters
from suar.sealing.refusals import SealBroken

TRIES = 5
CODE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link as it is shown once to the sender."""

    token: str = field(repr=False)
    code: str = field(repr=False)
    salt: bytes = field(repr=False)

    @property
    def secret(self) -> bytes:
        """The key that the token alone gives."""
        return _from_token(self.token)


def new_link() -> NewLink:
    """Make a token of 128 bits, a code of six digits and a salt."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    return NewLink(tokens.new_token(), code, os.urandom(16))


def keep(row: Referral, made: NewLink, parts: PartKeys, *, expires_at: datetime) -> None:
    """Wrap the preview's key under the token, the fields' key under token and code."""
    Link.objects.create(
        referral=row, digest=tokens.token_digest(made.token), salt=made.salt, expires_at=expires_at
    )
    keys = {
        packets.PREVIEW: (derivation.subkey(made.secret, purpose="preview"), parts.preview),
        packets.FIELDS: (_with_code(made.secret, made.code, made.salt), parts.fields),
    }
    for part, (key, secret) in keys.items():
        PacketWrap.objects.create(
            referral=row.id, part=part, sealed=wraps.wrap(key, secret, label=f"{row.id}|{part}")
        )


def find(token: str, *, at: datetime) -> Link:
    """Give the link of a token; raises NotYours when it is unknown, ended or too old."""
    link = Link.objects.select_related("referral").filter(digest=tokens.token_digest(token)).first()
    if link is None or link.ended_at is not None or link.expires_at <= at:
        raise NotYours
    return link


def preview_key(link: Link, token: str) -> bytes:
    """Unwrap the key of the preview."""
    key = derivation.subkey(_from_token(token), purpose="preview")
    return _unwrap(link, packets.PREVIEW, key)


def fields_key(link: Link, token: str, code: str, *, at: datetime) -> bytes:
    """Unwrap the key of the fields with the code told by voice.

    Five wrong codes destroy the packet; raises Refused("link_code") or ("link_destroyed").
    The caller must not roll back a refusal, or a wrong code would not count.
    """
    key = _with_code(_from_token(token), "".join(filter(str.isdigit, code)), bytes(link.salt))
    try:
        return _unwrap(link, packets.FIELDS, key)
    except SealBroken:
        link.wrong_codes += 1
        link.save(update_fields=["wrong_codes"])
        if link.wrong_codes >= TRIES:
            destroy(link, at=at)
            raise Refused("link_destroyed") from None
        raise Refused("link_code") from None


def destroy(link: Link, *, at: datetime) -> None:
    """End a link: its wraps go first, then the sealed parts."""
    PacketWrap.objects.filter(referral=link.referral_id).delete()
    Packet.objects.filter(referral=link.referral_id).update(preview=b"", fields=b"")
    Link.objects.filter(referral=link.referral_id).update(ended_at=at)


def _unwrap(link: Link, part: str, key: bytes) -> bytes:
    row = PacketWrap.objects.filter(referral=link.referral_id, part=part).first()
    if row is None:
        raise NotYours
    return wraps.unwrap(key, bytes(row.sealed), label=f"{link.referral_id}|{part}")


def _from_token(token: str) -> bytes:
    return derivation.subkey(token.encode(), purpose="link")


def _with_code(secret: bytes, code: str, salt: bytes) -> bytes:
    """Mix the code in through Argon2id, so that a thief with the link cannot try all codes."""
    slow = passwords.derive(code, salt, KdfParameters(**settings.SUAR_KDF))
    return derivation.subkey(secret + slow.wrapping, purpose="fields")
