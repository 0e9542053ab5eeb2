"""How a consent is written into a record and read back."""

from datetime import date, datetime
from enum import Enum
from uuid import UUID

from suar.consent.terms import ConsentFacts, Field, Proposal, Purpose, RecipientKind
from suar.consent.terms.never import NeverKind, NeverTell
from suar.core import clock


def field_name(consent: UUID) -> str:
    """Name the value of a record that holds this consent."""
    return f"consent-{consent}"


def withdrawal_name(consent: UUID) -> str:
    """Name the value of a record that holds why this consent was taken back."""
    return f"withdrawal-{consent}"


def written(proposal: Proposal) -> dict:
    """Write every answer of a consent; dates in ISO form, codes as they are, sets sorted."""
    child = proposal.child
    plain = {name: getattr(proposal, name) for name in Proposal.__dataclass_fields__ if name not in ("child", "fields")}
    return {
        **{name: _plain(value) for name, value in plain.items()},
        "fields": sorted(proposal.fields),
        "child": {name: _plain(getattr(child, name)) for name in type(child).__dataclass_fields__} if child else None,
    }


def facts_from(
    content: dict,
    *,
    given_at: datetime,
    withdrawals: tuple[datetime, ...],
    over_at: datetime | None,
) -> ConsentFacts:
    """Read a written consent back as the facts rules work on."""
    return ConsentFacts(
        recipient=UUID(content["recipient"]),
        recipient_kind=RecipientKind(content["recipient_kind"]),
        purpose=Purpose(content["purpose"]),
        fields=frozenset(Field(each) for each in content["fields"]),
        given_at=given_at,
        ends_on=date.fromisoformat(content["ends_on"]),
        withdrawals=withdrawals,
        status_required=bool(content.get("status_required")),
        over_at=over_at,
        zone=clock.LOCAL,
    )


def narrowed(content: dict, facts: ConsentFacts, *, by: UUID, at: datetime) -> dict:
    """Write a consent that became smaller; what it was before stays in its history."""
    before = {
        "fields": content["fields"],
        "ends_on": content["ends_on"],
        "by": str(by),
        "at": at.isoformat(),
    }
    return {
        **content,
        "fields": sorted(facts.fields),
        "ends_on": str(facts.ends_on),
        "narrowed": [*content.get("narrowed", []), before],
    }


def never_written(line: NeverTell) -> dict:
    """Write a line of the list of who must never know; what is not there is left out."""
    told = {name: _plain(getattr(line, name)) for name in NeverTell.__dataclass_fields__}
    return {name: value for name, value in told.items() if value not in (None, "")}


def never_read(told: dict) -> NeverTell:
    """Read a written line back."""
    ended_at, ended_by, ref = (told.get(name) for name in ("ended_at", "ended_by", "ref"))
    return NeverTell(
        id=UUID(told["id"]),
        kind=NeverKind(told["kind"]),
        ref=UUID(ref) if ref else None,
        words=told.get("words", ""),
        by=UUID(told["by"]),
        at=datetime.fromisoformat(told["at"]),
        ended_at=datetime.fromisoformat(ended_at) if ended_at else None,
        ended_by=UUID(ended_by) if ended_by else None,
        reason=told.get("reason", ""),
    )


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date | UUID):
        return str(value)
    return value
