"""How consents and the exclusion list are stored in a record, and read back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from suar.consent.codes import ExclusionKind, Field, Purpose, RecipientKind
from suar.consent.rules import ConsentFacts, Exclusion, Proposal
from suar.core import clock

EXCLUSIONS = "never_tell"


def consent_name(consent: UUID) -> str:
    """Return the name of the sealed value that holds this consent."""
    return f"consent-{consent}"


def withdrawal_name(consent: UUID) -> str:
    """Return the name of the sealed value that holds why this consent was withdrawn."""
    return f"withdrawal-{consent}"


def consent_content(proposal: Proposal) -> dict[str, Any]:
    """Return every answer of a consent as JSON values."""
    answers = asdict(proposal)
    child = answers.pop("child")
    return {
        **_as_json(answers),
        "fields": sorted(proposal.fields),
        "child": _as_json(child) if child else None,
    }


def consent_facts(
    content: Mapping[str, Any],
    *,
    given_at: datetime,
    withdrawals: tuple[datetime, ...],
    ended_at: datetime | None,
) -> ConsentFacts:
    """Read a stored consent as the facts on which rules decide."""
    return ConsentFacts(
        recipient=UUID(content["recipient"]),
        recipient_kind=RecipientKind(content["recipient_kind"]),
        purpose=Purpose(content["purpose"]),
        fields=frozenset(map(Field, content["fields"])),
        given_at=given_at,
        ends_on=date.fromisoformat(content["ends_on"]),
        withdrawals=withdrawals,
        status_required=bool(content.get("status_required")),
        ended_at=ended_at,
        zone=clock.LOCAL,
    )


def narrowed_content(content: Mapping[str, Any], facts: ConsentFacts, *, by: UUID, at: datetime) -> dict[str, Any]:
    """Return a reduced consent as JSON values; what it was before stays in its history."""
    before = {"fields": content["fields"], "ends_on": content["ends_on"], "by": str(by), "at": at.isoformat()}
    return {
        **content,
        "fields": sorted(facts.fields),
        "ends_on": str(facts.ends_on),
        "narrowed": [*content.get("narrowed", []), before],
    }


def exclusion_content(entry: Exclusion) -> dict[str, Any]:
    """Return an entry of the exclusion list as JSON values, without empty ones."""
    return {name: value for name, value in _as_json(asdict(entry)).items() if value not in (None, "")}


def read_exclusion(content: Mapping[str, Any]) -> Exclusion:
    """Read a stored entry of the exclusion list."""
    ended_at, ended_by, ref = (content.get(name) for name in ("ended_at", "ended_by", "ref"))
    return Exclusion(
        id=UUID(content["id"]),
        kind=ExclusionKind(content["kind"]),
        ref=UUID(ref) if ref else None,
        words=content.get("words", ""),
        by=UUID(content["by"]),
        at=datetime.fromisoformat(content["at"]),
        ended_at=datetime.fromisoformat(ended_at) if ended_at else None,
        ended_by=UUID(ended_by) if ended_by else None,
        reason=content.get("reason", ""),
    )


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    """Write dates in ISO form and ids as text."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
