"""What a worker does in a talk: begin, save a step, stop, choose the outcome."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.audit import actions as audit
from suar.kernel.refusals import NotYours, Refused
from suar.screening import rules
from suar.screening.models import Talk
from suar.screening.terms import Answers, Fact, Keeps, Outcome, Reason, Step, Suggestion, UrgentNeed
from suar.vault import actions as vault
from suar.vault.keyring import OpenRecord
from suar.vault.terms import Compartment, Kind

ANSWERS, FINDINGS, NEEDS = "answers", "findings", "needs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """How a talk ends: the outcome, why, by which stop rule, and what the person wants kept.

    `kept` maps (compartment, field) to a value; an empty value is not written.
    """

    outcome: Outcome
    reason: Reason
    stopped_by: str | None = None
    wished: frozenset[Compartment] | None = None
    kept: dict[tuple[Compartment, str], dict]


@transaction.atomic
def begin(*, team: UUID, viewer: Viewer, at: datetime) -> OpenRecord:
    """Begin a talk: a record of its own, granted to its author and the leads of the team."""
    if team not in viewer.teams:
        raise NotYours
    record = vault.new_record(
        Kind.TALK, organisation=viewer.organisation, team=team, by=viewer.worker, at=at
    )
    talk = rules.instrument()
    Talk.objects.create(
        record=record.id, author=viewer.worker, instrument=talk.code, version=talk.version,
        step=talk.steps[0].code, started_at=at, saved_at=at,
    )  # fmt: skip
    save(record, Answers(instrument=talk.code, version=talk.version), by=viewer.worker, at=at)
    return record


@transaction.atomic
def save(
    record: OpenRecord, answers: Answers, *, by: UUID, at: datetime,
    step: Step | None = None, expected: int | None = None,
) -> int:  # fmt: skip
    """Seal the draft after a step; raises Conflict when a colleague saved in between."""
    draft = rules.write_draft(answers)
    version = record.write(Compartment.CODED, ANSWERS, draft, by=by, at=at, expected=expected)
    changed = {"saved_at": at} | ({"step": step} if step else {})
    Talk.objects.filter(record=record.id).update(**changed)
    return version


@transaction.atomic
def conclude(
    record: OpenRecord, ended: Conclusion, *, viewer: Viewer, keys: Keys, at: datetime
) -> UUID | None:
    """End a talk with the outcome the worker chose; returns the person's record, if one is kept.

    Raises Refused when the outcome or its reason does not fit. What the rule of keeping does not
    name is destroyed with its keys, here and now.
    """
    talk = Talk.objects.select_for_update().get(record=record.id)
    if talk.ended_at is not None:
        raise NotYours
    answers = rules.read_draft(record.read(Compartment.CODED, ANSWERS) or {})
    path = rules.path(answers)
    suggestion = rules.suggest(rules.element_values(answers, path), path, ended.stopped_by)
    decision = rules.may_choose(ended.outcome, suggestion, ended.reason)
    if not decision:
        raise Refused(decision.because)
    keeps = rules.keeps_after(ended.outcome, ended.wished, ended.stopped_by)
    finding = _finding(
        answers, suggestion, ended, keeps, second=decision.because, by=viewer.worker, at=at
    )
    person = None
    if _is_person(ended, keeps.compartments):
        person = _make_person(
            record, finding, answers, ended, keeps, viewer=viewer, keys=keys, at=at
        )
        vault.forget(record.id, by=viewer.worker, at=at, because="concluded")
    else:
        record.erase(Compartment.CODED)
        record.write(Compartment.CODED, FINDINGS, {"list": [finding]}, by=viewer.worker, at=at)
        vault.keep_only_coded(record, by=viewer.worker, at=at)
    Talk.objects.filter(record=talk.record).update(ended_at=at, person=person)
    audit.record("conclude_talk", by=viewer.worker, at=at, about=[person or record.id])
    return person


def destroy_abandoned(*, at: datetime) -> int:
    """Destroy talks that nobody touched for seven days; needs no keys."""
    count = 0
    for talk in Talk.objects.filter(ended_at=None):
        if rules.draft_expired(talk.saved_at, at):
            with transaction.atomic():
                vault.forget(talk.record, by=None, at=at, because="abandoned")
                Talk.objects.filter(record=talk.record).update(ended_at=at)
            count += 1
    return count


def _is_person(ended: Conclusion, compartments: Iterable[Compartment]) -> bool:
    """A record of a person is made when more than codes survives and something was told."""
    told = {place for (place, _), value in ended.kept.items() if value}
    return bool(told & (set(compartments) - {Compartment.CODED}))


def _make_person(  # noqa: PLR0913 - what moves from the talk to the person, all named
    talk: OpenRecord, finding: dict, answers: Answers, ended: Conclusion, keeps: Keeps, *,
    viewer: Viewer, keys: Keys, at: datetime,
) -> UUID:  # fmt: skip
    """Make the person's record with new keys and move what survives into it."""
    person = vault.new_record(
        Kind.PERSON, organisation=talk.facts.organisation, team=talk.facts.team,
        by=viewer.worker, at=at,
    )  # fmt: skip
    for (compartment, name), value in ended.kept.items():
        if value and compartment in keeps.compartments:
            person.write(compartment, name, value, by=viewer.worker, at=at)
    person.write(Compartment.CODED, FINDINGS, {"list": [finding]}, by=viewer.worker, at=at)
    needs = [_need(each, at=at) for each in rules.urgent_needs(answers)]
    person.write(Compartment.CODED, NEEDS, {"list": needs}, by=viewer.worker, at=at)
    called = ended.kept.get((Compartment.IDENTITY, "person")) or {}
    vault.set_sheet(person, {"name": called.get("name") or "—"}, keys=keys, at=at)
    return person.id


def _need(need: UrgentNeed, *, at: datetime) -> dict:
    spoke = [{"whom": need.who_answers, "at": at.isoformat()}] if need.known else []
    return {
        "id": f"urgent-{need.need}",
        "service_type": need.services[0],
        "urgency": need.level.value,
        "at": at.isoformat(),
        "spoke_to": spoke,
    }


def _finding(  # noqa: PLR0913 - the facts of a finding, all named
    answers: Answers, suggestion: Suggestion, ended: Conclusion, keeps: Keeps, *,
    second: str, by: UUID, at: datetime,
) -> dict:  # fmt: skip
    """Write the coded facts that survive: outcome, suggestion, reason, signs if they may stay."""
    kept = {
        "at": at.isoformat(),
        "by": str(by),
        "outcome": ended.outcome.value,
        "stopped_by": ended.stopped_by,
        "instrument": f"{answers.instrument}-{answers.version}",
        "second_reading": second == "SECOND_READING",
    }
    if Fact.REASON in keeps.facts:
        kept |= {"suggestion": suggestion.outcome.value, "reason": asdict(ended.reason)}
    if Fact.PATH in keeps.facts:
        kept |= {"path": rules.path(answers).value, "age_band": answers.age.band.value}
    if Fact.SIGNS in keeps.facts:
        kept["signs"] = {name: sorted(signs) for name, signs in sorted(answers.signs.items())}
    return kept
