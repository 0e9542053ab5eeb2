"""Rules of consent: what may be asked and recorded, what a consent covers, and who is excluded."""

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from suar.consent import codes
from suar.consent.wording import is_version
from suar.core.codes import read_data
from suar.core.decisions import Decision

ZONE: tzinfo = ZoneInfo("Asia/Jakarta")
"""The time zone of days, unless the facts name another place."""
MAX_MONTHS = 12
USUAL_DAYS = 90
"""The duration of a consent unless the person chooses another one; `MAX_MONTHS` is the longest."""
EVERY_KIND = "ALL"
_LIMITS = read_data("consent", "limits")
SAFETY_AND_NEEDS: Mapping[str, frozenset[str]] = {
    name: frozenset(_LIMITS["safety_and_needs"][name]) for name in ("fields", "kinds", "purposes")
}
"""Fields, kinds of recipient and purposes that stay possible when nobody can consent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFacts:
    """A consent and when it was withdrawn.

    `ends_on` is its last day in `zone`, unless it was ended earlier, at `ended_at`, because the
    referral ended. `withdrawn_at` has no default on purpose: the caller must have looked.
    """

    recipient: UUID
    recipient_kind: codes.RecipientKind
    purpose: codes.Purpose
    fields: frozenset[codes.Field]
    given_at: datetime
    ends_on: date
    withdrawn_at: datetime | None
    status_required: bool = False
    ended_at: datetime | None = None
    zone: tzinfo = ZONE

    @property
    def ends_at(self) -> datetime:
        """The first moment at which the consent is no longer valid."""
        agreed = datetime.combine(self.ends_on + timedelta(days=1), time.min, self.zone)
        return min(agreed, self.ended_at or agreed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildFacts:
    """Facts that matter for consent when the person is or may be a child."""

    age: codes.AgeStatus
    assent: bool = False
    guardian: codes.Guardian | None = None
    involvement: codes.Involvement = codes.Involvement.NOT_CHECKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A consent about to be recorded; None or empty means that it was not filled in.

    `sentence` was read, in `language`; `text_version` is the version of the texts around it.
    `status_required` means that the recipient cannot serve without the formal status.
    """

    recipient: UUID | None = None
    recipient_kind: codes.RecipientKind | None = None
    purpose: codes.Purpose | None = None
    fields: frozenset[codes.Field] = frozenset()
    ends_on: date | None = None
    how: codes.HowGiven | None = None
    language: str = ""
    interpretation: codes.Interpretation | None = None
    understood: bool = False
    informed_of_refusal: bool = False
    informed_of_withdrawal: bool = False
    child: ChildFacts | None = None
    by: UUID | None = None
    given_on: date | None = None
    text_version: int | None = None
    status_required: bool = False
    sentence: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """An entry of the exclusion list: who, by id or in words; who added it, and when it was removed.

    `ref` is a provider of the directory or a worker; None if the person was only described.
    """

    id: UUID
    kind: codes.ExclusionKind
    by: UUID
    at: datetime
    ref: UUID | None = None
    words: str = field(default="", repr=False)
    ended_at: datetime | None = None
    ended_by: UUID | None = None
    reason: str = field(default="", repr=False)

    @property
    def active(self) -> bool:
        """Return True while the entry is on the list."""
        return self.ended_at is None


# Scope of a consent


def covers(
    facts: ConsentFacts,
    *,
    recipient: UUID,
    purpose: codes.Purpose,
    fields: Collection[codes.Field],
    at: datetime,
) -> Decision:
    """Allow sharing these fields with this recipient for this purpose if the person consented to it.

    Source: referral code lists, rule 1; ethics rule 'purpose and recipient limits'.
    """
    return Decision.first_refusal(
        is_valid(facts, at=at),
        Decision.require(facts.recipient == recipient, "other_recipient"),
        Decision.require(facts.purpose == purpose, "other_purpose"),
        Decision.require(bool(fields), "nothing_asked"),
        Decision.require(covered_fields(facts, at=at).issuperset(fields), "field_not_covered"),
    )


def covered_fields(facts: ConsentFacts, *, at: datetime) -> frozenset[codes.Field]:
    """Return the fields that may be shared now: the consented ones, within what the kind may receive.

    Source: referral code lists, data groups by recipient kind.
    """
    if not is_valid(facts, at=at) or facts.purpose not in allowed_purposes(facts.recipient_kind):
        return frozenset()
    return facts.fields & allowed_fields(facts.recipient_kind, facts.purpose, status_required=facts.status_required)


def is_valid(facts: ConsentFacts, *, at: datetime) -> Decision:
    """Allow while the consent is valid: given, not ended, not withdrawn.

    Source: referral text 5.3, 'withdrawal stops sending at once'.
    """
    return Decision.first_refusal(
        Decision.require(facts.withdrawn_at is None or at < facts.withdrawn_at, "withdrawn"),
        Decision.require(facts.given_at <= at, "not_given_yet"),
        Decision.require(at < facts.ends_at, "ended"),
    )


