"""The keys of partners, compared by voice once; a changed key stops sending until compared anew."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from suar.accounts import notices, readiness
from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.terms import Permission, Viewer
from suar.audit import actions as audit
from suar.core.refusals import KeyNotTrusted, Refused
from suar.crypto import signatures
from suar.referrals import packets
from suar.referrals.models import Partner
from suar.screening import opinion_packets


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


@transaction.atomic
def pin_by_groups(groups: str, viewer: Viewer, *, keys: Keys, at: datetime) -> UUID:
    """Pin the organisation whose six groups were told by voice; return which one it is.

    Raise Refused("house_unknown") for groups of no organisation, and Refused("house_own") for one's own.
    """
    typed = "".join(groups.split()).upper()
    named = [each for each in accounts.identities() if has_keys(each) and _compact(words_to_compare(each)) == typed]
    if not named or not has_keys(viewer.organisation):
        raise Refused("house_unknown")
    [partner] = named
    if partner == viewer.organisation:
        raise Refused("house_own")
    pin_partner(viewer, partner, keys=keys, at=at)
    opinion_packets.allow_again(viewer.organisation, partner)
    notices.tell(notices.who_may(Permission.SET_PARTNERS, organisation=partner), at=at)
    return partner


@transaction.atomic
def end_second_opinions(partner: UUID, viewer: Viewer, *, at: datetime) -> None:
    """End second opinions with a partner, for both sides at once. What waits is destroyed. Twice is once.

    Keys stay compared, so that referrals between both can still be opened.
    """
    hold(viewer.organisation, partner)
    if not opinion_packets.end_between(viewer.organisation, partner, by=viewer.worker, at=at):
        return
    notices.tell(notices.who_may(Permission.SET_PARTNERS, organisation=partner), at=at)
    audit.record("end_partner", by=viewer.worker, at=at, about=[viewer.organisation, partner])


def standings(organisation: UUID) -> dict[UUID, tuple[str, datetime]]:
    """Return every partner with how the comparison stands, as this organisation sees it, and since when."""
    rows = Partner.objects.filter(Q(organisation=organisation) | Q(partner=organisation)).order_by("at")
    ended = opinion_packets.ended_with(organisation)
    since = {row.partner if row.organisation == organisation else row.organisation: row.at for row in rows}
    return {
        partner: ("ENDED" if partner in ended else _standing(organisation, partner), at)
        for partner, at in since.items()
    }


def hold(organisation: UUID, partner: UUID) -> None:
    """Lock both sides of a partnership until this transaction ends."""
    pair = Q(organisation=organisation, partner=partner) | Q(organisation=partner, partner=organisation)
    list(Partner.objects.filter(pair).select_for_update().order_by("id"))


def mutual(organisation: UUID) -> list[UUID]:
    """Return the partners for second opinions: both sides compared keys, none changed since, and neither ended it."""
    return [partner for partner, (standing, _) in standings(organisation).items() if standing == "STANDS"]


def _standing(organisation: UUID, partner: UUID) -> str:
    if not has_keys(partner) or not has_keys(organisation):
        return "KEYS_CHANGED"
    ours, theirs = refusal_of(organisation, partner), refusal_of(partner, organisation)
    if "partner_key_changed" in (ours, theirs):
        return "KEYS_CHANGED"
    if not ours and not theirs:
        return "STANDS"
    return "THEY_AGREED" if ours else "WE_AGREED"


def _compact(groups: str) -> str:
    return groups.replace(" ", "")
