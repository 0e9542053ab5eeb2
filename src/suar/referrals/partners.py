"""The keys of partners, compared by voice once; a changed key stops sending until compared again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from suar.accounts import notices, setup
from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.codes import KeyKind
from suar.accounts.pins import is_certified
from suar.accounts.roles import Permission
from suar.core.refusals import NotYours, Refused
from suar.crypto import kdf
from suar.crypto.pairs import verify_signature
from suar.referrals.models import Partner
from suar.screening import opinion_packets

NewestKeys = Mapping[tuple[KeyKind, UUID], Any]
"""The result of `accounts.queries.newest_keys`."""


@act("pin_partner", needs=Permission.REFER)
def pin_partner(partner: UUID, *, by: Acting, groups: str | None = None) -> None:
    """Store a partner's keys as compared by voice; from now on another key stops sending.

    `groups` are the six groups that were read aloud: keys that changed since then are refused, with
    Refused("partner_key_changed"). One's own organisation is refused with Refused("own_organisation").
    A pin allows referrals only: second opinions need `pin_by_groups`.
    """
    if groups is not None and groups != groups_to_compare(partner):
        raise Refused("partner_key_changed")
    _pin(partner, by=by)
    by.entry.about.append(partner)


def _pin(partner: UUID, *, by: Acting) -> None:
    identity, inbox = partner_keys(partner)
    organisation = by.viewer.organisation
    if partner == organisation:
        raise Refused("own_organisation")
    pinned = {
        "identity": identity,
        "inbox": inbox,
        "by": by.worker,
        "at": by.at,
        "signature": by.keys.sign(_signed_text(organisation, partner, identity, inbox)),
    }
    Partner.objects.update_or_create(organisation=organisation, partner=partner, defaults=pinned)


def partner_keys(partner: UUID) -> tuple[bytes, bytes]:
    """Return a partner's identity and inbox keys as they are stored today.

    Raises Refused("partner_has_no_keys").
    """
    keys = accounts.newest_keys([partner])
    identity, inbox = keys.get((KeyKind.IDENTITY, partner)), keys.get((KeyKind.INBOX, partner))
    if identity is None or inbox is None:
        raise Refused("partner_has_no_keys")
    return bytes(identity.public), bytes(inbox.public)


def has_keys(partner: UUID) -> bool:
    """Return True if a packet can be sealed to this partner."""
    return {(KeyKind.IDENTITY, partner), (KeyKind.INBOX, partner)} <= accounts.newest_keys([partner]).keys()


def can_receive(partner: UUID) -> bool:
    """Return True if a partner may receive here; else a link reaches them.

    An organisation that has not proven its recovery sheets and a restore would lose it with one disk.
    """
    return has_keys(partner) and bool(setup.may_begin_talks(partner))


def groups_to_compare(partner: UUID) -> str:
    """Return the six groups that both sides read to each other by voice before they trust keys."""
    identity, inbox = partner_keys(partner)
    return kdf.fingerprint(b"suar-partner-1|" + identity + inbox)


def sending_refusal(organisation: UUID, partner: UUID) -> str:
    """Return why nothing may be sent to a partner now: never compared, or changed since; or ""."""
    row = pins_of(organisation, [partner]).get(partner)
    if row is None:
        return "partner_not_compared"
    same = (bytes(row.identity), bytes(row.inbox)) == partner_keys(partner)
    return "" if same and _signed_here(row) else "partner_key_changed"


def pins_of(organisation: UUID, partners: Iterable[UUID]) -> dict[UUID, Partner]:
    """Return the keys of partners as an organisation stored them, without those that it never compared."""
    rows = Partner.objects.filter(organisation=organisation, partner__in=set(partners))
    return {row.partner: row for row in rows}


def pinned_identity(pin: Partner | None, keys: NewestKeys) -> bytes | None:
    """Return the identity key of a partner as it was compared by voice."""
    return bytes(pin.identity) if pin and _signed_here(pin, keys) else None


def _signed_text(organisation: UUID, partner: UUID, identity: bytes, inbox: bytes) -> bytes:
    return b"suar-partner-1|" + organisation.bytes + partner.bytes + identity + inbox


def _signed_here(row: Partner, keys: NewestKeys | None = None) -> bool:
    """Return True if a worker of this organisation compared these keys."""
    text = _signed_text(row.organisation, row.partner, bytes(row.identity), bytes(row.inbox))
    return is_signed(text, bytes(row.signature), worker=row.by, organisation=row.organisation, keys=keys)


def is_signed(
    text: bytes, signature: bytes, *, worker: UUID, organisation: UUID, keys: NewestKeys | None = None
) -> bool:
    """Return True if a worker signed a text, and the organisation signed this worker's key.

    `keys` are the newest keys of both, if the caller has read them already.
    """
    keys = accounts.newest_keys([worker, organisation]) if keys is None else keys
    signer, identity = keys.get((KeyKind.USER_SIGN, worker)), keys.get((KeyKind.IDENTITY, organisation))
    if signer is None or identity is None or not is_certified(signer, bytes(identity.public)):
        return False
    return verify_signature(bytes(signer.public), text, signature)


@act("agree_partner", needs=Permission.SET_PARTNERS)
def pin_by_groups(groups: str, *, by: Acting) -> UUID:
    """Pin the organisation whose six groups were read by voice, and agree to second opinions with it; return its id.

    Raise Refused("organisation_unknown") for groups of no organisation, Refused("organisation_is_own") for one's own,
    and Refused("organisation_no_signatory") for a worker who does not hold the organisation's signing key.
    """
    own, typed = by.viewer.organisation, "".join(groups.split()).upper()
    named = [
        organisation
        for organisation in accounts.identities()
        if has_keys(organisation) and groups_to_compare(organisation).replace(" ", "") == typed
    ]
    if not named or not has_keys(own):
        raise Refused("organisation_unknown")
    [partner] = named
    if partner == own:
        raise Refused("organisation_is_own")
    lock_partnership(own, partner)
    _pin(partner, by=by)
    text = _agreement_text(own, partner_keys(own)[0], partner, partner_keys(partner)[0])
    try:
        signature = by.keys.identity(own).sign(text)
    except NotYours:
        raise Refused("organisation_no_signatory") from None
    opinion_packets.store_agreement(own, partner, signature, by=by.worker, at=by.at)
    notices.notify(notices.workers_with(Permission.SET_PARTNERS, organisation=partner), at=by.at)
    by.entry.about += [own, partner]
    return partner


@act("end_partner", needs=Permission.SET_PARTNERS)
def end_second_opinions(partner: UUID, *, by: Acting) -> None:
    """End second opinions with a partner, for both sides at once. Waiting packets are destroyed. Idempotent.

    Keys stay compared, so that referrals between both can still be opened.
    """
    own = by.viewer.organisation
    lock_partnership(own, partner)
    by.entry.about += [own, partner]
    by.entry.skip = not opinion_packets.end_between(own, partner, by=by.worker, at=by.at)
    if not by.entry.skip:
        notices.notify(notices.workers_with(Permission.SET_PARTNERS, organisation=partner), at=by.at)


def standings(organisation: UUID) -> dict[UUID, tuple[str, datetime]]:
    """Return every organisation with which either side agreed to second opinions, how it stands, and since when.

    An organisation whose keys were compared only for referrals is not listed.
    """
    by_partner: dict[UUID, list[Any]] = {}
    for side in opinion_packets.list_sides(organisation):
        partner = side.partner if side.organisation == organisation else side.organisation
        by_partner.setdefault(partner, []).append(side)
    return {partner: (_standing(organisation, sides), sides[-1].at) for partner, sides in by_partner.items()}


def lock_partnership(organisation: UUID, partner: UUID) -> None:
    """Lock both sides of a partnership until this transaction ends."""
    pair = Q(organisation=organisation, partner=partner) | Q(organisation=partner, partner=organisation)
    list(Partner.objects.filter(pair).select_for_update().order_by("id"))


def mutual_partners(organisation: UUID) -> list[UUID]:
    """Return the partners for second opinions: both sides agreed, no key has changed since, and neither ended it."""
    return [partner for partner, (standing, _) in standings(organisation).items() if standing == "STANDS"]


def _standing(organisation: UUID, sides: list[Any]) -> str:
    if any(side.ended_at for side in sides):
        return "ENDED"
    if not all(_agrees(side) for side in sides):
        return "KEYS_CHANGED"
    if len(sides) > 1:
        return "STANDS"
    return "WE_AGREED" if sides[0].organisation == organisation else "THEY_AGREED"


def _agrees(side: Any) -> bool:
    """Return True if the organisation of this side signed it, with keys that neither side has changed since."""
    if not has_keys(side.organisation) or not has_keys(side.partner):
        return False
    ours, theirs = partner_keys(side.organisation)[0], partner_keys(side.partner)[0]
    text = _agreement_text(side.organisation, ours, side.partner, theirs)
    signed = verify_signature(ours, text, bytes(side.signature))
    return signed and not sending_refusal(side.organisation, side.partner)


def _agreement_text(organisation: UUID, ours: bytes, partner: UUID, theirs: bytes) -> bytes:
    return b"suar-read-for-1|" + organisation.bytes + ours + partner.bytes + theirs
