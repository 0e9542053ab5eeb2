"""What is done with consent: give it, narrow it, take it back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.audit import actions as audit
from suar.consent import rules
from suar.consent.content import facts_from, field_name, written
from suar.consent.models import Consent, Withdrawal
from suar.consent.terms import Proposal
from suar.kernel import clock
from suar.kernel.ids import new_id
from suar.kernel.refusals import NotYours, Refused
from suar.vault.keyring import OpenRecord
from suar.vault.terms import Compartment


@transaction.atomic
def give(
    record: OpenRecord, proposal: Proposal, *, by: UUID, at: datetime, ident: UUID | None = None
) -> UUID:
    """Keep a consent as it was given and return its id.

    With `ident` (made with the form) a form sent twice gives one consent. Raises Refused with
    the code of what is missing or not allowed; nothing is kept then.
    """
    decision = rules.may_give(proposal, today=clock.local_date(at))
    if not decision:
        raise Refused(decision.because)
    content = written(proposal)
    ends_at = facts_from(content, given_at=at, withdrawals=()).ends_at
    row, made = Consent.objects.get_or_create(
        id=ident or new_id(),
        defaults={"record": record.id, "organisation": record.facts.organisation,
                  "by": by, "at": at, "ends_at": ends_at},
    )  # fmt: skip
    if row.record != record.id:
        raise NotYours
    if made:
        record.write(Compartment.CODED, field_name(row.id), content, by=by, at=at)
        audit.record("give_consent", by=by, at=at, about=[record.id, row.id])
    return row.id


@transaction.atomic
def withdraw(record: OpenRecord, consent: UUID, *, by: UUID, at: datetime, reason: str) -> None:
    """Take a consent back. Twice is the same as once. The reason is sealed."""
    row = Consent.objects.select_for_update().filter(id=consent, record=record.id).first()
    if row is None:
        raise NotYours
    _, made = Withdrawal.objects.get_or_create(consent=row, defaults={"by": by, "at": at})
    if made:
        said = {"reason": reason}
        record.write(Compartment.NARRATIVE, f"withdrawal-{consent}", said, by=by, at=at)
        audit.record("withdraw_consent", by=by, at=at, about=[record.id, consent])
