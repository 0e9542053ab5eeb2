"""Second opinions within a team about outcomes that are lower than the signs suggest.

The reader sees codes and a reason, no name and no words of the talk. The outcome is valid meanwhile.
Source: subject knowledge 2.6; docs/decisions/second-opinions.md.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.codes import KeyKind
from suar.accounts.keys import Keys
from suar.accounts.roles import ROLES, Permission, Viewer
from suar.audit import actions as audit
from suar.consent.codes import ExclusionKind
from suar.consent.exclusions import NewExclusion
from suar.core.codes import code_list
from suar.core.refusals import get_or_refuse
from suar.crypto import values
from suar.crypto.pairs import seal_to
from suar.records import queries as records
from suar.records.keyring import OpenRecord
from suar.screening import opinion_packets, policy, queries
from suar.screening.documents import Finding
from suar.screening.models import Reading
from suar.screening.rules.instrument import instrument
from suar.screening.wording import code_words

NOT_KNOWN = {"UNKNOWN": "ELEMENT_UNKNOWN"}
"""The wording of an element's value; UNKNOWN alone is an answer."""
ASKED_WITH = timedelta(seconds=5)
"""An opinion is asked for when the talk ends; earlier versions noted the two times one after the other."""
NOT_FOR_READERS = {"by", "at", "second_reading", "partners_excluded"}


def request_opinion(left: UUID, finding: Finding, *, by: UUID, at: datetime) -> None:
    """Ask the team for a second opinion if a finding needs one; ask nobody about a restricted record.

    A request that waits for an answer ends if the person excluded somebody and only codes are stored.
    """
    if finding.partners_excluded and not finding.second_reading:
        cancel(left, by=by, at=at)
    record = records.facts(left)
    if record.restricted or not finding.second_reading:
        return
    [(key, public)] = accounts.keys_to_seal_to([("team", record.team)], organisation=record.organisation)
    codes = finding.model_dump(mode="json", exclude=NOT_FOR_READERS, exclude_none=True)
    Reading.objects.create(
        left=left,
        organisation=record.organisation,
        team=record.team,
        author=by,
        asked_at=at,
        key=key,
        sealed=seal(public, codes),
    )
    readers = notices.workers_with(Permission.SECOND_READ, organisation=record.organisation)
    notices.notify(set(readers) - {by}, at=at)
    audit.record("ask_second_reading", by=by, at=at, about=[left])


def without_excluded(finding: Finding, added: Collection[NewExclusion], *, before: Collection[Finding]) -> Finding:
    """Return a finding marked so that no excluded reader is asked; without a name no exclusion list is stored.

    No partner is asked, and no colleague either if the person excluded more than organisations, now or `before`.
    """
    colleagues = any(new.kind is not ExclusionKind.ORGANISATION for new in added)
    update: dict[str, bool] = {"partners_excluded": True} if added else {}
    if colleagues or any(earlier.partners_excluded for earlier in before):
        update["second_reading"] = False
    return finding.model_copy(update=update)


def waiting(viewer: Viewer) -> QuerySet[Reading]:
    """Return the requests that a viewer may answer, oldest first: of their teams, not their own."""
    if not viewer.may(Permission.SECOND_READ):
        return Reading.objects.none()
    rows = Reading.objects.filter(team__in=viewer.teams, read_at=None)
    return rows.exclude(author=viewer.worker).order_by("asked_at")


def list_read(viewer: Viewer, *, since: datetime, most: int = 10) -> list[tuple[UUID, datetime]]:
    """Return record and time of the second opinions about the viewer's own talks, newest first.

    The caller checks access to the records.
    """
    rows = Reading.objects.filter(author=viewer.worker, read_at__gte=since).order_by("-read_at")
    return [(row.left, row.read_at) for row in rows[:most] if row.read_at]


def unread_by_month(viewer: Viewer) -> list[tuple[datetime, int]]:
    """Count the unanswered requests for each month, newest first."""
    rows = Reading.objects.filter(team__in=viewer.leads, read_at=None).annotate(month=TruncMonth("asked_at"))
    return list(rows.values_list("month").annotate(requests=Count("id")).order_by("-month"))


def open_codes(reading: UUID, *, viewer: Viewer, keys: Keys) -> dict[str, Any]:
    """Decrypt the codes of a request; raise NotYours for its author or another team, Refused if it was answered."""
    row = _row(reading, viewer)
    keys.opened.append(row.left)
    return _unseal(keys, row.key, row.sealed)


