"""Queries of unfinished talks, findings, and records whose urgent needs are unmet."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from suar.accounts.keys import Keys
from suar.accounts.roles import Permission, Viewer
from suar.consent.documents import Account, SafeContact
from suar.core.refusals import NotYours
from suar.records import keyring
from suar.records import queries as records
from suar.records.keyring import OpenRecord
from suar.records.queries import NAMELESS
from suar.records.terms import TASK_PRIORITY, Compartment, Kind
from suar.screening.codes import Outcome
from suar.screening.documents import Finding, Findings, NextSteps, OutcomeReasons, TalkAnswers
from suar.screening.models import FINISH_WITHIN, QuestionDraft, Talk
from suar.screening.rules.answers import Answers
from suar.screening.rules.instrument import instrument
from suar.screening.rules.next_steps import FIXED, STEPS
from suar.screening.rules.note import answers_for_late_note
from suar.screening.rules.reference import settings
from suar.screening.wording import code_words, say

MAX_UNREACHED = 100


def open_talks(viewer: Viewer) -> QuerySet[Talk]:
    """Return the viewer's own talks that are not finished, newest first."""
    if not viewer.may(Permission.RUN_TALK):
        return Talk.objects.none()
    return Talk.objects.filter(author=viewer.worker, ended_at=None).order_by("-saved_at")


def talks_to_finish(viewer: Viewer, *, at: datetime) -> QuerySet[Talk]:
    """Return the viewer's own unfinished talks, and the late ones of the teams they lead, newest first.

    A late one may be about a child, and it is destroyed if nobody finishes it.
    """
    own_talks = open_talks(viewer)
    if not viewer.leads or not viewer.may(Permission.RUN_TALK):
        return own_talks
    led = records.visible(viewer, Kind.TALK).filter(team__in=viewer.leads).values("id")
    is_late = Q(record__in=led, practice="", saved_at__lt=at - FINISH_WITHIN)
    return Talk.objects.filter(Q(author=viewer.worker) | is_late, ended_at=None).order_by("-saved_at")


def has_practised(worker: UUID) -> bool:
    """Return True if the worker has finished a talk or a practice talk."""
    ended = Talk.objects.filter(author=worker, ended_at__isnull=False)
    return ended.exclude(practice="", left=None).exists()


def drafts_to_confirm(viewer: Viewer) -> QuerySet[QuestionDraft]:
    """Return the question drafts that this viewer may confirm as the second person."""
    if not viewer.may(Permission.EDIT_QUESTIONS):
        return QuestionDraft.objects.none()
    drafts = QuestionDraft.objects.filter(organisation=viewer.organisation)
    return drafts.exclude(made_by=viewer.worker).exclude(changed_by=viewer.worker)


def talk_of(record: UUID) -> Talk:
    """Return a talk, for a caller who can open it; raise NotYours if there is none or it was destroyed."""
    talk = Talk.objects.filter(record=record).first()
    if talk is None or (talk.ended_at and talk.left is None):
        raise NotYours
    return talk


def open_earlier(continues: UUID | None, *, keys: Keys) -> OpenRecord | None:
    """Return the record that a talk continues, or None if there is none or it cannot be opened any more."""
    with suppress(NotYours):
        return open_to_continue(continues, keys=keys) if continues else None
    return None


def has_contact(continues: UUID | None, *, keys: Keys) -> bool:
    """Return True if the person whom a talk continues with can be reached by what is stored."""
    earlier = open_earlier(continues, keys=keys)
    contact = earlier.get(SafeContact) if earlier is not None and earlier.facts.kind is Kind.PERSON else None
    return bool(contact and contact.phone)


def open_to_continue(record: UUID, *, keys: Keys) -> OpenRecord:
    """Return the record of an earlier talk or report, opened; raise NotYours for another one."""
    opened = keyring.open_record(record, keys=keys)
    if opened.facts.kind not in (Kind.PERSON, *NAMELESS):
        raise NotYours
    return opened


def answers_of(record: OpenRecord) -> Answers:
    """Return the answers of a talk."""
    return (record.get(TalkAnswers) or TalkAnswers()).answers


