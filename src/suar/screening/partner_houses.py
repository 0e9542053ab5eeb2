"""Partner houses: each reads for the other what was chosen lower than the signs suggest.

An agreement stands while both houses have agreed, each by the six groups that the other told by
voice, and while both houses' keys are those that were agreed. Either ends it at once.
Source: issue of the talk, point 3; docs/decisions/0032.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.terms import Permission, Viewer
from suar.audit import actions as audit
from suar.core.refusals import NotYours, Refused
from suar.crypto import kdf, signatures
from suar.screening import partner_closing
from suar.screening.models import PartnerSide

GROUPS, SIGNS = 6, 4


class Standing(StrEnum):
    """Where an agreement stands, as one of its two houses sees it."""

    STANDS = "STANDS"
    WE_AGREED = "WE_AGREED"
    THEY_AGREED = "THEY_AGREED"
    KEYS_CHANGED = "KEYS_CHANGED"


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement as one house sees it: with whom, where it stands, since when."""

    partner: UUID
    standing: Standing
    since: datetime


def groups_of(house: UUID) -> str:
    """Give six groups by which another house knows this one, to be told by voice, or ""."""
    identity = accounts.identities([house]).get(house)
    return _groups(house, identity) if identity else ""


@transaction.atomic
def agree(groups: str, *, viewer: Viewer, keys: Keys, at: datetime) -> UUID:
    """Agree with the house that these groups name; gives which house that is.

    Raises Refused for groups of no house or of one's own, and for who cannot sign for the house.
    """
    house, known = viewer.organisation, accounts.identities()
    partner = _named(groups, known)
    if partner is None or partner == house or house not in known:
        raise Refused("house_own" if partner == house else "house_unknown")
    text = _signed_text(house, known[house], partner, known[partner])
    signed = {"by": viewer.worker, "at": at, "signature": _signed(text, house, keys)}
    PartnerSide.objects.update_or_create(organisation=house, partner=partner, ended_at=None, defaults=signed)
    notices.tell(notices.who_may(Permission.SET_PARTNERS, organisation=partner), at=at)
    audit.record("agree_partner", by=viewer.worker, at=at, about=[house, partner])
    return partner


@transaction.atomic
def end(partner: UUID, *, viewer: Viewer, at: datetime) -> None:
    """End an agreement, or refuse one, for both houses; what waits between them is destroyed.

    Twice is the same as once. Both have to agree anew before it stands again.
    """
    house = viewer.organisation
    if not _sides(house, partner, lock=True).update(ended_at=at):
        return
    partner_closing.close_between(house, partner, by=viewer.worker, at=at)
    notices.tell(notices.who_may(Permission.SET_PARTNERS, organisation=partner), at=at)
    audit.record("end_partner", by=viewer.worker, at=at, about=[house, partner])


def agreements(house: UUID) -> list[Agreement]:
    """List the agreements of a house, also those to which only one side has agreed yet."""
    sides = PartnerSide.objects.filter(Q(organisation=house) | Q(partner=house), ended_at=None)
    by_pair: dict[UUID, list[PartnerSide]] = {}
    for side in sides.order_by("at"):
        other = side.partner if side.organisation == house else side.organisation
        by_pair.setdefault(other, []).append(side)
    known = accounts.identities([house, *by_pair])
    return [Agreement(partner, _standing(house, both, known), both[-1].at) for partner, both in by_pair.items()]


def partners_of(house: UUID) -> list[UUID]:
    """List the houses that read for a house, and it for them, now."""
    return [each.partner for each in agreements(house) if each.standing is Standing.STANDS]


def stands(house: UUID, partner: UUID) -> bool:
    """Say whether two houses read for each other now."""
    return partner in partners_of(house)


def hold(house: UUID, partner: UUID) -> None:
    """Keep both sides from ending an agreement until this transaction ends."""
    list(_sides(house, partner, lock=True))


def _sides(house: UUID, partner: UUID, *, lock: bool = False) -> QuerySet[PartnerSide]:
    one = Q(organisation=house, partner=partner) | Q(organisation=partner, partner=house)
    rows = PartnerSide.objects.filter(one, ended_at=None)
    if lock:
        list(rows.select_for_update().order_by("id"))
    return rows


def _standing(house: UUID, sides: Collection[PartnerSide], known: dict[UUID, bytes]) -> Standing:
    if not all(_is_signed(side, known) for side in sides):
        return Standing.KEYS_CHANGED
    if {side.organisation for side in sides} == {side.partner for side in sides}:
        return Standing.STANDS
    [side] = sides
    return Standing.WE_AGREED if side.organisation == house else Standing.THEY_AGREED


def _is_signed(side: PartnerSide, known: dict[UUID, bytes]) -> bool:
    ours, theirs = known.get(side.organisation), known.get(side.partner)
    if ours is None or theirs is None:
        return False
    text = _signed_text(side.organisation, ours, side.partner, theirs)
    return signatures.verify(ours, text, bytes(side.signature))


def _signed(text: bytes, house: UUID, keys: Keys) -> bytes:
    try:
        return keys.identity(house).sign(text)
    except NotYours:
        raise Refused("house_no_signatory") from None


def _signed_text(house: UUID, ours: bytes, partner: UUID, theirs: bytes) -> bytes:
    return b"suar-read-for-1|" + house.bytes + ours + partner.bytes + theirs


def _named(groups: str, known: dict[UUID, bytes]) -> UUID | None:
    typed = "".join(groups.split()).upper()
    return next(
        (house for house, identity in known.items() if _groups(house, identity).replace(" ", "") == typed), None
    )


def _groups(house: UUID, identity: bytes) -> str:
    signs = kdf.digest(b"suar-house-2|" + house.bytes + identity).hex().upper()
    return " ".join(_cut(signs[: GROUPS * SIGNS]))


def _cut(signs: str) -> Iterator[str]:
    for start in range(0, len(signs), SIGNS):
        yield signs[start : start + SIGNS]
