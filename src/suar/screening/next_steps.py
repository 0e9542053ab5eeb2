"""The next step of an ended talk: give it to its owner, show it and finish it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission, Role, Viewer
from suar.consent import exclusions, life
from suar.consent.documents import SafeContact, SafetyReview, Tasks
from suar.core import clock
from suar.core.codes import code_list
from suar.core.refusals import KeyNotTrusted, Refused
from suar.records import actions as records
from suar.records import queries
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment, Kind, RecordFacts
from suar.screening.codes import ContactResult
from suar.screening.documents import Findings, NextStep, NextSteps, Reported
from suar.screening.rules import next_steps as rules
from suar.screening.rules.answers import Path

UNDO_WITHIN, AVOID = timedelta(minutes=1), code_list("screening", "avoid")
STEP_SERVICES = {
    rules.LAWYER: ("JUS_NONPUNISH", "JUS_REPRESENT", "JUS_ADVICE"),
    **dict.fromkeys((rules.CHILD, rules.OUTSIDE), ("COO_GUARDIAN", "COO_CASE", "SAF_RISK")),
}
"""The services to call for a next step; those for a child, if a child is to be helped."""


ON_CHANGE: list[Callable[..., object]] = []
"""Functions that enter a record in the lists. `cases` adds its own at start-up: it knows what else is due."""


@dataclass(frozen=True, slots=True)
class ChosenStep:
    """The step that the worker chose at the end of a talk, with its owner, day and hour; "" if none was chosen.

    `avoid`: what nobody must do.
    """

    code: str = ""
    owner: UUID | None = None
    day: date | None = None
    hour: str | None = None
    avoid: tuple[str, ...] = ()


def assign_step(
    record: OpenRecord, default: str, chosen: ChosenStep, *, excluded: Collection[UUID], by: Acting
) -> NextStep:
    """Return the next step, after its owner got access to the new record; raise Refused for one that is not offered.

    `excluded`: the workers whom the person excluded. Of a restricted record whose list is not stored, as after a talk
    without a name, only those who hold it may own a step.
    """
    chosen = ChosenStep(avoid=chosen.avoid) if default in rules.FIXED else chosen
    if record.facts.restricted and not (record.facts.kind is Kind.PERSON and exclusions.was_asked(record)):
        excluded = accounts.workers_of(record.facts.organisation) - (queries.named_holders(record.id) - {*excluded})
    code = chosen.code or default
    if chosen.code and not rules.may_choose_step(code, default):
        raise Refused("STEP_NOT_OFFERED")
    owner = _assign(record, _candidates(record.facts, code, chosen, by=by), excluded=excluded, by=by)
    return _new_step(code, owner, chosen, by=by).model_copy(update={"avoid": chosen.avoid})


def _new_step(code: str, owner: UUID | None, chosen: ChosenStep, *, by: Acting) -> NextStep:
    """Return a step with its due day; one without a due day has no owner."""
    due = rules.due_day(code, today=by.today, chosen=chosen.day)
    owner = owner if due else None
    return NextStep(at=by.at, by=by.worker, code=code, owner=owner, due=due, hour=chosen.hour)


@act("finish_next_step", needs=Permission.RUN_TALK)
def finish_step(record: OpenRecord, *, then: ChosenStep | None = None, by: Acting) -> None:
    """Mark the open next step as done, and add the one that follows; a second time changes nothing."""
    steps = _open_steps(record)
    step = next((step for step in steps if step.owner == by.worker), next(iter(steps), None))
    by.entry.skip = step is None and then is None
    if by.entry.skip:
        return
    owner = step.owner if step is not None and step.owner else by.worker
    following = [_new_step(then.code, owner, then, by=by)] if then is not None else []
    update = {"done_at": by.at, "done_by": by.worker}
    _change(record, _entries(record), step, update, following, by=by)


@act("reopen_next_step", needs=Permission.RUN_TALK)
def reopen_step(record: OpenRecord, *, by: Acting) -> None:
    """Open the step again that the worker finished within the last minute, and take away the one that followed it.

    Change nothing if there is none.
    """
    step = _step_to_undo(record, worker=by.worker, at=by.at)
    by.entry.skip = step is None
    if step is not None:
        before = [entry for entry in _entries(record) if (entry.at, entry.by) != (step.done_at, step.done_by)]
        _change(record, before, step, {"done_at": None, "done_by": None}, by=by)


def _entries(record: OpenRecord) -> tuple[NextStep, ...]:
    return (record.get(NextSteps) or NextSteps()).entries


def _step_to_undo(record: OpenRecord, *, worker: UUID, at: datetime) -> NextStep | None:
    steps = _entries(record)
    recent = [step for step in steps if step.done_at and step.done_by == worker and at - step.done_at <= UNDO_WITHIN]
    return recent[-1] if recent else None


def _change(
    record: OpenRecord,
    entries: Iterable[NextStep],
    step: NextStep | None,
    update: dict[str, Any],
    following: Iterable[NextStep] = (),
    *,
    by: Acting,
) -> None:
    changed = [entry.model_copy(update=update) if entry == step else entry for entry in entries]
    record.put(NextSteps(entries=(*changed, *following)), by=by.worker, at=by.at)
    if record.facts.kind in queries.NAMELESS or record.may(Compartment.NARRATIVE):
        update_index_entry(record, by=by)
    if queries.due_on(record.id) is None or queries.is_task(record.id):
        set_due(record)


def own_step(default: str, chosen: ChosenStep, *, by: Acting) -> NextStep | None:
    """Return the step that the author does beside a fixed one, or None; raise Refused for one that is not theirs."""
    if default not in rules.FIXED or not chosen.code:
        return None
    if not rules.may_choose_step(chosen.code, default):
        raise Refused("STEP_NOT_OFFERED")
    return _new_step(chosen.code, by.worker, chosen, by=by)


def _current_steps(record: OpenRecord) -> list[NextStep]:
    """Return the steps of the newest talk, the main one first, and those of earlier talks that a talk does not end."""
    entries = _entries(record)
    newest = [step for step in reversed(entries) if step.at == entries[-1].at]
    again = {(step.code, step.owner, step.due) for step in newest}
    before = [
        step
        for step in entries
        if rules.STEPS[step.code].get("stays") and not (step.done_at and step.done_at <= newest[0].at)
    ]
    return newest + [step for step in before if (step.code, step.owner, step.due) not in again]


def _open_steps(record: OpenRecord) -> list[NextStep]:
    return [step for step in _current_steps(record) if step.due and not step.done_at]


def step_context(record: OpenRecord, *, worker: UUID) -> dict[str, Any]:
    """Return the template context of the newest next step, as this worker may act on it."""
    steps, open_steps = _current_steps(record), _open_steps(record)
    is_owner = any(step.owner == worker for step in open_steps)
    names = accounts.display_names([step.owner for step in steps])
    rows = [
        {"step": step, "label": rules.STEPS.label(step.code), "owner": names.get(step.owner, "") if step.owner else ""}
        for step in steps
    ]
    return {
        "steps": rows,
        "code": steps[0].code if steps else "",
        "avoid": [AVOID.label(code) for code in acts_to_avoid(record)],
        "is_open": bool(open_steps),
        "of_colleague": next((row["owner"] for row in rows if row["step"] in open_steps and not is_owner), ""),
        "may_undo": _step_to_undo(record, worker=worker, at=clock.now()) is not None,
        "agreed_word": rules.agreed_word(record.id) if record.facts.kind in queries.NAMELESS else "",
    }


def acts_to_avoid(record: OpenRecord) -> tuple[str, ...]:
    """Return what nobody must do, as all talks with the person stored it."""
    stored = {code for step in _entries(record) for code in step.avoid}
    return tuple(code for code in AVOID if code in stored)


def contact_conditions(avoid: Iterable[str]) -> SafeContact:
    """Return the conditions that acts to be avoided set on the safe contact; they go with the number."""
    return SafeContact().model_copy(update={AVOID[code]["rule"].lower(): True for code in avoid})


def open_before(record: OpenRecord) -> list[tuple[str, NextStep]]:
    """Return the open steps of earlier talks that another talk does not end, with their labels."""
    return [(rules.STEPS.label(step.code), step) for step in _open_steps(record) if rules.STEPS[step.code].get("stays")]


def reassign_lost_steps(
    history: OpenRecord, result: OpenRecord, *, excluded: Collection[UUID], author: UUID
) -> list[NextStep]:
    """Return the steps of earlier talks for the record that a talk leaves.

    An open one goes to the author if its owner may not open that record.
    """
    team = accounts.members_of(result.facts.team) if queries.is_open_to_team(result.id) else frozenset()
    holders = (queries.named_holders(result.id) | team) - {*excluded}
    entries = _entries(history)
    standing = (step for step in entries if rules.STEPS[step.code].get("stays") and not step.done_at)
    lost = [step for step in standing if step.owner and step.owner not in holders]
    return [step.model_copy(update={"owner": author}) if step in lost else step for step in entries]


def set_due(record: OpenRecord) -> None:
    """Set the earliest day of the open next step, open tasks and the review of the safety plan as the due day.

    While the person is missing only tasks are due, after a death nothing.
    """
    state, days = life.life_state(record), []
    if record.may(Compartment.NARRATIVE) and state != life.DIED:
        tasks, review = record.get(Tasks) or Tasks(), record.get(SafetyReview) or SafetyReview()
        days = [task.due for task in tasks.open] + ([review.on] if review.on and state == life.OPEN else [])
    if state == life.OPEN:
        days += [step.due for step in _open_steps(record) if step.due]
    records.set_due(record.id, due=min(days, default=None), is_task=True)


def index_entry_step(record: OpenRecord) -> dict[str, str]:
    """Return the first open step with its hour and day as they stand in the index entry; {} if there is none."""
    step = min(_open_steps(record), key=lambda step: step.due or date.max, default=None)
    return {"step": step.code, "hour": step.hour or "", "step_day": str(step.due)} if step else {}


def update_index_entry(record: OpenRecord, *, by: Acting) -> None:
    """Set the index entry of a record after a talk, with the open next step.

    One without a name has the codes by which lists tell it apart; a report has the person it is about.
    """
    if record.facts.kind is Kind.PERSON:
        for enter in ON_CHANGE:
            enter(record, by=by)
    elif findings := record.get(Findings):
        name = (record.get(Reported) or Reported()).about if record.facts.kind is Kind.REPORT else ""
        needs, place = findings.entries[0].needs or (), findings.entries[0].setting or ""
        may_decline = findings.entries[0].path is not Path.CHILD
        declined = may_decline and ContactResult.NOT_WANTED
        needs = tuple(sorted(needs, key=lambda need: need.known or need.acted == declined))
        entry = {"name": name, "needs": [need.need for need in needs], "place": place, **index_entry_step(record)}
        records.set_index_entry(record, entry, keys=by.keys, at=by.at)


def child_protection_workers(facts: RecordFacts) -> list[UUID]:
    """Return the child protection workers of the organisation, those of the record's team first."""
    workers = notices.workers_with(Permission.ASSESS_BEST_INTERESTS, organisation=facts.organisation, certified=True)
    members = accounts.members_of(facts.team)
    return sorted(workers, key=lambda worker: (worker not in members, worker))


