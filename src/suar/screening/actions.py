"""What a worker does in a talk: begin, save a step, stop, go on after all, choose the outcome."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.audit import actions as audit
from suar.core.decisions import Decision
from suar.core.refusals import Conflict, NotYours, Refused
from suar.db import kept
from suar.db.together import together
from suar.records import actions as vault
from suar.records import queries as vault_queries
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment, Kind
from suar.screening import policy, remains, rules, second_reading
from suar.screening.models import Talk
from suar.screening.remains import Conclusion, Judged
from suar.screening.terms import Answers, Opens, Step

ANSWERS, CLOCK = "answers", "clock"
SHORT = Opens()
SECOND_READING = "SECOND_READING"


@together()
def begin(*, team: UUID, viewer: Viewer, at: datetime, opens: Opens = SHORT, practice: str = "") -> OpenRecord:
    """Begin a talk: a record of its own, granted to its author and the leads of the team.

    A `practice` with an invented person is its author's alone.
    """
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
    record.write(Compartment.CODED, CLOCK, {"begun": at.isoformat()}, by=viewer.worker, at=at)
    save(record, rules.begun(opens), by=viewer.worker, at=at, expected=0)
    return record


@together()
def save(record: OpenRecord, answers: Answers, *, by: UUID, at: datetime, expected: int | None = None) -> int:
    """Seal the whole draft and give its version.

    Raises Conflict when somebody saved in between, and NotYours when the talk has ended.
    """
    if not _saved(record.id, at):
        raise NotYours
    draft = rules.write_draft(answers)
    return record.write(Compartment.CODED, ANSWERS, draft, by=by, at=at, expected=expected)


@kept.rows
def _locked(record: UUID) -> QuerySet[Talk]:
    return Talk.objects.select_for_update().filter(record=record)


@kept.change
def _saved(record: UUID, at: datetime) -> kept.Change:
    return Talk.objects.filter(record=record, ended_at=None), {"saved_at": at}


@kept.change
def _ended(record: UUID, at: datetime, left: UUID) -> kept.Change:
    return Talk.objects.filter(record=record), {"ended_at": at, "left": left}


def stop(record: OpenRecord, answers: Answers, *, rule: str, step: Step, by: UUID, at: datetime) -> None:
    """Stop a talk by a rule that this step offers; the rule is sealed with the draft.

    Raises Refused for a rule that is not offered.
    """
    decision = policy.may_stop(rule, step, answers)
    if not decision:
        raise Refused(decision.because)
    save(record, replace(answers, stopped_by=rule), by=by, at=at)


def go_on_after_all(record: OpenRecord, answers: Answers, *, by: UUID, at: datetime) -> None:
    """Take back a stop rule that was tapped by mistake, or whose reason is gone."""
    save(record, replace(answers, stopped_by=None), by=by, at=at)


@dataclass(frozen=True, slots=True)
class Ready:
    """How a talk is to end, and the record it will leave (None after a practice)."""

    ended: Conclusion
    talk: Judged
    second: str
    left: OpenRecord | None


def prepared(  # noqa: PLR0913 - how which talk ends, by whom, as it was seen, all named
    record: OpenRecord,
    ended: Conclusion,
    *,
    keys: Keys,
    at: datetime,
    practice: bool = False,
    expected: int | None = None,
    answers: Answers | None = None,
) -> Ready:
    """Judge how a talk would end and seal what it would leave; nothing is written.

    Others wait while one writes, so that this is done before. `answers` are those of the record,
    where they were read already. Raises Conflict when these are not the answers that were
    `expected`, and Refused when outcome or reason does not fit them.
    """
    if expected not in (None, record.version(Compartment.CODED, ANSWERS)):
        raise Conflict
    if answers is None:
        answers = rules.read_draft(record.read(Compartment.CODED, ANSWERS) or {})
    talk = remains.judged(answers, ended.call)
    decision = _may_end(ended, talk)
    if not decision:
        raise Refused(decision.because)
    second = decision.because
    left = (
        None if practice else remains.put_together(record, talk, ended, second=second, by=keys.worker, keys=keys, at=at)
    )
    return Ready(ended, talk, second, left)


@together()
def conclude(record: OpenRecord, ready: Ready, *, keys: Keys, at: datetime) -> UUID | None:
    """End a talk with the outcome the worker chose; gives the one record it leaves behind.

    That is the record of a person, or a closed one with coded facts only. Both have new keys;
    the talk is destroyed with its own. A practice leaves nothing (None). Sent twice, it answers
    twice and acts once. Raises Conflict when the answers changed in between. Where who leads the
    team, or a key, changed since it was made ready, it is made ready anew.
    """
    talk, by = _locked.one(record.id), keys.worker
    if talk is None:
        raise NotYours
    if talk.left is not None:
        return talk.left
    if talk.ended_at is not None:
        raise NotYours
    # Whoever saves changes the row of the talk first, and waits for its lock.
    record.still_stands(Compartment.CODED, ANSWERS)
    if talk.practice:
        _destroy_now(record.id, by=by, at=at, because="practised")
        return None
    if ready.left is None or not vault.still_given(ready.left):
        ready = prepared(record, ready.ended, keys=keys, at=at, answers=ready.talk.answers)
    remains.begin(ready.left, ready.talk, ready.ended, keys=keys, at=at)
    if ready.second == SECOND_READING:
        _ask_second(ready, by=by, at=at)
    vault.forget(record.id, by=by, at=at, because="concluded")
    _ended(record.id, at, ready.left.id)
    audit.record("conclude_talk", by=by, at=at, about=[ready.left.id])
    return ready.left.id


def _ask_second(ready: Ready, *, by: UUID, at: datetime) -> None:
    ended, talk = ready.ended, ready.talk
    keep = remains.keeps(talk, ended.outcome, ended.wished)
    found = remains.finding(talk, ended, keep, second=SECOND_READING, by=by, at=at)
    second_reading.ask(vault_queries.facts(ready.left.id), found, by=by, at=at)


def _may_end(ended: Conclusion, talk: Judged) -> Decision:
    """Say whether a talk with these answers may end so; SECOND_READING and NOTED are a yes."""
    ready = rules.may_conclude(ended.outcome, talk.answers, talk.stopped_by)
    form = rules.instrument_of(talk.answers)
    return ready and rules.may_choose(ended.outcome, talk.suggestion, ended.reason, of=form)


def destroy_abandoned(*, at: datetime) -> int:
    """Destroy talks that nobody touched for seven days, and say how many; needs no keys."""
    long_ago = at - timedelta(days=rules.instrument().draft_days)
    left_alone = Talk.objects.filter(ended_at=None, saved_at__lte=long_ago)
    return sum(_destroy(record, at=at) for record in left_alone.values_list("record", flat=True))


@transaction.atomic
def _destroy(record: UUID, *, at: datetime) -> bool:
    """Destroy one talk, unless a colleague saved or ended it while this went on."""
    talk = Talk.objects.select_for_update().get(record=record)
    if talk.ended_at is not None or not rules.draft_expired(talk.saved_at, at):
        return False
    _destroy_now(record, by=None, at=at, because="abandoned")
    if talk.practice:
        talk.delete()
    return True


def _destroy_now(record: UUID, *, by: UUID | None, at: datetime, because: str) -> None:
    vault.forget(record, by=by, at=at, because=because)
    Talk.objects.filter(record=record).update(ended_at=at)
