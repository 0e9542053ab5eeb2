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


@act("change_contact_status", needs=Permission.SEE_RECORD)
def change_status(
    record: OpenRecord, verb: str, *, by: Acting, on: date | None = None, words: str = "", owner: UUID | None = None
) -> None:
    """Record that the person is missing, was found or died, by a verb of suar/consent/data/life.json.

    A disappearance opens two tasks for the `owner`, which end when the person is found. The audit entry does not say
    which of these happened. Raises Refused for an act that does not follow and for a day to come.
    """
    status = record.get(LifeStatus) or LifeStatus()
    change = LifeAct(
        verb=verb, actor=policy.life_actor(by.viewer, record.facts), by=by.worker, at=by.at, on=on, words=words
    )
    if not life.TABLE.may_follow(status.entries, change):
        raise Refused("transition_not_possible")
    if on and on > by.today:
        raise Refused("in_the_future")
    if verb == "correct_death" and not words.strip():
        raise Refused("reason_needed")
    record.put(status.model_copy(update={"entries": (*status.entries, change)}), by=by.worker, at=by.at)
    if life.life_state(record) in life.REFUSALS:
        contact_ended.send(sender=OpenRecord, record=record, by=by.worker, at=by.at)
    if life.life_state(record) == life.MISSING:
        if record.facts.status is Status.OPEN:
            for kind in _kinds_while_missing():
                actions.plan_task(record, kind, by.today, owner=owner or record.facts.assignee, by=by)
    else:
        kinds, tasks = _kinds_while_missing(), (record.get(Tasks) or Tasks()).open
        actions.finish_tasks(record, {task.id for task in tasks if task.kind in kinds}, by=by)
    calendars.update_due(record, by=by)
    tell_team(record, also=[owner] if owner else [], by=by)


def owners(record: OpenRecord, *, by: UUID) -> dict[UUID, str]:
    """Return who may search for a missing person: their worker, the viewer, and leads; nobody excluded."""
    excluded = exclusion_list.excluded_from(record)
    able = [record.facts.assignee, by, *sorted(accounts.team_facts(record.facts.team).leads)]
    wanted = [worker for worker in dict.fromkeys(able) if worker and worker not in excluded]
    names = accounts.display_names(wanted)
    return {worker: names[worker] for worker in wanted if worker in names}


def tell_team(record: OpenRecord, *, by: Acting, also: Collection[UUID] = ()) -> None:
    """Show a notice on the team's day page for some days, by code only; the time is not stored.

    The person's worker is notified, and one who is away while a colleague stands in, but nobody who is excluded.
    """
    day = clock.start_of(by.today)
    TeamNotice.objects.update_or_create(record=record.id, defaults={"at": day})
    notified = (
        {record.facts.assignee, record.facts.covered_for, *also}
        - {by.worker, None}
        - exclusion_list.excluded_from(record)
    )
    notices.notify({worker for worker in notified if worker}, at=by.at)


def _kinds_while_missing() -> list[str]:
    return [member.code for member in TASK_KINDS.members if member.get("while_missing")]
