"""Writing down who must never know, and closing in that moment what is still open to them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.consent import exclusions, rules
from suar.consent import queries as consents
from suar.consent.codes import Because, ExclusionKind
from suar.consent.exclusions import NewExclusion
from suar.consent.queries import GivenConsent
from suar.core.refusals import Refused
from suar.directory import providers as directory
from suar.records.keyring import OpenRecord
from suar.referrals import following, keeping_away
from suar.referrals.models import Referral
from suar.screening import opinion_packets, second_reading


@transaction.atomic
def keep_away(record: OpenRecord, named: Collection[NewExclusion], *, viewer: Viewer, keys: Keys, at: datetime) -> None:
    """Keep who must never know, and close in this moment what is still open to them.

    Every yes to a body on the list is taken back; what a colleague who is named still waited for
    waits for the worker who writes this. Raises Refused as the list does, also for a body that
    is the worker's own house, and Conflict.
    """
    bodies = {each.ref for each in named if each.kind is ExclusionKind.ORGANISATION and each.ref}
    if viewer.organisation in directory.organisations_behind(directory.include_merged(bodies)):
        raise Refused(Because.NOT_YOURSELF)
    exclusions.record_exclusions(record, named, keys=keys, at=at)
    blocked = keeping_away.blocked_for(record)
    for given in consents.list_consents(record):
        if _is_open_to(given, blocked, at=at):
            following.withdraw_consent(record, given.id, by=viewer.worker, at=at)
    opinion_packets.close_about(record.id, by=viewer.worker, at=at, partners=blocked)
    away = rules.excluded_ids(exclusions.list_exclusions(record), ExclusionKind.WORKER)
    if away:
        sent = Referral.objects.filter(record=record.id, author__in=away)
        sent.update(author=viewer.worker)
        second_reading.cancel(record.id, by=viewer.worker, at=at)


def _is_open_to(given: GivenConsent, blocked: Collection[UUID], *, at: datetime) -> bool:
    rows = Referral.objects.filter(consent=given.id)
    receivers = rows.values_list("receiving_organisation", flat=True)
    known_as = {*receivers, *directory.provider_identities(given.facts.recipient)}
    return not rules.may_learn(blocked, known_as) and bool(rules.may_withdraw(given.facts, at=at))
