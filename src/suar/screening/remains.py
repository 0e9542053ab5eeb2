"""What a talk leaves behind: a person's record, or coded facts alone, always under new keys."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from suar.accounts.keys import Keys
from suar.consent import exclusions
from suar.consent.exclusions import NewExclusion
from suar.core import clock
from suar.core.ids import spoken_code
from suar.law.terms import Path
from suar.records import actions as vault
from suar.records import retaining
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment, Kind
from suar.screening import policy, rules
from suar.screening.rules.shapes import Stop
from suar.screening.terms import (
    Acted,
    Answers,
    Call,
    Elements,
    Fact,
    Keeps,
    Outcome,
    Reason,
    Suggestion,
    UrgentNeed,
)

KEPT_INSIDE = "kept_inside"
FINDINGS, NEEDS, REASONS, SPOKEN = "findings", "needs", "reasons", "spoken"
CODED = frozenset({Compartment.CODED})
Kept = Mapping[tuple[Compartment, str], dict[str, Any]]
First = tuple[Compartment, str, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """How a talk ends: the outcome, why, and what the person wants kept.

    `wished` names the compartments they agreed to; `kept` maps (compartment, field) to a value;
    `never` names who must never know, None where that was not asked. `call` says what was done
    about what cannot wait, None where that was not asked.
    """

    outcome: Outcome
    reason: Reason
    wished: frozenset[Compartment]
    kept: Kept
    never: Collection[NewExclusion] | None = None
    call: Call | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say of the answers of a talk that ends, judged once for all who ask."""

    answers: Answers
    stopped_by: str | None
    path: Path
    elements: Elements
    suggestion: Suggestion
    needs: tuple[UrgentNeed, ...]

    @property
    def stop(self) -> Stop | None:
        """Give the stop rule that the talk ends by."""
        stops = rules.instrument_of(self.answers).stops
        return stops[self.stopped_by] if self.stopped_by else None


def judged(answers: Answers, call: Call | None = None) -> Judged:
    """Judge the answers of a talk, with what was done at its end about what cannot wait."""
    stopped_by, path = policy.ended_by(answers), rules.path(answers)
    elements = rules.element_values(answers, path)
    suggestion = rules.suggest(elements, path, stopped_by, of=rules.instrument_of(answers))
    found = Judged(answers, stopped_by, path, elements, suggestion, rules.urgent_needs(answers))
    if call is None or found.stop is None:
        return found
    needs = rules.with_call(found.needs, found.stop, acted=call.acted, who=call.whom)
    return replace(found, needs=needs)


def keeps(talk: Judged, outcome: Outcome, wished: frozenset[Compartment]) -> Keeps:
    """Say what survives; a wish counts only where nobody else could hear or see it."""
    free = wished if policy.wish_counts(talk.answers) else frozenset()
    form = rules.instrument_of(talk.answers)
    return rules.keeps_after(outcome, free, talk.stopped_by, of=form)


def put_together(  # noqa: PLR0913 - what a talk leaves, from which answers, by whom, all named
    talk: OpenRecord,
    found: Judged,
    ended: Conclusion,
    *,
    second: str,
    by: UUID,
    keys: Keys,
    at: datetime,
) -> OpenRecord:
    """Seal the one record that stays, before the turn to write begins; nothing is written yet."""
    keep = keeps(found, ended.outcome, ended.wished)
    is_person = bool(keep.compartments - CODED)
    record = vault.new_record(
        Kind.PERSON if is_person else Kind.CODES,
        waits=True,
        organisation=talk.facts.organisation,
        team=talk.facts.team,
        by=by,
        at=at,
    )
    told = finding(found, ended, keep, second=second, by=by, at=at)
    if not is_person and ended.never:
        # Who must never know is not kept without a name, so nobody outside is asked anything.
        told[KEPT_INSIDE] = True
    first: list[First] = [(Compartment.CODED, FINDINGS, {"list": [told]})]
    if is_person:
        first += _moved(found, ended, keep, at=at)
        first += [exclusions.empty_list()] if named_nobody(ended) else []
    record.write_first(first, by=by, at=at)
    if is_person:
        vault.set_first_sheet(record, {"name": _called(ended)}, keys=keys, at=at)
    return record


def begin(left: OpenRecord, talk: Judged, ended: Conclusion, *, keys: Keys, at: datetime) -> None:
    """Write the record that stays; the caller destroys the talk."""
    by = keys.worker
    vault.begin(left, by=by, at=at)
    if left.facts.kind is Kind.CODES:
        vault.keep_only_coded(left, by=by, at=at)
        talked_by = rules.instrument_of(talk.answers)
        retaining.keep_until(left.id, rules.codes_end(clock.local_date(at), of=talked_by))
    elif named_nobody(ended):
        exclusions.audit_empty_list(left, by=by, at=at)
    elif ended.never is not None:
        exclusions.record_exclusions(left, ended.never, keys=keys, at=at)
    if still_to_reach(talk, ended):
        vault.set_due(left.id, due=clock.local_date(at))


def still_to_reach(talk: Judged, ended: Conclusion) -> bool:
    """Say whether somebody has to be reached yet; after a tie nothing is noted, and nobody asked.

    Source: docs/decisions/0065.
    """
    if Fact.NEEDS not in keeps(talk, ended.outcome, ended.wished).facts:
        return False
    return rules.nobody_reached(talk.needs, talk.stop, ended.call and ended.call.acted)


def named_nobody(ended: Conclusion) -> bool:
    """Say whether the person was asked who must never know, and named nobody."""
    return ended.never is not None and not ended.never


