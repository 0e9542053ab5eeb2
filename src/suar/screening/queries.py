"""Talks that are not finished, what ended talks left behind, and what they found, for other apps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from suar.accounts.roles import Viewer
from suar.core.refusals import NotYours
from suar.records import queries as vault
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment, Kind
from suar.screening import rules
from suar.screening.codes import Outcome
from suar.screening.documents import Finding, Findings, OutcomeReasons, TalkAnswers
from suar.screening.models import Talk
from suar.screening.rules.answers import Answers
from suar.screening.wording import code_words, say

MAX_UNREACHED = 100


@dataclass(frozen=True, slots=True)
class Unreached:
    """An ended talk about whose immediate need nobody has been contacted yet, and since when."""

    record: UUID
    since: date


def open_talks(viewer: Viewer) -> list[Talk]:
    """Return the viewer's own talks that are not finished, newest first."""
    return list(Talk.objects.filter(author=viewer.worker, ended_at=None).order_by("-saved_at"))


def begun_since(moment: datetime, *, viewer: Viewer) -> list[UUID]:
    """Return the viewer's own open talks last saved after a moment, newest first."""
    return [each.record for each in open_talks(viewer) if each.saved_at > moment]


def has_practised(worker: UUID) -> bool:
    """Return True if a worker has finished a practice, or held a talk before."""
    ended = Talk.objects.filter(author=worker, ended_at__isnull=False)
    return ended.exclude(practice="", left=None).exists()


def talk_of(record: UUID) -> Talk:
    """Return a talk, for a caller who can open it; raise NotYours if there is none or it was destroyed."""
    talk = Talk.objects.filter(record=record).first()
    if talk is None or (talk.ended_at and talk.left is None):
        raise NotYours
    return talk


def answers_of(record: OpenRecord) -> Answers:
    """Return the answers of a talk."""
    return (record.get(TalkAnswers) or TalkAnswers()).answers


def version_of(record: OpenRecord) -> int:
    """Return the version of the answers as they were read."""
    return record.version_of(TalkAnswers)


def findings(record: OpenRecord) -> Sequence[Finding]:
    """Return what all talks with a person found, newest first; earlier ones are never changed."""
    stored = record.get(Findings)
    return stored.entries if stored else ()


def reasons_in_words(record: OpenRecord) -> dict[datetime, str]:
    """Return what workers wrote as a reason, by the time of the finding; {} without the narrative."""
    stored = record.get(OutcomeReasons) if record.may(Compartment.NARRATIVE) else None
    return {each.at: each.text for each in stored.entries} if stored else {}


def outcome_words(outcome: Outcome) -> str:
    """Return an outcome as the action it asks for."""
    return say(rules.instrument().tables.outcomes[outcome].label)


def reason_words(code: str) -> str:
    """Return the wording of a reason that was tapped."""
    return code_words(rules.instrument(), code)


def unreached_of_worker(viewer: Viewer) -> list[Unreached]:
    """Return such talks of the viewer and of the teams they lead, newest first."""
    return _unreached(_due(viewer).filter(Q(assignee=viewer.worker) | Q(team__in=viewer.leads)))


def unreached_of_teams(viewer: Viewer) -> list[Unreached]:
    """Return whom nobody was reached for in the teams a viewer leads, newest first."""
    return _unreached(_due(viewer).filter(team__in=viewer.leads))


def is_unreached(record: UUID) -> bool:
    """Return True if somebody has to be reached yet, for a caller who can open what a talk left."""
    return vault.due_on(record) is not None


def _due(viewer: Viewer) -> QuerySet[Any]:
    return vault.visible(viewer, Kind.CODES).filter(next_due__isnull=False)


def _unreached(rows: QuerySet[Any]) -> list[Unreached]:
    found = rows.order_by("-next_due", "-id").values_list("id", "next_due")
    return [Unreached(*row) for row in found[:MAX_UNREACHED]]
