"""Closing a share: what a receiver held opens for nobody from this moment on."""

from datetime import datetime
from uuid import UUID

from suar.referrals.models import Link, Packet, PacketWrap


def close_share(referral: UUID, *, at: datetime) -> None:
    """Delete the wraps of a packet first, then the sealed parts, and end its link."""
    PacketWrap.objects.filter(referral=referral).delete()
    Packet.objects.filter(referral=referral).update(preview=b"", fields=b"")
    Link.objects.filter(referral=referral, ended_at=None).update(ended_at=at)
