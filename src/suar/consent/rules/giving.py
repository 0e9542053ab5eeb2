"""Whether a consent may be recorded: complete, within limits, and a child's with care."""

from datetime import date
from typing import cast

from suar.consent.rules.limits import (
    allowed_fields,
    allowed_purposes,
    latest_end,
    safety_and_needs,
)
from suar.consent.rules.texts import is_version
from suar.consent.terms import (
    AgeStatus,
    Because,
    ChildFacts,
    Guardian,
    HowGiven,
    Involvement,
    Proposal,
    Purpose,
    RecipientKind,
    Required,
)
from suar.core.decisions import Decision


def may_give(proposal: Proposal, *, today: date | None = None) -> Decision:
    """Say whether this consent may be recorded; `because` is a code of Required or Because.

    With `today` a consent dated later than that is refused too.
    Source: referral code lists, the eleven consent fields and CF_UNTIL.
    """
    absent = missing(proposal)
    if absent:
        return Decision.no(absent[0])
    return _fits(proposal, today)


def missing(proposal: Proposal) -> tuple[Required, ...]:
    """List what is not filled in yet, in the order it is asked.

    Source: referral code lists, 'needed on each consent record'.
    """
    there = {
        Required.WHO: proposal.recipient and proposal.recipient_kind,
        Required.WHY: proposal.purpose,
        Required.WHAT: proposal.fields,
        Required.UNTIL: proposal.ends_on,
        Required.HOW: proposal.how,
        Required.LANGUAGE: proposal.language.strip() and proposal.interpretation,
        Required.UNDERSTOOD: proposal.said_back,
        Required.ALTERNATIVE: proposal.told_of_refusal,
        Required.CHILD: proposal.child,
        Required.WITHDRAW: proposal.told_of_withdrawal,
        Required.BY: proposal.by and proposal.given_on and proposal.text_version,
    }
    return tuple(code for code, value in there.items() if not value)


def on_child_path(age: AgeStatus) -> bool:
    """Say whether the child path holds: for whoever is, or may be, under eighteen.

    Source: identification text 2.8, 'may be a child -> child path'.
    """
    return age is not AgeStatus.ADULT


def may_contact_guardian(involvement: Involvement) -> Decision:
    """Say whether a parent or guardian may be asked, or told by any notice.

    Source: own design, docs/decisions/0007-consent.md, children.
    """
    return {
        Involvement.NO_SIGN: Decision.yes(),
        Involvement.POSSIBLE: Decision.no(Because.GUARDIAN_MAY_BE_INVOLVED),
        Involvement.NOT_CHECKED: Decision.no(Because.GUARDIAN_NOT_CHECKED),
    }[involvement]


def _fits(proposal: Proposal, today: date | None) -> Decision:
    """Check a proposal of which `missing` has found nothing absent."""
    kind, purpose = cast(RecipientKind, proposal.recipient_kind), cast(Purpose, proposal.purpose)
    given_on, ends_on = cast(date, proposal.given_on), cast(date, proposal.ends_on)
    child = cast(ChildFacts, proposal.child)
    return Decision.first_refusal(
        _or_no(purpose in allowed_purposes(kind), Because.PURPOSE_NOT_FOR_RECIPIENT),
        _fields_fit(proposal, kind, purpose),
        _or_no(today is None or given_on <= today, Because.GIVEN_IN_THE_FUTURE),
        _or_no(ends_on >= (today or given_on), Because.END_IN_THE_PAST),
        _or_no(ends_on <= latest_end(given_on), Because.END_TOO_FAR),
        _or_no(is_version(proposal.text_version), Because.UNKNOWN_TEXT),
        _adult(proposal, child) if not on_child_path(child.age) else _child(proposal, child),
    )


def _fields_fit(proposal: Proposal, kind: RecipientKind, purpose: Purpose) -> Decision:
    required = proposal.status_required
    for_kind = allowed_fields(kind, Purpose.SERVICE, status_required=required)
    allowed = allowed_fields(kind, purpose, status_required=required)
    return Decision.first_refusal(
        _or_no(proposal.fields <= for_kind, Because.FIELD_NOT_FOR_RECIPIENT),
        _or_no(proposal.fields <= allowed, Because.FIELD_NOT_FOR_PURPOSE),
    )


def _adult(proposal: Proposal, child: ChildFacts) -> Decision:
    by_guardian = proposal.how is HowGiven.GUARDIAN or child.guardian is not None
    return _or_no(not by_guardian, Because.GUARDIAN_NOT_NEEDED)


def _child(proposal: Proposal, child: ChildFacts) -> Decision:
    """A child says yes too, and a guardian who had no part in it; else safety and needs only."""
    return Decision.first_refusal(_or_no(child.assent, Because.NO_ASSENT), _guardian(proposal, child))


def _guardian(proposal: Proposal, child: ChildFacts) -> Decision:
    asked = child.guardian in (Guardian.CONSENTED, Guardian.REFUSED)
    if asked and not may_contact_guardian(child.involvement):
        return may_contact_guardian(child.involvement)
    if child.guardian in (Guardian.CONSENTED, Guardian.INDEPENDENT_CONSENTED):
        return Decision.yes()
    if child.guardian is Guardian.REFUSED:
        return Decision.no(Because.GUARDIAN_REFUSED)
    if child.guardian is None or proposal.how is HowGiven.GUARDIAN:
        return Decision.no(Required.CHILD)
    return _or_no(_is_safety_and_needs(proposal), Because.ONLY_SAFETY_AND_NEEDS)


def _is_safety_and_needs(proposal: Proposal) -> bool:
    least = safety_and_needs()
    return (
        proposal.fields <= least["fields"]
        and proposal.recipient_kind in least["kinds"]
        and proposal.purpose in least["purposes"]
    )


def _or_no(holds: bool, because: Because) -> Decision:  # noqa: FBT001 - the fact itself
    return Decision.yes() if holds else Decision.no(because)
