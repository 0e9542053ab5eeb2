"""What a worker does in a talk: begin, save a step, stop, go on after all. `conclude` ends it."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from suar.accounts.acting import Acting
from suar.accounts.roles import Permission, Viewer
from suar.core.acts import act
from suar.core.i18n import refuse_unchecked_wording
from suar.core.refusals import NotYours, Refused
from suar.records import actions as vault
from suar.records.keyring import OpenRecord
from suar.records.terms import Kind
from suar.screening import policy, queries, rules
from suar.screening.codes import Acted, Step
from suar.screening.conclude import destroy
from suar.screening.documents import CallMade, Calls, TalkAnswers, TalkClock
from suar.screening.models import Talk
from suar.screening.rules.answers import Answers, Call
from suar.screening.rules.setting import Opens

SHORT = Opens()


@transaction.atomic
def begin(*, team: UUID, viewer: Viewer, at: datetime, opens: Opens = SHORT, practice: str = "") -> OpenRecord:
    """Begin a talk: a record of its own, granted to its author and the leads of the team.

    A `practice` with an invented person is its author's alone.
    """
    refuse_unchecked_wording()
    if team not in viewer.teams:
        raise NotYours
    record = vault.new_record(
        Kind.TALK,
        organisation=viewer.organisation,
        team=team,
        by=viewer.worker,
        at=at,
        restricted=bool(practice),
    )
    Talk.objects.create(record=record.id, author=viewer.worker, saved_at=at, practice=practice)
    record.put(TalkClock(begun=at), by=viewer.worker, at=at)
    save(record, rules.begun(opens), by=viewer.worker, at=at, expected=0)
    return record


@transaction.atomic
def save(record: OpenRecord, answers: Answers, *, by: UUID, at: datetime, expected: int | None = None) -> int:
    """Seal the whole draft and return its version.

    Raise Conflict if somebody saved in between, and NotYours if the talk has ended.
    """
    refuse_unchecked_wording()
    if not Talk.objects.filter(record=record.id, ended_at=None).update(saved_at=at):
        raise NotYours
    return record.put(TalkAnswers(answers=answers), by=by, at=at, expected=expected)


def stop(record: OpenRecord, answers: Answers, *, rule: str, step: Step, by: UUID, at: datetime) -> None:
    """Stop a talk by a rule that this step offers; the rule is sealed with the draft.

    Raise Refused for a rule that is not offered.
    """
    decision = policy.may_stop(rule, step, answers)
    if not decision:
        raise Refused(decision.because)
    save(record, replace(answers, stopped_by=rule), by=by, at=at)


def resume(record: OpenRecord, answers: Answers, *, by: UUID, at: datetime) -> None:
    """Take back a stop rule that was tapped by mistake, or whose reason is gone."""
    save(record, replace(answers, stopped_by=None), by=by, at=at)


@act("call_somebody", needs=Permission.RUN_TALK)
def record_call(record: OpenRecord, call: Call, *, by: Acting) -> None:
    """Store what was done about somebody nobody was reached for; free text is not stored with codes.

    It is no longer due once somebody was reached. A colleague who reached them first leaves nothing to store.
    """
    if not queries.is_unreached(record.id):
        by.entry.skip = True
        return
    calls = record.get(Calls) or Calls(entries=())
    made = CallMade(at=by.at, by=by.worker, acted=call.acted)
    record.put(Calls(entries=(*calls.entries, made)), by=by.worker, at=by.at)
    if call.acted is Acted.SPOKE:
        vault.set_due(record.id, due=None)


def destroy_abandoned(*, at: datetime) -> int:
    """Destroy talks that nobody touched for seven days; return how many. Needs no keys."""
    long_ago = at - timedelta(days=rules.instrument().draft_days)
    abandoned = Talk.objects.filter(ended_at=None, saved_at__lte=long_ago)
    return sum(_destroy(record, at=at) for record in abandoned.values_list("record", flat=True))


@transaction.atomic
def _destroy(record: UUID, *, at: datetime) -> bool:
    """Destroy one talk, unless a colleague saved or ended it while this went on."""
    talk = Talk.objects.select_for_update().get(record=record)
    if talk.ended_at is not None or not rules.draft_expired(talk.saved_at, at):
        return False
    destroy(record, by=None, at=at, because="abandoned")
    if talk.practice:
        talk.delete()
    return True
