"""A short summary of a record that waits under a return code for the person, for at most fourteen days.

It is sealed to the code alone: no team and no handler opens it again. The record stores that it was left and its id,
so that staff can destroy it.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases import erasure
from suar.cases.documents.papers import SummaryLeft
from suar.consent import life
from suar.contact import letters, queries
from suar.contact.documents import LetterKind, RequestKind
from suar.contact.models import Request
from suar.contact.return_codes import CodeKeys
from suar.contact.rules.letters import MAX_SUMMARY_DAYS
from suar.core.refusals import NotYours, Refused
from suar.records.keyring import OpenRecord


@act("leave_summary", needs=Permission.SEE_RECORD)
def leave_summary(
    record: OpenRecord, words: str, *, code: CodeKeys, days: int, by: Acting, with_names: bool = False
) -> UUID:
    """Seal a summary to a code that the person has, and record that it was left; return the id of its request.

    Raises Refused for more days than allowed, if the code is in use, if the person is missing or died, and for a record
    that is about to be erased.
    """
    life.check_contact(record)
    erasure.check_stays(record.id)
    if not 1 <= days <= MAX_SUMMARY_DAYS:
        raise Refused("too_long")
    if Request.objects.filter(address__in=queries.addresses_of(code.proof)).exists():
        raise Refused("code_in_use")
    ends_at = by.at + timedelta(days=days)
    request = Request.objects.create(
        kind=RequestKind.SUMMARY,
        organisation=record.facts.organisation,
        address=code.address,
        public=code.box.public,
        last_letter_at=by.at,
        ends_at=ends_at,
    )
    letters.add_letter(request, LetterKind.ANSWER, words, at=by.at)
    left = SummaryLeft(ends_at=ends_at, with_names=with_names, request=request.id, by=by.worker, at=by.at)
    record.add(left, by=by.worker, at=by.at)
    return request.id


@act("take_back_summary", needs=Permission.SEE_RECORD)
def take_back(record: OpenRecord, key: str, *, by: Acting) -> None:
    """Destroy a summary that waits, so that its code opens nothing; raises NotYours if there is none."""
    left = record.get(SummaryLeft, key)
    if left is None or left.request is None:
        raise NotYours
    by.entry.skip = left.taken_back_at is not None
    if not by.entry.skip:
        _erase(record, key, left, by=by.worker, at=by.at)


def erase_waiting(*, record: OpenRecord, by: UUID, at: datetime, **_signal: Any) -> None:
    """Destroy all summaries of a record that wait."""
    if record.may(SummaryLeft.storage.compartment):
        for key, left in record.get_all(SummaryLeft).items():
            if left.request and not left.taken_back_at:
                _erase(record, key, left, by=by, at=at)


def _erase(record: OpenRecord, key: str, left: SummaryLeft, *, by: UUID, at: datetime) -> None:
    for request in Request.objects.filter(id__in=[left.request], kind=RequestKind.SUMMARY):
        letters.erase_request(request)
    record.put(left.model_copy(update={"taken_back_at": at, "taken_back_by": by}), key=key, by=by, at=at)
