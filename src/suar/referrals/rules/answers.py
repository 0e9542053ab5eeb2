"""What an act must bring along: a reason, a date, enough tries."""

from collections.abc import Iterable
from datetime import date, tzinfo

from suar.core.decisions import Decision
from suar.referrals.rules.words import read
from suar.referrals.terms import ZONE, Act, Because, Verb

LEAST_TRIES = 3


def reasons(verb: Verb) -> tuple[str, ...]:
    """List the codes of reasons that belong to an act; none means it needs no reason.

    Source: referral code lists, refusal reasons; docs/decisions/referrals.md.
    """
    return tuple(row["code"] for row in read("reasons")["reasons"] if row["verb"] == verb)


def reason_fits(verb: Verb, *, reason: str = "", expected_on: date | None = None) -> Decision:
    """Say whether an act brings the reason or date it needs, by code and never by free text.

    Source: referral code lists, rule 'the recipient answers by code'.
    """
    known = reasons(verb)
    if known and not reason:
        return Decision.no(Because.REASON_NEEDED)
    if known and reason not in known:
        return Decision.no(Because.REASON_NOT_YOURS)
    if verb is Verb.WAITLIST and expected_on is None:
        return Decision.no(Because.DATE_NEEDED)
    return Decision.yes()


def tries_suffice(acts: Iterable[Act], *, zone: tzinfo = ZONE) -> Decision:
    """Say whether 'not reached' may be recorded: tries on three different days where they work.

    Source: referral code lists, NO_CONTACT 'after three safe tries'; days as FUR_NOT_REACHED.
    """
    days = {act.at.astimezone(zone).date() for act in acts if act.verb is Verb.TRY_CONTACT}
    return Decision.yes() if len(days) >= LEAST_TRIES else Decision.no(Because.TOO_FEW_TRIES)
