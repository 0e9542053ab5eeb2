"""What pages say about partner houses, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from suar.accounts import queries as accounts
from suar.accounts.labels import role_words
from suar.accounts.terms import Viewer
from suar.core.refusals import NotYours
from suar.records.keyring import OpenRecord
from suar.screening import labels_partner, partner_asking, partner_houses
from suar.screening.partner_houses import Standing
from suar.screening.partner_reading import PartnerRead, Said
from suar.screening.terms import PartnerAnswer, PartnerReason


@dataclass(frozen=True, slots=True)
class HouseLine:
    """A partner house: its name, where the agreement stands, since when."""

    id: UUID
    name: str
    says: Promise
    since: datetime
    theirs_alone: bool


@dataclass(frozen=True, slots=True)
class HousesPage:
    """With which houses this one reads, and by which groups others know it."""

    groups: str
    houses: Sequence[HouseLine]


@dataclass(frozen=True, slots=True)
class AskLine:
    """That a partner may be asked about an outcome, or the one it waits for until when."""

    asked: str
    until: datetime | None


def houses_page(house: UUID) -> HousesPage:
    """Put together the page of partner houses."""
    found = partner_houses.agreements(house)
    names = accounts.organisation_names(each.partner for each in found)
    return HousesPage(
        partner_houses.groups_of(house),
        [
            HouseLine(
                each.partner,
                names[each.partner],
                labels_partner.STANDINGS[each.standing],
                each.since,
                each.standing is Standing.THEY_AGREED,
            )
            for each in found
        ],
    )


def ask_line(record: OpenRecord, viewer: Viewer) -> AskLine | None:
    """Say whether a viewer may ask a partner about what a talk left; None where not."""
    way = partner_asking.way(record, viewer)
    if way is None or way.read or not (way.partners or way.waits_at):
        return None
    names = accounts.organisation_names([way.waits_at])
    return AskLine(names.get(way.waits_at, "") if way.waits_at else "", way.ends_at)


def by_whom(read: PartnerRead) -> str:
    """Say who answered: in what role, of what house; never by name."""
    house = accounts.organisation_names([read.house]).get(read.house, "")
    return f"{role_words(read.role)}, {house}"


def house_of(pressed: str, prefix: str) -> UUID:
    """Read which house a button names; raises NotYours for none."""
    try:
        return UUID(pressed.removeprefix(prefix))
    except ValueError:
        raise NotYours from None


def said(data: Mapping[str, Any]) -> Said:
    """Read a valid form as an answer."""
    return Said(PartnerAnswer(data["answer"]), PartnerReason(data["reason"]), data["words"])