def codes_context(codes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the template context of the codes of a finding or of a partner's packet.

    A finding lists its signs by question, a packet lists them alone.
    """
    code, _, version = (codes.get("form") or codes.get("instrument", "")).rpartition("-")
    signs: list[str] = []
    for part in (codes.get("signs", ()), codes.get("seen", ()), codes.get("reported", ())):
        signs += chain.from_iterable(part.values()) if isinstance(part, Mapping) else part
    elements = {name: NOT_KNOWN.get(value, value) for name, value in codes.get("elements", {}).items()}
    codes = {**codes, "elements": elements}
    return {"talk": instrument(code, int(version)) if code else instrument(), "codes": codes, "signs": signs}


@act("second_reading", needs=Permission.SECOND_READ)
def store_answer(reading: UUID, answer: str, *, by: Acting) -> None:
    """Store a second opinion; the outcome does not change."""
    row = _row(reading, by.viewer, lock=True)
    by.entry.about.append(row.left)
    [public] = accounts.publics_of([row.key], organisation=row.organisation).values()
    row.answer, row.read_at, row.read_by = seal(public, {"answer": answer}), by.at, by.worker
    row.save(update_fields=["answer", "read_at", "read_by"])
    opinion_packets.close_about(row.left, by=by.worker, at=by.at)
    if answer != "AGREES":
        notices.notify([row.author], at=by.at)


def cancel(left: UUID, *, by: UUID, at: datetime) -> None:
    """Cancel open requests about a record that is now restricted."""
    opinion_packets.close_about(left, by=by, at=at)
    Reading.objects.filter(left=left, read_at=None).delete()


def destroy_about(left: UUID, *, at: datetime) -> None:
    """Delete all second opinions about a record that is erased; needs no keys."""
    opinion_packets.close_about(left, by=None, at=at)
    Reading.objects.filter(left=left).delete()


def finding_lines(record: OpenRecord, *, keys: Keys) -> list[dict[str, Any]]:
    """Return the outcomes of all talks with a person as texts, newest first, with what was recorded."""
    reasons = queries.reasons_in_words(record)
    return [
        {
            "at": finding.at,
            "by": finding.by,
            "outcome": queries.outcome_words(finding.outcome),
            "reason": reasons.get(finding.at) or code_words(instrument(), _reason(finding)),
            "second_reading": finding.second_reading,
            "second": read_opinion(record.id, asked_at=finding.at, keys=keys) if finding.second_reading else None,
            "codes": codes_context(finding.model_dump(mode="json", exclude_none=True)),
        }
        for finding in queries.findings(record)
    ]


def _reason(finding: Finding) -> str:
    """Return the code of the reason; a stop rule says more than the default one."""
    is_default = finding.stopped_by and finding.reason in policy.DEFAULT_REASONS.values()
    return (finding.stopped_by if is_default else finding.reason) or ""


def read_opinion(left: UUID, *, asked_at: datetime, keys: Keys) -> dict[str, Any] | None:
    """Return the second opinion about an outcome of a record as texts, or None if there is none.

    A reader of a partner organisation is named by role and organisation. Their opinion has a reason and free text.
    """
    period = (asked_at - ASKED_WITH, asked_at + ASKED_WITH)
    row = Reading.objects.filter(left=left, asked_at__range=period, read_at__isnull=False).first()
    if row is None or row.answer is None or row.key not in {key.id for key in keys.list_keys(KeyKind.TEAM)}:
        return None
    stored = _unseal(keys, row.key, row.answer)
    if "house" not in stored:
        by = accounts.display_names([row.read_by]).get(row.read_by, "") if row.read_by else ""
        return {"by": by, "words": code_list("screening", "second_answers").label(stored["answer"])}
    organisation = UUID(stored["house"])
    name = accounts.organisation_names([organisation]).get(organisation, "")
    return {
        "by": f"{ROLES.label(stored['role'])}, {name}",
        "words": code_list("screening", "opinions").label(stored["answer"]),
        "reason": code_list("screening", "opinion_reasons").label(stored["reason"]),
        "free_words": stored["words"],
    }


def seal(public: bytes, content: Mapping[str, Any]) -> bytes:
    """Seal content to a key, padded so that its length says nothing."""
    return seal_to(public, values.pad(json.dumps(content).encode()))


def _unseal(keys: Keys, key: UUID, sealed: bytes | memoryview) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(values.unpad(keys.pair(key).open(bytes(sealed))))
    return content


def _row(reading: UUID, viewer: Viewer, *, lock: bool = False) -> Reading:
    rows = Reading.objects.filter(id=reading)
    row = get_or_refuse(rows.select_for_update() if lock else rows)
    policy.may_read_second(viewer, author=row.author, team=row.team, is_read=row.read_at is not None).enforce()
    return row
