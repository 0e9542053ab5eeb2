"""Rules of offers: what may be recorded together, and what a referral says about an offer. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Protocol

from suar.cases.codes import DECLINE_REASONS, OFFER_OUTCOMES, RECONTACT_WAYS, OfferOutcome
from suar.cases.documents.follow_ups import Offer
from suar.consent.codes import ContactRule
from suar.core.decisions import Decision
from suar.referrals.codes import Verb

MAX_REASONS = 3
SAFETY_REVIEW_WITHIN = timedelta(hours=24)
NO_REASON, PROVIDER_REFUSED, STILL_CONTROLLED = "DX_NO_REASON", "DS_PROVIDER_REFUSED", "DP_STILL_CONTROLLED"
ENDED_BY_PERSON = frozenset({"EE_PERSON_STOPPED", "EE_NOT_FITTING", "EE_UNSAFE", "EE_MOVED"})
DECLINES = frozenset({OfferOutcome.DECLINED, OfferOutcome.DECLINED_NOT_FREE})
TAKEN = frozenset({OfferOutcome.ACCEPTED, OfferOutcome.ACCEPTED_PARTLY})
BY_VERB: Mapping[str, OfferOutcome] = {
    verb: OfferOutcome(outcome.code) for outcome in OFFER_OUTCOMES.members for verb in outcome.get("verbs", ())
}
"""The outcome that the last act on a referral tells of, by its verb."""
TAKEN_BACK = frozenset({Verb.RECALL, Verb.REDIRECT, Verb.CLOSE_UNMET})


class Act(Protocol):
    """One act on a referral."""

    @property
    def verb(self) -> str: ...
    @property
    def reason(self) -> str: ...


def may_record_offer(offer: Offer, *, today: date, agreed_day: date | None = None) -> Decision:
    """Return whether an offer may be recorded; the `agreed_day` of an earlier version may be over.

    Source: decline-reasons.json, rules: reasons are optional, up to three, one of them main; a provider's refusal is
    never a decline; an offer is repeated only if the person agrees.
    """
    if offer.on > today:
        return Decision.refuse("in_the_future")
    again = _again_fits(offer.again_on, offer.recontact, after=today, agreed_day=agreed_day)
    return Decision.first_refusal(_reasons_fit(offer.outcome, offer.reasons), again)


def may_contact(way: str, *, unsafe: Collection[ContactRule]) -> bool:
    """Return True for a way to ask the person again that is safe for them.

    Source: own design after security.md 3.6; a condition on how to reach somebody binds everybody.
    """
    return RECONTACT_WAYS[way].get("not_if") not in unsafe


def asks_reason(outcome: str) -> bool:
    """Return True if the person decided, so that they may be asked why.

    Source: decline-reasons.json, 'asking for a reason is optional and asked once'.
    """
    return bool(OFFER_OUTCOMES[outcome]["asks_reason"])


def outcome_of_referral(acts: Sequence[Act], *, late: bool) -> OfferOutcome | None:
    """Return the outcome of an offer that became a referral, from its acts, oldest first; None while it waits in time.

    The person accepted it when they consented. A provider's decision never counts as the person's decline or leaving.
    Source: decline-reasons.json, offer outcomes; docs/decisions/referrals.md.
    """
    verbs = [act.verb for act in acts]
    for act in reversed(acts):
        if act.verb == Verb.END_EARLY:
            return OfferOutcome.DROPPED_OUT if act.reason in ENDED_BY_PERSON else OfferOutcome.ACCEPTED
        if act.verb == Verb.WITHDRAW:
            return OfferOutcome.DROPPED_OUT if Verb.START in verbs else OfferOutcome.DECLINED
        if act.verb in BY_VERB:
            return BY_VERB[act.verb]
    return OfferOutcome.NO_REPLY if late or not TAKEN_BACK.isdisjoint(verbs) else None


def _reasons_fit(outcome: OfferOutcome, reasons: Sequence[str]) -> Decision:
    if PROVIDER_REFUSED in reasons:
        return Decision.refuse("provider_refused")
    if reasons and not asks_reason(outcome):
        return Decision.refuse("no_reason_here")
    if len(set(reasons)) < len(reasons) or (NO_REASON in reasons and len(reasons) > 1) or len(reasons) > MAX_REASONS:
        return Decision.refuse("reason_twice")
    if outcome is OfferOutcome.DECLINED and STILL_CONTROLLED in reasons:
        return Decision.refuse("not_free")
    unknown = [code for code in reasons if code not in DECLINE_REASONS]
    return Decision.require(not unknown, "reason_needed")


def _again_fits(again_on: date | None, recontact: str, *, after: date, agreed_day: date | None) -> Decision:
    if again_on is None:
        return Decision.allow()
    if recontact not in RECONTACT_WAYS or not RECONTACT_WAYS[recontact].get("agrees"):
        return Decision.refuse("again_not_agreed")
    in_time = again_on > after or again_on == agreed_day
    return Decision.require(in_time, "new_date_needed")
