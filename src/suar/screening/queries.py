"""Talks not finished, what ended ones left behind, and what talks found, for other stages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from suar.accounts.terms import Viewer
from suar.core.refusals import NotYours
from suar.db import kept
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment
from suar.screening.models import Talk
from suar.screening.terms import Outcome


@dataclass(frozen=True, slots=True)
class OpenTalk:
    """A talk not finished; plain columns only."""

    record: UUID
    author: UUID
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What an ended talk left behind, None while it goes on; and whom it practises with, or ""."""

    left: UUID | None
    practice: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one talk found: the action it asks for, and why.

    `words` are the worker's own, kept with the story, where there is one.
    """

    at: datetime
    by: UUID
    outcome: Outcome
    reason: str
    words: str
    second_reading: bool
    stopped_by: str | None


def open_talks(viewer: Viewer) -> list[OpenTalk]:
    """List the viewer's own talks that are not finished, newest first."""
    rows = Talk.objects.filter(author=viewer.worker, ended_at=None).order_by("-saved_at")
    return [OpenTalk(row.record, row.author, row.saved_at) for row in rows]


def begun_since(moment: datetime, *, viewer: Viewer) -> list[UUID]:
    """List the viewer's own open talks last saved after a moment, newest first."""
    return [each.record for each in open_talks(viewer) if each.saved_at > moment]


def has_practised(worker: UUID) -> bool:
    """Say whether a worker has finished a practice, or held a talk before."""
    ended = Talk.objects.filter(author=worker, ended_at__isnull=False)
    return ended.exclude(practice="", left=None).exists()


def standing(record: UUID) -> Standing:
    """Say how a talk stands, for a caller who can open it.

    Raises NotYours when there is no such talk, or it was destroyed.
    """
    row = _talks.one(record)
    if row is None or (row.ended_at and row.left is None):
        raise NotYours
    return Standing(row.left, row.practice)


@kept.rows
def _talks(record: UUID) -> QuerySet:
    return Talk.objects.filter(record=record)


def findings(record: OpenRecord) -> Sequence[Finding]:
    """Give what all talks with a person found, newest first; earlier ones are never changed."""
    found = (record.read(Compartment.CODED, "findings") or {"list": []})["list"]
    words = _words(record)
    return [
        Finding(
            datetime.fromisoformat(each["at"]),
            UUID(each["by"]),
            Outcome(each["outcome"]),
            each.get("reason", ""),
            words.get(each["at"], ""),
            bool(each.get("second_reading")),
            each.get("stopped_by"),
        )
        for each in found
    ]


def _words(record: OpenRecord) -> dict[str, str]:
    """Give what the worker wrote as a reason, by the moment of its talk."""
    if not record.may(Compartment.NARRATIVE):
        return {}
    said = (record.read(Compartment.NARRATIVE, "reasons") or {"list": []})["list"]
    return {each["at"]: each["text"] for each in said}