def may_withdraw(facts: ConsentFacts, *, at: datetime) -> Decision:
    """Allow withdrawing until the agreed last day, also after the referral has ended.

    Then nothing more can be closed, but the receiver is asked to delete what they copied.
    Source: docs/decisions/consent.md; referral text 5.3, a withdrawal tells recipients.
    """
    return is_valid(replace(facts, ended_at=None), at=at)


def may_narrow(facts: ConsentFacts, *, fields: frozenset[codes.Field], ends_on: date | None = None) -> Decision:
    """Allow fewer fields or an earlier end; never more, never nothing.

    Source: own design, docs/decisions/consent.md.
    """
    return Decision.first_refusal(
        Decision.require(bool(fields), "nothing_left"),
        Decision.require(fields <= facts.fields, "wider"),
        Decision.require(ends_on is None or ends_on <= facts.ends_on, "wider"),
    )


def narrow(facts: ConsentFacts, *, fields: frozenset[codes.Field], ends_on: date | None = None) -> ConsentFacts:
    """Return the reduced consent; by construction it cannot come out wider.

    Source: own design, docs/decisions/consent.md.
    """
    return replace(facts, fields=facts.fields & fields, ends_on=min(ends_on or facts.ends_on, facts.ends_on))


def may_end_on(ends_on: date, *, today: date) -> Decision:
    """Allow today or later as the last day of a consent.

    Source: referral code lists, CF_UNTIL.
    """
    return Decision.require(ends_on >= today, "end_in_the_past")


# Limits: by kind of recipient, by purpose, and for how long


def allowed_fields(
    kind: codes.RecipientKind, purpose: codes.Purpose, *, status_required: bool = False
) -> frozenset[codes.Field]:
    """Return the fields that this kind of recipient may receive for this purpose with consent.

    Few kinds receive a date of birth; all others get an age group. The formal status goes only
    where the recipient cannot serve without it.
    Source: referral code lists, data groups by recipient kind; docs/decisions/consent.md.
    """
    never = codes.PURPOSES[purpose]["never"]
    return frozenset(
        field
        for field in codes.Field
        if field not in never
        and {EVERY_KIND, kind} & set(codes.FIELDS[field]["kinds"])
        and (status_required or not codes.FIELDS[field]["only_if_required"])
    )


def allowed_purposes(kind: codes.RecipientKind) -> tuple[codes.Purpose, ...]:
    """Return the purposes for which this kind of recipient may be asked.

    Help, a formal decision and a criminal report never share a recipient's consent.
    Source: referral code lists, PU_CRIMINAL 'separate from all help'.
    """
    return tuple(purpose for purpose in codes.Purpose if kind in codes.PURPOSES[purpose]["kinds"])


def minimum_fields(purpose: codes.Purpose, kind: codes.RecipientKind) -> tuple[codes.Field, ...]:
    """Return the minimum that is proposed before the person changes it, in spoken order.

    Source: own design, docs/decisions/consent.md, the smallest set.
    """
    table = _LIMITS["smallest"]
    least = set(table["purposes"][purpose])
    if purpose in table["adds_for"]:
        least.update(name for row in table["adds"] if row["kind"] == kind for name in row["fields"])
    allowed = allowed_fields(kind, purpose)
    return tuple(field for field in codes.Field if field in least and field in allowed)


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of that month.

    Source: calendar.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


# Recording a consent


def may_record(proposal: Proposal, *, today: date | None = None) -> Decision:
    """Allow recording a complete consent within its limits; `because` is a code of Required or of refusals.json.

    With `today`, a consent with a later date is refused too.
    Source: referral code lists, the eleven consent fields and CF_UNTIL.
    """
    absent = missing_parts(proposal)
    return Decision.refuse(absent[0]) if absent else _within_limits(proposal, today)


def missing_parts(proposal: Proposal) -> tuple[codes.Required, ...]:
    """Return the parts that are not filled in yet, in the order in which they are asked.

    Source: referral code lists, 'needed on each consent record'.
    """
    values = {
        codes.Required.WHO: proposal.recipient and proposal.recipient_kind,
        codes.Required.WHY: proposal.purpose,
        codes.Required.WHAT: proposal.fields,
        codes.Required.UNTIL: proposal.ends_on,
        codes.Required.HOW: proposal.how,
        codes.Required.LANGUAGE: proposal.language.strip() and proposal.interpretation,
        codes.Required.UNDERSTOOD: proposal.understood,
        codes.Required.ALTERNATIVE: proposal.informed_of_refusal,
        codes.Required.CHILD: proposal.child,
        codes.Required.WITHDRAW: proposal.informed_of_withdrawal,
        codes.Required.BY: proposal.by and proposal.given_on and proposal.text_version,
    }
    return tuple(code for code, value in values.items() if not value)


def on_child_path(age: codes.AgeStatus) -> bool:
    """Return True for anybody who is, or may be, under eighteen.

    Source: identification text 2.8, 'may be a child -> child path'.
    """
    return age is not codes.AgeStatus.ADULT


