"""How a talk ends: what is stored afterwards, always under new keys, while the talk is destroyed with its own."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from suar.accounts.keys import Keys
from suar.audit import actions as audit
from suar.consent import exclusions
from suar.consent.codes import AgeStatus
from suar.consent.documents import Contacted, Need, NeedContact, NeedContacts, Needs, Person, Profile
from suar.consent.exclusions import NewExclusion
from suar.core import clock
from suar.core.decisions import Decision
from suar.core.i18n import refuse_unchecked_wording
from suar.core.ids import spoken_code
from suar.core.refusals import Conflict, NotYours, Refused
from suar.core.urgency import Urgency
from suar.records import actions as vault
from suar.records import queries as vault_queries
from suar.records.documents import Document
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment, Kind
from suar.screening import policy, rules, second_reading
from suar.screening.codes import Acted, Fact, Outcome
from suar.screening.documents import Finding, Findings, NeedFound, OutcomeReason, OutcomeReasons, TalkAnswers
from suar.screening.models import Talk
from suar.screening.queries import answers_of
from suar.screening.rules.answers import Answers, Call, Reason
from suar.screening.rules.elements import Elements
from suar.screening.rules.instrument import Stop
from suar.screening.rules.keeping import Keeps
from suar.screening.rules.law import AgeBand, AgeFacts, Path
from suar.screening.rules.needs import UrgentNeed
from suar.screening.rules.suggestion import Suggestion

SECOND_READING = "SECOND_READING"
CODED = frozenset({Compartment.CODED})
BANDS = ((12, AgeBand.UNDER_12), (15, AgeBand.FROM_12_TO_14), (18, AgeBand.FROM_15_TO_17))
UNDER_18 = frozenset(band for _, band in BANDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """How a talk ends: the outcome, why, and what the person wants stored.

    `wished` names the compartments they agreed to; `documents` hold what was typed; `never` names who must never
    know, None if that was not asked. `call` is what was done about what cannot wait, None if not asked.
    """

    outcome: Outcome
    reason: Reason
    wished: frozenset[Compartment] = frozenset()
    documents: tuple[Document, ...] = ()
    never: Collection[NewExclusion] | None = None
    call: Call | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the rules say of the answers of a talk that ends."""

    answers: Answers
    stop: Stop | None
    path: Path
    elements: Elements
    suggestion: Suggestion
    needs: tuple[UrgentNeed, ...]

    @property
    def stopped_by(self) -> str | None:
        """Return the code of the stop rule that the talk ends by."""
        return self.stop.code if self.stop else None

    @property
    def need_of_stop(self) -> Stop | None:
        """Return the stop rule if it stands for a need which nobody ticked."""
        stop = self.stop
        if stop is None or stop.level is None:
            return None
        return stop if rules.called_about(self.needs, stop) is None else None


def assess(answers: Answers, call: Call | None = None) -> Assessment:
    """Assess the answers of a talk, with what was done at its end about what cannot wait."""
    talk, stopped_by, path = rules.instrument_of(answers), policy.ended_by(answers), rules.path(answers)
    stop = talk.stops[stopped_by] if stopped_by else None
    elements, needs = rules.element_values(answers, path), rules.urgent_needs(answers)
    if call is not None and stop is not None:
        needs = rules.with_call(needs, stop, acted=call.acted, who=call.whom)
    return Assessment(answers, stop, path, elements, rules.suggest(elements, path, stopped_by, of=talk), needs)


@transaction.atomic
def conclude(
    record: OpenRecord, ended: Conclusion, *, keys: Keys, at: datetime, expected: int | None = None
) -> UUID | None:
    """End a talk with the outcome the worker chose; return the one record it leaves behind.

    That is the record of a person, or a closed one with coded facts only. Both have new keys; the talk is destroyed
    with its own. A practice leaves nothing (None). Sent twice, it answers twice and acts once. Raise Conflict if these
    are not the answers that were `expected`, and Refused if outcome or reason does not fit them.
    """
    refuse_unchecked_wording()
    talk = Talk.objects.select_for_update().filter(record=record.id).first()
    if talk is None or (talk.ended_at is not None and talk.left is None):
        raise NotYours
    if talk.left is not None:
        return talk.left
    if expected not in (None, record.version_of(TalkAnswers)):
        raise Conflict
    # Whoever saves changes the row of the talk first, and waits for its lock.
    record.check_unchanged(TalkAnswers.storage.compartment, TalkAnswers.storage.name)
    assessed = assess(answers_of(record), ended.call)
    decision = _may_end(ended, assessed)
    if not decision:
        raise Refused(decision.because)
    by = keys.worker
    if talk.practice:
        destroy(record.id, by=by, at=at, because="practised")
        return None
    finding = _finding(assessed, ended, second=decision.because == SECOND_READING, by=by, at=at)
    left = _leave(record, assessed, ended, finding, keys=keys, at=at)
    if decision.because == SECOND_READING:
        second_reading.ask(vault_queries.facts(left.id), finding, by=by, at=at)
    vault.destroy(record.id, by=by, at=at, because="concluded")
    Talk.objects.filter(record=record.id).update(ended_at=at, left=left.id)
    audit.record("conclude_talk", by=by, at=at, about=[left.id])
    return left.id


