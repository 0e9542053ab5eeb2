"""Talks not finished, and what talks found, for other stages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from suar.accounts.terms import Viewer
from suar.kernel.refusals import NotYours
from suar.screening.models import Talk
from suar.screening.terms import Outcome, Step
from suar.vault.keyring import OpenRecord
from suar.vault.terms import Compartment


@dataclass(frozen=True, slots=True)
class OpenTalk:
    """A talk not finished; plain columns only."""

    record: UUID
    author: UUID
    instrument: str
    version: int
    step: Step
    started_at: datetime
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """What one talk found: the action it asks for, and why."""

    at: datetime
    by: UUID
    outcome: Outcome
    reason: dict
    second_reading: bool
    stopped_by: str | None


def open_talks(viewer: Viewer) -> list[OpenTalk]:
    """List the viewer's own talks that are not finished, newest first."""
    rows = Talk.objects.filter(author=viewer.worker, ended_at=None).order_by("-saved_at")
    return [_open(row) for row in rows]


def talk_of(record: UUID) -> OpenTalk:
    """Give a talk not finished; raises NotYours when it is absent or has ended."""
    row = Talk.objects.filter(record=record, ended_at=None).first()
    if row is None:
        raise NotYours
    return _open(row)


def findings(record: OpenRecord) -> Sequence[Finding]:
    """Give what all talks with a person found, newest first; earlier ones are never changed."""
    kept = (record.read(Compartment.CODED, "findings") or {"list": []})["list"]
    return [
        Finding(
            datetime.fromisoformat(each["at"]), UUID(each["by"]), Outcome(each["outcome"]),
            each.get("reason") or {}, bool(each.get("second_reading")), each.get("stopped_by"),
        )
        for each in kept
    ]  # fmt: skip


def _open(row: Talk) -> OpenTalk:
    return OpenTalk(
        row.record, row.author, row.instrument, row.version, Step(row.step),
        row.started_at, row.saved_at,
    )  # fmt: skip