def may_contact_guardian(involvement: codes.Involvement) -> Decision:
    """Allow asking or informing a parent or guardian who had no part in the harm.

    Source: own design, docs/decisions/consent.md, children.
    """
    return {
        codes.Involvement.NO_SIGN: Decision.allow(),
        codes.Involvement.POSSIBLE: Decision.refuse("guardian_may_be_involved"),
        codes.Involvement.NOT_CHECKED: Decision.refuse("guardian_not_checked"),
    }[involvement]


def _within_limits(proposal: Proposal, today: date | None) -> Decision:
    """Check a complete proposal."""
    kind, purpose = cast(codes.RecipientKind, proposal.recipient_kind), cast(codes.Purpose, proposal.purpose)
    given_on, ends_on = cast(date, proposal.given_on), cast(date, proposal.ends_on)
    child, required = cast(ChildFacts, proposal.child), proposal.status_required
    for_kind = allowed_fields(kind, codes.Purpose.SERVICE, status_required=required)
    allowed = allowed_fields(kind, purpose, status_required=required)
    return Decision.first_refusal(
        Decision.require(purpose in allowed_purposes(kind), "purpose_not_for_recipient"),
        Decision.require(proposal.fields <= for_kind, "field_not_for_recipient"),
        Decision.require(proposal.fields <= allowed, "field_not_for_purpose"),
        Decision.require(today is None or given_on <= today, "given_in_the_future"),
        Decision.require(ends_on >= (today or given_on), "end_in_the_past"),
        Decision.require(ends_on <= add_months(given_on, MAX_MONTHS), "end_too_far"),
        Decision.require(is_version(proposal.text_version), "unknown_text"),
        _guardian(proposal, child),
    )


def _guardian(proposal: Proposal, child: ChildFacts) -> Decision:
    """Require a child and an uninvolved guardian to agree; otherwise allow safety and needs only. An adult has none."""
    if not on_child_path(child.age):
        by_guardian = proposal.how is codes.HowGiven.GUARDIAN or child.guardian is not None
        return Decision.require(not by_guardian, "guardian_not_needed")
    if not child.assent:
        return Decision.refuse("no_assent")
    was_asked = child.guardian in (codes.Guardian.CONSENTED, codes.Guardian.REFUSED)
    if was_asked and not may_contact_guardian(child.involvement):
        return may_contact_guardian(child.involvement)
    if child.guardian in (codes.Guardian.CONSENTED, codes.Guardian.INDEPENDENT_CONSENTED):
        return Decision.allow()
    if child.guardian is codes.Guardian.REFUSED:
        return Decision.refuse("guardian_refused")
    if child.guardian is None or proposal.how is codes.HowGiven.GUARDIAN:
        return Decision.refuse(codes.Required.CHILD)
    only_safety_and_needs = (
        proposal.fields <= SAFETY_AND_NEEDS["fields"]
        and proposal.recipient_kind in SAFETY_AND_NEEDS["kinds"]
        and proposal.purpose in SAFETY_AND_NEEDS["purposes"]
    )
    return Decision.require(only_safety_and_needs, "only_safety_and_needs")


# The exclusion list: no consent goes past it


def may_learn(excluded: Collection[UUID], known_as: Iterable[UUID | None]) -> Decision:
    """Allow telling somebody of a person if no id they are known by is excluded.

    `known_as` is every id of the one who would learn: the service, the organisation that offers
    it, its account here, the worker. One excluded id is enough to refuse.
    Source: security.md T3; docs/decisions/exclusions.md.
    """
    clear = set(excluded).isdisjoint(ident for ident in known_as if ident is not None)
    return Decision.require(clear, "never_tell")


def excluded_ids(entries: Iterable[Exclusion], *kinds: codes.ExclusionKind) -> frozenset[UUID]:
    """Return the ids that active entries exclude, of all kinds if none is named.

    Source: own design, docs/decisions/exclusions.md.
    """
    wanted = kinds or tuple(codes.ExclusionKind)
    return frozenset(entry.ref for entry in entries if entry.active and entry.ref and entry.kind in wanted)


def may_exclude(entry: Exclusion) -> Decision:
    """Allow an entry that says who, and that does not name its author.

    An organisation or a colleague is named by id alone, anybody else by words alone. A worker
    cannot exclude themselves: a colleague takes the record over first.
    Source: own design, docs/decisions/exclusions.md.
    """
    by_words = entry.kind is codes.ExclusionKind.WORDS
    if (entry.ref is None) is not by_words or bool(entry.words.strip()) is not by_words:
        return Decision.refuse("nobody_named")
    return Decision.require(entry.ref != entry.by, "not_yourself")


def same_exclusion(one: Exclusion, other: Exclusion) -> bool:
    """Return True if two entries exclude the same organisation or worker, or somebody in the same words.

    Source: own design, docs/decisions/exclusions.md.
    """
    if one.ref or other.ref:
        return (one.kind, one.ref) == (other.kind, other.ref)
    return one.words.strip().casefold() == other.words.strip().casefold()