def destroy(record: UUID, *, by: UUID | None, at: datetime, because: str) -> None:
    """Destroy a talk that leaves nothing behind."""
    vault.destroy(record, by=by, at=at, because=because)
    Talk.objects.filter(record=record).update(ended_at=at)


def age_profile(answers: Answers) -> Profile:
    """Return the age as other apps need it: years, band, and child, adult or maybe."""
    band = band_of(answers.age)
    is_adult = rules.path(answers) is Path.ADULT
    status = AgeStatus("AB_U18" if band in UNDER_18 else "AB_18" if is_adult else "AB_MAYBE")
    known = "" if band is AgeBand.UNKNOWN else band.value
    return Profile(age=answers.age.years, age_band=known, age_status=status)


def band_of(age: AgeFacts) -> AgeBand:
    """Return the band the years fall into, or the stated band if the years are unknown."""
    if age.years is None:
        return age.band
    return next((band for below, band in BANDS if age.years < below), AgeBand.ADULT)


def still_to_reach(assessed: Assessment, ended: Conclusion) -> bool:
    """Return True if somebody must still be contacted; never after a talk that ended for a conflict of interest.

    Source: docs/decisions/talk.md.
    """
    if Fact.NEEDS not in _keeps(assessed, ended).facts:
        return False
    return rules.nobody_reached(assessed.needs, assessed.stop, ended.call.acted if ended.call else None)


def _may_end(ended: Conclusion, assessed: Assessment) -> Decision:
    """Decide whether a talk with these answers may end so; SECOND_READING and NOTED are a yes."""
    ready = rules.may_conclude(ended.outcome, assessed.answers, assessed.stopped_by)
    talk = rules.instrument_of(assessed.answers)
    return ready and rules.may_choose(ended.outcome, assessed.suggestion, ended.reason, of=talk)


def _keeps(assessed: Assessment, ended: Conclusion) -> Keeps:
    """Return what survives; a wish counts only where nobody else could hear or see it."""
    wished = ended.wished if policy.wish_counts(assessed.answers) else frozenset()
    talk = rules.instrument_of(assessed.answers)
    return rules.keeps_after(ended.outcome, wished, assessed.stopped_by, of=talk)


def _leave(
    talk: OpenRecord,
    assessed: Assessment,
    ended: Conclusion,
    finding: Finding,
    *,
    keys: Keys,
    at: datetime,
) -> OpenRecord:
    """Store the one record that stays."""
    by, keep = keys.worker, _keeps(assessed, ended)
    is_person = bool(keep.compartments - CODED)
    kind = Kind.PERSON if is_person else Kind.CODES
    left = vault.new_record(kind, organisation=talk.facts.organisation, team=talk.facts.team, by=by, at=at)
    if not is_person and ended.never:
        # Who must never know is not stored without a name, so nobody outside is asked anything.
        finding = finding.model_copy(update={"kept_inside": True})
    left.put(Findings(entries=(finding,)), by=by, at=at)
    if is_person:
        for document in _documents(assessed, ended, keep, at=at):
            left.put(document, by=by, at=at)
        vault.set_index_entry(left, {"name": _list_name(ended)}, keys=keys, at=at)
        if ended.never is not None:
            exclusions.record_exclusions(left, ended.never, keys=keys, at=at)
    else:
        vault.delete_all_but_coded(left, by=by, at=at)
        until = rules.codes_end(clock.local_date(at), of=rules.instrument_of(assessed.answers))
        vault.set_retention(left.id, until)
    if still_to_reach(assessed, ended):
        vault.set_due(left.id, due=clock.local_date(at))
    return left


