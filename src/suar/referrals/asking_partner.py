"""Asking a partner house to read an outcome, with whom it must be kept from looked up here.

The list of who must never know names bodies of the directory; a partner is an account here.
Source: docs/decisions/exclusions.md and 0032.
"""

from datetime import datetime
from uuid import UUID

from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.core.refusals import NotYours
from suar.db.together import together
from suar.records import keyring
from suar.records import queries as vault
from suar.records.keyring import OpenRecord
from suar.records.terms import Kind
from suar.referrals import keeping_away
from suar.screening import partner_asking
from suar.screening.partner_asking import Way


def open_to_ask(record: UUID, *, viewer: Viewer, keys: Keys) -> tuple[OpenRecord, Way]:
    """Open what a talk left, with how a partner may be asked; NotYours where nobody may ask."""
    opened = keyring.open_record(record, keys=keys)
    way = partner_asking.way(opened, viewer, kept_away=kept_away(opened))
    if way is None:
        raise NotYours
    return opened, way


@together()
def ask(record: UUID, partner: UUID, *, viewer: Viewer, keys: Keys, at: datetime) -> None:
    """Ask a partner; who must never know is read again under the record's lock."""
    vault.hold(record)
    fresh = keyring.open_record(record, keys=keys)
    partner_asking.ask(fresh, partner, kept_away=kept_away(fresh), viewer=viewer, keys=keys, at=at)


def kept_away(record: OpenRecord) -> frozenset[UUID]:
    """Give every id that must get nothing; codes without a name have no such list."""
    if record.facts.kind is Kind.CODES:
        return frozenset()
    return keeping_away.blocked_for(record)


def words_for(record: OpenRecord) -> list[str]:
    """Give those who must never know and are named in words only: a worker has to look."""
    return [] if record.facts.kind is Kind.CODES else keeping_away.words_for(record)
