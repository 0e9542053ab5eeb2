"""Correct a note, strike it out with a reason, and undo within a minute what was just saved."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases import actions, attachments, calendars, duplicates, ecomap, encounters, episodes, offers, rules
from suar.cases import plan as plans
from suar.cases.codes import TASK_KINDS
from suar.cases.documents import Calendar, Note, NoteVersion
from suar.cases.documents.follow_ups import Attempts, Offer
from suar.cases.documents.parts import Recorded
from suar.cases.documents.plan import Plan
from suar.cases.queries import get_document
from suar.cases.rules.ecomap import newest
from suar.cases.rules.history import current_versions
from suar.consent.documents import Tasks
from suar.consent.facts import change_facts, list_changes, values_before
from suar.core import clock
from suar.core.refusals import Conflict, Refused
from suar.records.keyring import OpenRecord

NOTE, FACTS, TASK, FOLLOW_UP, ATTEMPT = "note", "facts", "task", "follow_up", "attempt"
EPISODE, ATTACHMENT, STEP, TIE = "episode", "attachment", "step", "tie"
OFFER, ENCOUNTER = "offer", "encounter"


class Undo(NamedTuple):
    """A change that a worker can undo now: its kind, its key and its name."""

    what: str
    key: str
    label: str


TimedUndo = tuple[Undo, UUID | None, datetime | None]
"""An undo with the worker who did the act, and the time."""


@act("correct_note", needs=Permission.SEE_RECORD)
def correct_note(record: OpenRecord, key: str, text: str, *, seen: str, by: Acting) -> None:
    """Store another wording of a note; the earlier one stays beside it.

    `seen` is the wording that the worker saw. Raises Conflict when somebody changed it since, Refused when it was
    struck out, and NotYours if there is none.
    """
    note = get_document(record, Note, key, struck=False)
    by.entry.skip = note.text == text
    if by.entry.skip:
        return
    if note.text.split() != seen.split():
        raise Conflict
    former = NoteVersion(text=note.text, by=by.worker, at=by.at)
    corrected = note.model_copy(update={"text": text, "former": (*note.former, former)})
    record.put(corrected, key=key, by=by.worker, at=by.at)


@act("strike_note", needs=Permission.SEE_RECORD)
def strike_note(record: OpenRecord, key: str, reason: str, *, by: Acting) -> None:
    """Strike out a note with a reason; it stays readable. Raises Refused when it was struck out before."""
    note = get_document(record, Note, key, struck=False)
    struck = {"struck": reason, "struck_by": by.worker, "struck_at": by.at}
    record.put(note.model_copy(update=struck), key=key, by=by.worker, at=by.at)
    calendars.update_index_entry(record, by=by)


# Undo


def list_undos(record: OpenRecord, what: str = "", *, worker: UUID) -> list[Undo]:
    """Return what a worker did in the last minute and can undo, of one kind or of all."""
    at = clock.now()
    return [
        undo
        for undo, done_by, done_at in _undos(record)
        if what in ("", undo.what) and rules.may_undo(done_by, done_at, worker=worker, at=at)
    ]


def _undos(record: OpenRecord) -> Iterator[TimedUndo]:
    """Yield what can be undone, with the worker who did it and the time."""
    # A note that was corrected since, perhaps by a colleague, is not undone as a whole.
    notes = {key: note for key, note in record.get_all(Note).items() if not (note.undone or note.struck or note.former)}
    files = {key: file for key, file in attachments.list_attachments(record).items() if not file.struck}
    recorded: tuple[tuple[str, str, Mapping[str, Recorded]], ...] = (
        (NOTE, _("Note"), notes),
        (EPISODE, _("What happened"), episodes.list_episodes(record)),
        (ATTACHMENT, _("Document"), files),
        (OFFER, _("Offer"), current_versions(record.get_all(Offer))),
        (ENCOUNTER, _("Earlier encounter"), encounters.list_encounters(record)),
        (TIE, _("Family and community"), {key: newest(tie.states) for key, tie in ecomap.list_ties(record).items()}),
    )
    for what, label, items in recorded:
        yield from ((Undo(what, key, label), item.by, item.at) for key, item in items.items())
    for step in record.get_or_empty(Plan).steps:
        yield Undo(STEP, step.id, step.what), step.changed_by, step.changed_at
    # Facts that a merge united stay until the records are taken apart.
    merge_times = duplicates.merge_times(record)
    for change in list_changes(record)[:1]:
        if all(change.at > at for at in merge_times):
            yield Undo(FACTS, "", _("Changed facts")), change.by, change.at
    yield from _undos_of_tasks(record)
    yield from _undos_of_follow_ups(record)


@act("undo", needs=Permission.SEE_RECORD)
def undo(record: OpenRecord, what: str, key: str, *, by: Acting) -> None:
    """Undo what the worker has just saved; raises Refused when a minute has passed or somebody else did it."""
    if (what, key) not in {undo[:2] for undo in list_undos(record, worker=by.worker)}:
        raise Refused("undo_too_late")
    UNDO[what](record, key, by=by)
    calendars.update_due(record, by=by)


def _undo_note(record: OpenRecord, key: str, *, by: Acting) -> None:
    emptied = get_document(record, Note, key).model_copy(update={"text": "", "former": (), "undone": True})
    record.put(emptied, key=key, by=by.worker, at=by.at)


def _undo_facts(record: OpenRecord, key: str, *, by: Acting) -> None:
    last = list_changes(record)[0]
    changes = [change for change in list_changes(record) if (change.at, change.by) == (last.at, last.by)]
    change_facts(record, values_before(changes), by=by)


def _undo_task(record: OpenRecord, key: str, *, by: Acting) -> None:
    """Open a task again, or remove it if it was open."""
    is_open = UUID(key) in {task.id for task in record.get_or_empty(Tasks).open}
    actions.change_tasks(record, [UUID(key)], None if is_open else actions.REOPENED, by=by)


def _undos_of_tasks(record: OpenRecord) -> Iterator[TimedUndo]:
    """Yield the tasks done and planned; a task from a merge or an offer is only undone with it."""
    merged = {task for merge in duplicates.merges_of(record) for task in merge.tasks}
    for task in record.get_or_empty(Tasks).entries:
        undo = Undo(TASK, str(task.id), TASK_KINDS.label(task.kind))
        if task.done_at:
            yield undo, task.done_by, task.done_at
        elif task.id not in merged and not TASK_KINDS[task.kind].get("from_offer"):
            yield undo, task.by, task.at


def _undos_of_follow_ups(record: OpenRecord) -> Iterator[TimedUndo]:
    """Yield the last outcome of a follow-up, and the last attempt unless it led to this outcome."""
    before = record.get_or_empty(Calendar).before
    if before:
        yield Undo(FOLLOW_UP, "", _("Follow-up")), before.by, before.at
    for attempt in calendars.list_attempts(record)[-1:]:
        if not before or attempt.written_at != before.at:
            yield Undo(ATTEMPT, "", _("Attempt")), attempt.by, attempt.written_at


def _undo_follow_up(record: OpenRecord, key: str, *, by: Acting) -> None:
    before = record.get_or_empty(Calendar).before
    if before is None:
        raise Refused("undo_too_late")
    _dues, outcomes = calendars.read_calendar(record)
    calendars.store_calendar(record, before.dues, outcomes[:-1], by=by)
    attempts = calendars.list_attempts(record)
    others = tuple(attempt for attempt in attempts if attempt.written_at != before.at)
    if others != attempts:
        record.put(Attempts(entries=others), by=by.worker, at=by.at)


def _undo_attempt(record: OpenRecord, key: str, *, by: Acting) -> None:
    record.put(Attempts(entries=calendars.list_attempts(record)[:-1]), by=by.worker, at=by.at)


UNDO: Mapping[str, Callable[..., None]] = {
    NOTE: _undo_note,
    FACTS: _undo_facts,
    TASK: _undo_task,
    FOLLOW_UP: _undo_follow_up,
    ATTEMPT: _undo_attempt,
    EPISODE: episodes.undo_episode,
    ATTACHMENT: attachments.undo_attachment,
    STEP: plans.undo_step,
    TIE: ecomap.undo_state,
    OFFER: offers.undo_offer,
    ENCOUNTER: encounters.undo_encounter,
}
