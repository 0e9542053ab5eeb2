"""What ends or changed about a yes, in words, for the day of both ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy

from suar.accounts import queries as accounts
from suar.referrals import labels
from suar.referrals.ends import Change
from suar.referrals.pages.parts import last_day
from suar.referrals.terms import Verb

MEANS = {
    Verb.WITHDRAW: gettext_lazy("The yes was taken back: delete what you wrote down"),
    Verb.RECALL: gettext_lazy("Taken back by whoever asked: delete what you wrote down"),
    Verb.YES_ENDS: gettext_lazy("The yes has ended, nothing opens any more"),
}
"""What a change asks of the house that was asked, where it is more than what was done."""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A yes that ends or changed: the referral, the house at the other end, and what it was."""

    id: UUID
    record: UUID
    sender_name: str
    receiver_name: str
    words: str


def change_lines(found: Sequence[Change]) -> list[ChangeLine]:
    """Say what changed, with one query for the names of all houses."""
    houses = [each for row in found for each in (row.sender, row.receiver)]
    names = accounts.organisation_names(houses)
    return [
        ChangeLine(
            row.referral,
            row.record,
            names.get(row.sender, ""),
            names[row.receiver] if row.receiver in names else str(labels.BY_LINK),
            _words(row.verb, row.at),
        )
        for row in found
    ]


def _words(verb: Verb | None, at: datetime) -> str:
    if verb is None:
        return last_day(at)
    return f"{MEANS.get(verb, labels.DONE[verb])} · {labels.moment(at)}"
