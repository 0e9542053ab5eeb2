"""What a given consent covers, and until when; a withdrawal counts at once."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from suar.consent.rules.limits import allowed_fields, allowed_purposes, safety_and_needs
from suar.consent.terms import Because, ConsentFacts, DutyFacts, Field, LegalBasis, Purpose
from suar.core.decisions import Decision

DUTY_HOLDS = timedelta(days=7)
SUPERVISOR_WITHIN = timedelta(hours=24)


def covers(
    facts: ConsentFacts,
    *,
    recipient: UUID,
    purpose: Purpose,
    fields: Collection[Field],
    at: datetime,
) -> Decision:
    """Say whether the person said yes to telling this recipient these fields for this purpose.

    Source: referral code lists, rule 1; ethics rule 'purpose and recipient limits'.
    """
    return Decision.first_refusal(
        is_open(facts, at=at),
        _or_no(facts.recipient == recipient, Because.OTHER_RECIPIENT),
        _or_no(facts.purpose == purpose, Because.OTHER_PURPOSE),
        _or_no(bool(fields), Because.NOTHING_ASKED),
        _or_no(covered_fields(facts, at=at).issuperset(fields), Because.FIELD_NOT_COVERED),
    )


def covered_fields(facts: ConsentFacts, *, at: datetime) -> frozenset[Field]:
    """Give exactly what may be told now: the consented fields, within what the kind may get.

    Source: referral code lists, data groups by recipient kind.
    """
    if not is_open(facts, at=at) or facts.purpose not in allowed_purposes(facts.recipient_kind):
        return frozenset()
    return facts.fields & allowed_fields(facts.recipient_kind, facts.purpose, status_required=facts.status_required)


def is_open(facts: ConsentFacts, *, at: datetime) -> Decision:
    """Say whether a consent holds at this moment: given, not ended, not withdrawn.

    Source: referral text 5.3, 'withdrawal stops sending at once'.
    """
    return Decision.first_refusal(
        _or_no(all(at < taken_back for taken_back in facts.withdrawals), Because.WITHDRAWN),
        _or_no(facts.given_at <= at, Because.NOT_GIVEN_YET),
        _or_no(at < facts.ends_at, Because.ENDED),
    )


def may_be_taken_back(facts: ConsentFacts, *, at: datetime) -> Decision:
    """Say whether a person may still take this back: also when it is over before its last day.

    Then nothing more can close, and its receiver is asked to delete all the same.
    Source: docs/decisions/0012; referral text 5.3, a withdrawal tells recipients.
    """
    return is_open(replace(facts, over_at=None), at=at)


def narrow(facts: ConsentFacts, *, fields: frozenset[Field], ends_on: date | None = None) -> Decision:
    """Say whether a consent may become this: smaller or shorter, never larger, never empty.

    Source: own design, docs/decisions/0007-consent.md, narrowing.
    """
    return Decision.first_refusal(
        _or_no(bool(fields), Because.NOTHING_LEFT),
        _or_no(fields <= facts.fields, Because.WIDER),
        _or_no(ends_on is None or ends_on <= facts.ends_on, Because.WIDER),
    )


def narrowed(facts: ConsentFacts, *, fields: frozenset[Field], ends_on: date | None = None) -> ConsentFacts:
    """Give the consent with less; by construction it cannot come out wider.

    Source: own design, docs/decisions/0007-consent.md, narrowing.
    """
    ends_on = min(ends_on or facts.ends_on, facts.ends_on)
    return replace(facts, fields=facts.fields & fields, ends_on=ends_on)


def still_to_come(ends_on: date, *, today: date) -> Decision:
    """Say whether a day can be the last one of a consent: today or later.

    Source: referral code lists, CF_UNTIL.
    """
    return _or_no(ends_on >= today, Because.END_IN_THE_PAST)


def duty_covers(duty: DutyFacts, *, recipient: UUID, fields: Collection[Field], at: datetime) -> Decision:
    """Say whether the duty rule allows telling this without consent.

    Only for a threat to life or a child in danger, with a reason, the least, for seven days.
    Source: referral code lists, rule 2 (duty rule); docs/decisions/0007-consent.md.
    """
    least = safety_and_needs()
    may_get = allowed_fields(duty.recipient_kind, Purpose.PROTECT) & least["fields"]
    return Decision.first_refusal(
        _or_no(duty.basis is not LegalBasis.CONSENT, Because.NOT_A_DUTY),
        _or_no(bool(duty.reason.strip()), Because.NO_REASON),
        _or_no(duty.recipient == recipient, Because.OTHER_RECIPIENT),
        _or_no(duty.recipient_kind in least["kinds"], Because.PURPOSE_NOT_FOR_RECIPIENT),
        _or_no(duty.sent_at <= at < duty.sent_at + DUTY_HOLDS, Because.ENDED),
        _or_no(bool(fields), Because.NOTHING_ASKED),
        _or_no(duty.fields.issuperset(fields), Because.FIELD_NOT_COVERED),
        _or_no(may_get.issuperset(fields), Because.MORE_THAN_LEAST),
    )


def supervisor_told(duty: DutyFacts, *, at: datetime) -> Decision:
    """Say whether the supervisor was told in time, or still may be; help never waits for it.

    Source: referral code lists, rule 2, 'a supervisor told within 24 hours'.
    """
    told_at, by = duty.supervisor_told_at, duty.sent_at + SUPERVISOR_WITHIN
    return _or_no(at <= by if told_at is None else told_at <= by, Because.SUPERVISOR_NOT_TOLD)


def _or_no(holds: bool, because: Because) -> Decision:  # noqa: FBT001 - the fact itself
    return Decision.yes() if holds else Decision.no(because)
