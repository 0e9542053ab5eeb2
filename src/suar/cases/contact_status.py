"""A death or a disappearance: contacts and deadlines stop, and the team is notified by code only."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases import actions, calendars, policy
from suar.cases.codes import TASK_KINDS
from suar.cases.models import TeamNotice
from suar.consent import exclusions as exclusion_list
from suar.consent import life
from suar.consent.documents import LifeAct, LifeStatus, Tasks
from suar.core import clock
from suar.core.refusals import Refused
from suar.records.actions import contact_ended
from suar.records.keyring import OpenRecord
from suar.records.terms import Status

WHILE_MISSING = tuple(member.code for member in TASK_KINDS.members if member.get("while_missing"))
"""Kinds of tasks that are open while the person is missing."""


@act("change_contact_status", needs=Permission.SEE_RECORD)
def change_status(
    record: OpenRecord, verb: str, *, by: Acting, on: date | None = None, words: str = "", owner: UUID | None = None
) -> None:
    """Record that the person is missing, was found or died, by a verb of suar/consent/data/life.json.

    A disappearance opens two tasks for the `owner`, which end when the person is found. The audit entry does not say
    which of these happened. Raises Refused for an act that does not follow and for a day to come.
    """
    entries, actor = record.get_or_empty(LifeStatus).entries, policy.actor_of(by.viewer, record.facts)
    change = LifeAct(verb=verb, actor=actor, by=by.worker, at=by.at, on=on, words=words)
    if not life.TABLE.may_follow(entries, change):
        raise Refused("transition_not_possible")
    if on and on > by.today:
        raise Refused("in_the_future")
    if verb == "correct_death" and not words.strip():
        raise Refused("reason_needed")
    record.put(LifeStatus(entries=(*entries, change)), by=by.worker, at=by.at)
    state = life.life_state(record)
    if state in life.REFUSALS:
        contact_ended.send(sender=OpenRecord, record=record, by=by.worker, at=by.at)
    if state != life.MISSING:
        open_tasks = record.get_or_empty(Tasks).open
        actions.finish_tasks(record, [task.id for task in open_tasks if task.kind in WHILE_MISSING], by=by)
    elif record.facts.status is Status.OPEN:
        for kind in WHILE_MISSING:
            actions.plan_task(record, kind, by.today, owner=owner or record.facts.assignee, by=by)
    calendars.update_due(record, by=by)
    notify_team(record, also=[owner] if owner else [], by=by)


def list_searchers(record: OpenRecord, *, by: UUID) -> dict[UUID, str]:
    """Return the workers who may search for a missing person: their worker, the viewer, and leads; nobody excluded."""
    excluded = exclusion_list.excluded_workers(record)
    candidates = [record.facts.assignee, by, *sorted(accounts.team_facts(record.facts.team).leads)]
    searchers = [worker for worker in dict.fromkeys(candidates) if worker and worker not in excluded]
    names = accounts.display_names(searchers)
    return {worker: names[worker] for worker in searchers if worker in names}


def notify_team(record: OpenRecord, *, by: Acting, also: Collection[UUID] = ()) -> None:
    """Show a notice on the team's day page for some days, by code only; the time is not stored.

    The person's worker is notified, also one whom a colleague covers, but nobody who is excluded.
    """
    TeamNotice.objects.update_or_create(record=record.id, defaults={"at": clock.start_of(by.today)})
    concerned = {record.facts.assignee, record.facts.covered_for, *also} - exclusion_list.excluded_workers(record)
    notices.notify({worker for worker in concerned if worker and worker != by.worker}, at=by.at)