def _moved(found: Judged, ended: Conclusion, keep: Keeps, *, at: datetime) -> Iterator[First]:
    """Give what survives, as it stands in the person's record."""
    for (compartment, name), value in ended.kept.items():
        if value and compartment in keep.compartments:
            yield compartment, name, value
    needs = [_need(each, at=at) for each in found.needs]
    needs += _need_of_stop(found, ended.call, at=at)
    yield Compartment.CODED, NEEDS, {"list": needs}
    if Compartment.NARRATIVE in keep.compartments:
        yield from _words(found, ended, at=at)


def _words(found: Judged, ended: Conclusion, *, at: datetime) -> Iterator[First]:
    """Give what the worker typed, beside the story: no statistics key opens it there."""
    if ended.reason.words:
        said = {"at": at.isoformat(), "text": ended.reason.words}
        yield Compartment.NARRATIVE, REASONS, {"list": [said]}
    spoken = [
        {"need": _need_id(each), "at": at.isoformat(), "whom": each.who_answers} for each in found.needs if each.known
    ]
    if _alone(found) and ended.call and ended.call.whom:
        whom = {"need": f"urgent-{found.stopped_by}", "at": at.isoformat()}
        spoken.append(whom | {"whom": ended.call.whom})
    if spoken:
        yield Compartment.NARRATIVE, SPOKEN, {"list": spoken}


def _called(ended: Conclusion) -> str:
    """Give the name for lists; who gave none is told apart by a short code that says nothing."""
    called = ended.kept.get((Compartment.IDENTITY, "person")) or {}
    return called.get("name") or spoken_code(5)


def _need(need: UrgentNeed, *, at: datetime) -> dict[str, Any]:
    spoke = [{"at": at.isoformat()}] if need.known else []
    return {
        "id": _need_id(need),
        "service_type": need.services[0],
        "urgency": need.level.value,
        "at": at.isoformat(),
        "spoke_to": spoke,
    }


def _need_id(need: UrgentNeed) -> str:
    return f"urgent-{need.need}"


def _alone(found: Judged) -> Stop | None:
    """Give the stop rule that stands for a need which nobody ticked."""
    stop = found.stop
    if stop is None or stop.level is None:
        return None
    return stop if rules.called_about(found.needs, stop) is None else None


def _need_of_stop(found: Judged, call: Call | None, *, at: datetime) -> list[dict[str, Any]]:
    """Give the need that a stop rule stands for, where nobody ticked it."""
    stop = _alone(found)
    if stop is None or stop.level is None:
        return []
    spoke = [{"at": at.isoformat()}] if call and call.acted is Acted.SPOKE else []
    return [
        {
            "id": f"urgent-{stop.code}",
            "service_type": stop.services[0],
            "urgency": stop.level.value,
            "at": at.isoformat(),
            "spoke_to": spoke,
        }
    ]


def finding(talk: Judged, ended: Conclusion, keep: Keeps, *, second: str, by: UUID, at: datetime) -> dict[str, Any]:
    """Write the coded facts that may stay, each under the fact that allows it.

    Codes only: whoever counts for statistics reads them, and they outlive the talk.
    """
    answers, elements = talk.answers, talk.elements
    values = {each.element.value: each.value.value for each in (elements.act, elements.means, elements.purpose)}
    facts: dict[Fact, dict[str, Any]] = {
        Fact.INSTRUMENT: {"instrument": f"{answers.instrument}-{answers.version}"},
        Fact.STEP: {"step": policy.reached(answers).value},
        Fact.STOP: {"stopped_by": talk.stopped_by} | _called_whom(ended.call),
        Fact.OUTCOME: {"outcome": ended.outcome.value},
        Fact.REASON: {"suggestion": talk.suggestion.outcome.value, "reason": ended.reason.code},
        Fact.PATH: {"path": talk.path.value},
        Fact.AGE_BAND: {"age_band": answers.age.band.value},
        Fact.NEEDS: {"needs": [_coded(each) for each in talk.needs]},
        Fact.SIGNS: {"signs": _ticked(answers, "sign")},
        Fact.SEEN: {"seen": _ticked(answers, "seen")},
        Fact.ELEMENTS: {"elements": values},
        Fact.SETTING: _placed(answers),
        Fact.BARRIERS: _picked(answers, "BR_BARRIERS", "barriers"),
        Fact.MISSED: _picked(answers, "MS_MISSED", "missed"),
    }
    kept = {"at": at.isoformat(), "by": str(by), "second_reading": second == "SECOND_READING"}
    return kept | {key: told for fact in keep.facts for key, told in facts.get(fact, {}).items()}


def _called_whom(call: Call | None) -> dict[str, str]:
    """Give what was done about what cannot wait, without whom: that was typed."""
    return {} if call is None else {"acted": call.acted.value}


def _ticked(answers: Answers, kind: str) -> dict[str, list[str]]:
    asked = rules.instrument_of(answers).questions
    ticked = sorted(answers.signs.items())
    return {code: sorted(signs) for code, signs in ticked if asked[code].kind == kind}


def _placed(answers: Answers) -> dict[str, Any]:
    place = {"setting": rules.place_of(answers)} if rules.place_of(answers) else {}
    return place | ({"written": "LATER"} if rules.written_later(answers) else {})


def _picked(answers: Answers, question: str, name: str) -> dict[str, Any]:
    codes = answers.picked.get(question)
    return {name: sorted(codes)} if codes else {}


def _coded(need: UrgentNeed) -> dict[str, Any]:
    return {"need": need.need, "level": need.level.value, "known": need.known}
