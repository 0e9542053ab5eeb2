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
from suar.cases.documents.plan import Plan
from suar.cases.queries import get_standing
from suar.cases.rules import ecomap as tie_rules
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


@act("correct_note", needs=Permission.SEE_RECORD)
def correct_note(record: OpenRecord, key: str, text: str, *, seen: str, by: Acting) -> None:
    """Store another wording of a note; the earlier one stays beside it.

    `seen` is the wording that the worker saw. Raises Conflict when somebody changed it since, Refused when it was
    struck out, and NotYours if there is none.
    """
    note = get_standing(record, Note, key, struck=False)
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
    note = get_standing(record, Note, key, struck=False)
    struck = {"struck": reason, "struck_by": by.worker, "struck_at": by.at}
    record.put(note.model_copy(update=struck), key=key, by=by.worker, at=by.at)
    calendars.update_index_entry(record, by=by)


# Undo


def list_undos(record: OpenRecord, what: str = "", *, worker: UUID) -> list[Undo]:
    """Return what a worker did in the last minute and can undo, of one kind or of all."""
    return [undo for undo in _undos(record, worker=worker, at=clock.now()) if what in ("", undo.what)]


def _undos(record: OpenRecord, *, worker: UUID, at: datetime) -> list[Undo]:
    def may(done_by: UUID | None, done_at: datetime | None) -> bool:
        return bool(rules.may_undo(done_by, done_at, worker=worker, at=at))

    # A note that was corrected since, perhaps by a colleague, is not undone as a whole.
    untouched = [
        item for item in record.get_all(Note).items() if not (item[1].undone or item[1].struck or item[1].former)
    ]
    undos = [Undo(NOTE, key, _("Note")) for key, note in untouched if may(note.by, note.at)]
    listed = episodes.list_episodes(record)
    undos += [Undo(EPISODE, key, _("What happened")) for key, one in listed.items() if may(one.by, one.at)]
    # Facts that a merge united stay until the records are taken apart.
    merged = duplicates.merged_moments(record)
    if any(may(new.by, new.at) and all(new.at > at for at in merged) for new in list_changes(record)[:1]):
        undos.append(Undo(FACTS, "", _("Changed facts")))
    undos += _undos_of_tasks(record, may)
    for key, attachment in attachments.list_attachments(record).items():
        if may(attachment.by, attachment.at) and not attachment.struck:
            undos.append(Undo(ATTACHMENT, key, _("Document")))
    offered, met = current_versions(record.get_all(Offer)), encounters.list_encounters(record)
    undos += [Undo(OFFER, key, _("Offer")) for key, offer in offered.items() if may(offer.by, offer.at)]
    undos += [Undo(ENCOUNTER, key, _("Earlier encounter")) for key, one in met.items() if may(one.by, one.at)]
    undos += _undos_of_follow_ups(record, may)
    steps = (record.get(Plan) or Plan()).steps
    undos += [Undo(STEP, step.id, step.what) for step in steps if may(step.changed_by, step.changed_at)]
    ties = [(key, tie_rules.newest(tie.states)) for key, tie in ecomap.list_ties(record).items()]
    return undos + [Undo(TIE, key, _("Family and community")) for key, state in ties if may(state.by, state.at)]


@act("undo", needs=Permission.SEE_RECORD)
def undo(record: OpenRecord, what: str, key: str, *, by: Acting) -> None:
    """Undo what the worker has just saved; raises Refused when a minute has passed or somebody else did it."""
    if (what, key) not in {undo[:2] for undo in list_undos(record, worker=by.worker)}:
        raise Refused("undo_too_late")
    UNDO[what](record, key, by=by)
    calendars.update_due(record, by=by)


def _undo_note(record: OpenRecord, key: str, *, by: Acting) -> None:
    gone = get_standing(record, Note, key).model_copy(update={"text": "", "former": (), "undone": True})
    record.put(gone, key=key, by=by.worker, at=by.at)


def _undo_facts(record: OpenRecord, key: str, *, by: Acting) -> None:
    newest = list_changes(record)[0]
    changes = [change for change in list_changes(record) if (change.at, change.by) == (newest.at, newest.by)]
    change_facts(record, values_before(changes), by=by)


def _undo_task(record: OpenRecord, key: str, *, by: Acting) -> None:
    """Open a task again, or remove it if it was open."""
    is_open = UUID(key) in {task.id for task in (record.get(Tasks) or Tasks()).open}
    actions.change_tasks(record, [UUID(key)], None if is_open else actions.REOPENED, by=by)


def _undos_of_tasks(record: OpenRecord, may: Callable[[UUID | None, datetime | None], bool]) -> Iterator[Undo]:
    """Yield the tasks planned and done; what came with a merge, or from an offer, is not taken away alone."""
    merged = {task for merge in duplicates.merges_of(record) for task in merge.tasks}
    for task in (record.get(Tasks) or Tasks()).entries:
        stays = task.id in merged or TASK_KINDS[task.kind].get("from_offer")
        if (may(task.by, task.at) and not task.done_at and not stays) or may(task.done_by, task.done_at):
            yield Undo(TASK, str(task.id), TASK_KINDS.label(task.kind))


def _undos_of_follow_ups(record: OpenRecord, may: Callable[[UUID | None, datetime | None], bool]) -> Iterator[Undo]:
    """Yield the last outcome of a follow-up, or else the last attempt."""
    before = (record.get(Calendar) or Calendar()).before
    if before and may(before.by, before.at):
        yield Undo(FOLLOW_UP, "", _("Follow-up"))
    elif any(may(item.by, item.written_at) for item in calendars.list_attempts(record)[-1:]):
        yield Undo(ATTEMPT, "", _("Attempt"))


def _undo_follow_up(record: OpenRecord, key: str, *, by: Acting) -> None:
    before = (record.get(Calendar) or Calendar()).before
    if before is None:
        raise Refused("undo_too_late")
    _dues, outcomes = calendars.read_calendar(record)
    calendars.store_calendar(record, before.dues, outcomes[:-1], by=by)
    if any(attempt.written_at == before.at for attempt in calendars.list_attempts(record)[-1:]):
        _undo_attempt(record, key, by=by)


def _undo_attempt(record: OpenRecord, key: str, *, by: Acting) -> None:
    record.put(Attempts(entries=calendars.list_attempts(record)[:-1]), by=by.worker, at=by.at)


UNDO: Mapping[str, Callable[..., None]] = {
    NOTE: _undo_note,
    FACTS: _undo_facts,
    TASK: _undo_task,
    FOLLOW_UP: _undo_follow_up,
    ATTEMPT: _undo_attempt,
    EPISODE: episodes.undo,
    ATTACHMENT: attachments.take_back,
    STEP: plans.restore_step,
    TIE: ecomap.undo,
    OFFER: offers.undo_offer,
    ENCOUNTER: encounters.undo_encounter,
}
