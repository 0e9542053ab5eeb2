"""Telling less: a smaller yes, and at once a smaller packet for its receiver."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from suar.accounts.keys import Keys
from suar.consent import actions as consent_actions
from suar.consent import queries as consents
from suar.consent.codes import Field
from suar.records import queries as vault
from suar.records.keyring import OpenRecord
from suar.referrals import proposing, queries, rules, sending
from suar.referrals.history import Doing, add_act
from suar.referrals.models import Referral
from suar.referrals.sending import Sent
from suar.referrals.terms import Actor, Verb


@transaction.atomic
def tell_less(
    record: OpenRecord,
    consent: UUID,
    *,
    fields: frozenset[Field],
    ends_on: date,
    keys: Keys,
    at: datetime,
) -> Sent | None:
    """Make a consent smaller and seal its packet anew with what is left.

    A link gets a new token and code, since nobody here knows the old ones. None when nothing
    was shared on this consent. Raises Refused; nothing is changed then.
    """
    vault.hold(record.id)
    by = keys.worker
    consent_actions.narrow_consent(record, consent, fields=fields, ends_on=ends_on, by=by, at=at)
    row = Referral.objects.select_for_update().filter(consent=consent, record=record.id).first()
    if row is None or row.state not in rules.open_states():
        return None
    given = consents.get_consent(record, consent)
    offer = proposing.offer_of(record, given, sent=queries.sent_for(record), at=at)
    offer = replace(offer, receiving_organisation=row.receiving_organisation)
    sent = sending.reseal(record, row, offer, given, keys=keys, at=at)
    add_act(row, Doing(Verb.TELL_LESS, by, at), actor=Actor.PERSON_THROUGH_WORKER)
    return sent