def calls_outside(step: str, facts: RecordFacts) -> bool:
    """Return True if a child goes to child protection and nobody in this organisation works there."""
    return step == rules.OUTSIDE or (step == rules.CHILD and not child_protection_workers(facts))


def likely_owner(facts: RecordFacts, code: str, *, by: Viewer) -> UUID | None:
    """Return who will own a step, if nobody is excluded; None for nobody, or where a colleague is chosen."""
    return next(iter(_owners_of(facts, rules.STEPS[code]["owner"], by=by)), None)


def _colleagues(facts: RecordFacts) -> frozenset[UUID]:
    """Return the members of the team who may hold the record: police hold coded facts only."""
    members = accounts.members_of(facts.team)
    if facts.kind is Kind.CODES:
        return members
    return members.intersection(notices.workers_with(Permission.SEE_RECORD, organisation=facts.organisation))


def _candidates(facts: RecordFacts, code: str, chosen: ChosenStep, *, by: Acting) -> list[UUID]:
    """Return who may own a step, the best first."""
    owner = rules.STEPS[code]["owner"]
    if owner == rules.Owner.COLLEAGUE:
        if chosen.owner not in _colleagues(facts):
            raise Refused("STEP_NEEDS_COLLEAGUE")
        return [chosen.owner]
    return _owners_of(facts, owner, by=by.viewer)


def _owners_of(facts: RecordFacts, owner: str, *, by: Viewer) -> list[UUID]:
    if owner != rules.Owner.CHILD_PROTECTION:
        return [by.worker] if owner == rules.Owner.AUTHOR else []
    if by.role is Role.CHILD_PROTECTION:
        return [by.worker]
    return [*child_protection_workers(facts), *sorted(accounts.team_facts(facts.team).leads), by.worker]


def _assign(record: OpenRecord, workers: list[UUID], *, excluded: Collection[UUID], by: Acting) -> UUID | None:
    """Give the record to the first worker who may know of the person and whose key is trusted.

    A key that is not trusted is passed over, so that the talk can end.
    """
    for worker in workers:
        if worker == by.worker:
            return worker
        try:
            records.assign_to(record, worker=worker, excluded=excluded, keys=by.keys, at=by.at)
        except KeyNotTrusted:
            continue
        except Refused:
            if len(workers) == 1:
                raise
            continue
        notices.notify([worker], at=by.at)
        return worker
    return None