def version_of(record: OpenRecord) -> int:
    """Return the version of the answers when they were read."""
    return record.version_of(TalkAnswers)


def findings(record: OpenRecord) -> Sequence[Finding]:
    """Return the findings of all talks with a person, newest first."""
    return (record.get(Findings) or Findings()).entries


def may_be_child(record: OpenRecord) -> bool:
    """Return True if child protection is the next step after a talk that stored no name."""
    steps = (record.get(NextSteps) or NextSteps()).entries
    return bool(steps) and steps[-1].code in FIXED


def reasons_in_words(record: OpenRecord) -> dict[datetime, str]:
    """Return the free-text reasons by the time of the finding; {} without access to the narrative."""
    stored = record.get(OutcomeReasons) if record.may(Compartment.NARRATIVE) else None
    return {reason.at: reason.text for reason in stored.entries} if stored else {}


def late_note(record: OpenRecord, *, by: UUID) -> Answers | None:
    """Return the answers for a note of this worker about their newest talk, if nothing could be written down then."""
    newest = next(iter(findings(record)), None)
    if newest is None or newest.by != by or newest.written or not newest.instrument:
        return None
    signs = {**(newest.signs or {}), **(newest.seen or {})}
    return answers_for_late_note(newest.instrument, newest.stopped_by, newest.setting, newest.age_band, signs)


def account_text(record: OpenRecord) -> str:
    """Return what the person wants remembered, or "" without access to it."""
    account = record.get(Account) if record.may(Compartment.NARRATIVE) else None
    return account.text if account else ""


def outcome_words(outcome: Outcome) -> str:
    """Return an outcome as the action it asks for."""
    return say(instrument().tables.outcomes[outcome].label)


def due_without_name(due: Sequence[Any], viewer: Viewer) -> list[Any]:
    """Return the due records without a name of the viewer, of the teams they lead, and of their own talks.

    The author of a talk sees it also if a colleague owns the next step. `due`: the rows of `records.queries.due_by`.
    Each has `talked_at`, the end of the newest talk, so that two of them can be told apart.
    """
    rows = [row for row in due if row.kind in NAMELESS]
    if not rows:
        return []
    talks = Talk.objects.filter(left__in=[row.id for row in rows]).order_by("ended_at")
    ended = {talk.left: talk for talk in talks}
    own_records = {talk.left for talk in talks if talk.author == viewer.worker}
    for row in rows:
        row.talked_at = ended[row.id].ended_at if row.id in ended else None
    return [row for row in rows if row.assignee == viewer.worker or row.team in viewer.leads or row.id in own_records]


def follow_ups_without_name(viewer: Viewer, *, until: date) -> list[Any]:
    """Return the records without a name on which something is due until a day, as `due_without_name` does."""
    return due_without_name(list(records.due_by(viewer, until).filter(kind__in=NAMELESS)), viewer)


def entry_in_words(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Return place and most urgent need of a talk without a name, and its next step; "" for what is not in the entry.

    `entry`: the opened index entry, or {} if the viewer cannot open it.
    """
    talk, place = instrument(), settings().settings.get(entry.get("place", ""))
    need = next((code for code in entry.get("needs", ()) if code in talk.needs), "")
    about = filter(None, (say(place.label) if place else "", code_words(talk, need)))
    return " · ".join(about), ", ".join(filter(None, (STEPS.label(entry.get("step", "")), entry.get("hour", ""))))


def unreached_of_teams(viewer: Viewer) -> QuerySet[Any]:
    """Return the unreached records of the teams a viewer leads, newest first."""
    rows = records.visible(viewer, *NAMELESS).filter(next_due__isnull=False, team__in=viewer.leads)
    rows = rows.exclude(priority=TASK_PRIORITY)
    return rows.order_by("-next_due", "-id")[:MAX_UNREACHED]


def is_unreached(record: UUID) -> bool:
    """Return True if nobody was reached yet. The caller checks that the record may be opened."""
    return records.due_on(record) is not None and not records.is_task(record)