def _documents(assessed: Assessment, ended: Conclusion, keep: Keeps, *, at: datetime) -> Iterator[Document]:
    """Return what survives in the person's record."""
    yield from (each for each in ended.documents if each.storage.compartment in keep.compartments)
    yield Needs(entries=tuple(_needs(assessed, ended.call, at=at)))
    if Compartment.NARRATIVE in keep.compartments:
        # What the worker typed stays beside the story: no statistics key opens it there.
        if ended.reason.words:
            yield OutcomeReasons(entries=(OutcomeReason(at=at, text=ended.reason.words),))
        if contacts := _contacts(assessed, ended.call, at=at):
            yield NeedContacts(entries=contacts)


def _contacts(assessed: Assessment, call: Call | None, *, at: datetime) -> tuple[NeedContact, ...]:
    whom = {each.need: each.who_answers for each in assessed.needs if each.known}
    if (stop := assessed.need_of_stop) and call and call.whom:
        whom[stop.code] = call.whom
    return tuple(NeedContact(need=_need_id(code), at=at, whom=name) for code, name in whom.items())


def _list_name(ended: Conclusion) -> str:
    """Return the name for lists; a person without a name gets a short code that says nothing."""
    names = [each.name for each in ended.documents if isinstance(each, Person)]
    return next(iter(names), "") or spoken_code(5)


def _needs(assessed: Assessment, call: Call | None, *, at: datetime) -> Iterator[Need]:
    """Return the needs that were told, and the one that a stop rule stands for if nobody ticked it."""
    for each in assessed.needs:
        yield _need(each.need, each.services[0], each.level, reached=each.known, at=at)
    stop = assessed.need_of_stop
    if stop is not None and stop.level is not None:
        reached = call is not None and call.acted is Acted.SPOKE
        yield _need(stop.code, stop.services[0], stop.level, reached=reached, at=at)


def _need(code: str, service: str, urgency: Urgency, *, reached: bool, at: datetime) -> Need:
    spoke_to = (Contacted(at=at),) if reached else ()
    return Need(id=_need_id(code), service_type=service, urgency=urgency, at=at, spoke_to=spoke_to)


def _need_id(code: str) -> str:
    return f"urgent-{code}"


def _finding(assessed: Assessment, ended: Conclusion, *, second: bool, by: UUID, at: datetime) -> Finding:
    """Return the coded facts that may stay, each under the fact that allows it.

    Codes only: statistics read them, and they outlive the talk.
    """
    answers, elements, keep = assessed.answers, assessed.elements, _keeps(assessed, ended)
    summed = (elements.act, elements.means, elements.purpose)
    needs = [NeedFound(need=each.need, level=each.level, known=each.known) for each in assessed.needs]
    facts: dict[Fact, dict[str, Any]] = {
        Fact.INSTRUMENT: {"instrument": f"{answers.instrument}-{answers.version}"},
        Fact.STEP: {"step": policy.reached(answers)},
        Fact.STOP: {"stopped_by": assessed.stopped_by, "acted": ended.call.acted if ended.call else None},
        Fact.REASON: {"suggestion": assessed.suggestion.outcome, "reason": ended.reason.code},
        Fact.PATH: {"path": assessed.path},
        Fact.AGE_BAND: {"age_band": answers.age.band},
        Fact.NEEDS: {"needs": tuple(needs)},
        Fact.SIGNS: {"signs": _ticked(answers, "sign")},
        Fact.SEEN: {"seen": _ticked(answers, "seen")},
        Fact.ELEMENTS: {"elements": {str(each.element): str(each.value) for each in summed}},
        Fact.SETTING: {
            "setting": rules.place_of(answers) or None,
            "written": "LATER" if rules.written_later(answers) else None,
        },
        Fact.BARRIERS: {"barriers": _picked(answers, "BR_BARRIERS")},
        Fact.MISSED: {"missed": _picked(answers, "MS_MISSED")},
    }
    kept: dict[str, Any] = {}
    for fact in keep.facts:
        kept |= facts.get(fact, {})
    return Finding(at=at, by=by, second_reading=second, outcome=ended.outcome, **kept)


def _ticked(answers: Answers, kind: str) -> dict[str, tuple[str, ...]]:
    asked = rules.instrument_of(answers).questions
    return {code: tuple(sorted(signs)) for code, signs in sorted(answers.signs.items()) if asked[code].kind == kind}


def _picked(answers: Answers, question: str) -> tuple[str, ...] | None:
    return tuple(sorted(answers.picked.get(question, ()))) or None
