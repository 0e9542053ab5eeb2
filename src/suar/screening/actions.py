"""Actions of a talk: begin it, save a step, stop, resume and conclude.

A talk that ends leaves one record with new keys. The talk itself is destroyed with its keys.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from suar.accounts import sessions
from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.consent import exclusions, life
from suar.consent.codes import AgeStatus
from suar.consent.documents import Contacted, Need, NeedContact, NeedContacts, Needs, Profile, SafeContact, Statement
from suar.consent.exclusions import NewExclusion, workers_to_exclude
from suar.consent.facts import store_document
from suar.core.decisions import Decision
from suar.core.i18n import refuse_unchecked_wording
from suar.core.ids import new_id
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records import actions as records
from suar.records import queries as record_queries
from suar.records.documents import Document
from suar.records.keyring import OpenRecord, lock_record, lock_several
from suar.records.terms import Compartment, Kind, RecordFacts
from suar.screening import documents, next_steps, queries, team_opinions
from suar.screening.codes import ContactResult, Outcome, Step
from suar.screening.documents import Finding, NextStep
from suar.screening.models import Reading, Talk
from suar.screening.next_steps import ChosenStep
from suar.screening.queries import answers_of, is_unreached, version_of
from suar.screening.rules.answers import UNDER_18, AgeBand, Answers, Call, Path, Reason, definition_path, path_of
from suar.screening.rules.draft import BY_WHO
from suar.screening.rules.instrument import Instrument, Stop, instrument, instrument_of
from suar.screening.rules.needs import UrgentNeed, has_unreached_need, is_settled_by, needs_at_end
from suar.screening.rules.next_steps import agreed_word, default_step
from suar.screening.rules.outcomes import Elements, Suggestion, element_values, may_choose, may_conclude, suggest
from suar.screening.rules.retention import CODES, Retention, codes_end, retention_after
from suar.screening.rules.setting import is_report, place_of, written_later
from suar.screening.rules.steps import current_step, final_stop, place_was_bad, stops_offered

SECOND_READING = "SECOND_READING"
UNREACHED = {ContactResult.TRIED: "tried", ContactResult.NOT_WANTED: "not_wanted", ContactResult.LATER: "later"}
REPORTER = ("RP_WHO", "RP_KNOWS", "RP_PART", "RP_REACH")
"""The questions about who reports and how the person can be reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """The end of a talk: the outcome, the reason, and what the person wants stored.

    `wished`: the compartments the person agreed to store. `documents`: what was typed. `exclusions`: whom to exclude,
    or None if that was not asked. `call`: the call about a need that cannot wait, or None if that was not asked.
    `next_step`: what the worker chose to happen next.
    """

    outcome: Outcome
    reason: Reason
    wished: frozenset[Compartment] = frozenset()
    documents: tuple[Document, ...] = ()
    exclusions: Collection[NewExclusion] | None = None
    call: Call | None = None
    next_step: ChosenStep = ChosenStep()


@dataclass(frozen=True, slots=True)
class Assessment:
    """The end of a talk and what the rules say about it. `needs` include the need that its stop rule implies."""

    conclusion: Conclusion
    answers: Answers
    instrument: Instrument
    stop: Stop | None
    path: Path
    elements: Elements
    suggestion: Suggestion
    needs: tuple[UrgentNeed, ...]
    retention: Retention


@act("begin_talk", needs=Permission.RUN_TALK)
def begin_talk(
    team: UUID, answers: Answers, *, by: Acting, practice: str = "", continues: UUID | None = None
) -> OpenRecord:
    """Begin a talk: a record of its own, granted to its author and the leads of the team.

    A `practice` talk with an invented person is restricted to its author. `continues`: the record of an earlier talk
    with the person, or of a report about them, which the worker can open; the talk is restricted if that record is.
    Raises Refused when the person died or is missing.
    """
    refuse_unchecked_wording()
    if team not in by.viewer.teams:
        raise NotYours
    earlier = queries.open_to_continue(continues, keys=by.keys) if continues else None
    if earlier:
        life.check_contact(earlier)
    by.entry.skip = True  # The new record has its own entry.
    record = records.new_record(
        Kind.TALK,
        organisation=by.viewer.organisation,
        team=team,
        by=by.worker,
        at=by.at,
        restricted=bool(practice) or (earlier is not None and earlier.facts.restricted),
    )
    Talk.objects.create(record=record.id, author=by.worker, saved_at=by.at, practice=practice, continues=continues)
    record.put(documents.TalkClock(begun=by.at), by=by.worker, at=by.at)
    record.put(documents.TalkAnswers(answers=answers), by=by.worker, at=by.at)
    return record


@act("save_talk", needs=Permission.RUN_TALK)
def save_answers(record: OpenRecord, answers: Answers, *, by: Acting, expected: int | None = None) -> None:
    """Seal the whole draft; raise Conflict if somebody saved in between, and NotYours if the talk has ended."""
    refuse_unchecked_wording()
    by.entry.skip = True  # The log has the begin and the end of a talk, and who opened it.
    if not Talk.objects.filter(record=record.id, ended_at=None).update(saved_at=by.at):
        raise NotYours
    record.put(documents.TalkAnswers(answers=answers), by=by.worker, at=by.at, expected=expected)


def stop_talk(record: OpenRecord, answers: Answers, *, rule: str, step: Step, by: Acting) -> None:
    """Stop a talk by a rule that this step offers; raise Refused for another one."""
    if rule not in {offered.code for offered, _ in stops_offered(step, answers)}:
        raise Refused("STOP_NOT_OFFERED")
    save_answers(record, replace(answers, stopped_by=rule), by=by)


def resume_talk(record: OpenRecord, answers: Answers, *, by: Acting) -> None:
    """Continue a talk whose stop rule was tapped by mistake or no longer applies."""
    save_answers(record, replace(answers, stopped_by=None), by=by)


def lock_continued(record: OpenRecord) -> None:
    """Lock the record that a talk continues: excluding somebody locks it before its talks."""
    continued = Talk.objects.filter(record=record.id).values_list("continues", flat=True).first()
    if continued:
        lock_several(record)
        lock_record(continued)


@act("conclude_talk", needs=Permission.RUN_TALK, lock_first=lock_continued)
def conclude_talk(
    record: OpenRecord, conclusion: Conclusion, *, by: Acting, expected: int | None = None
) -> RecordFacts | None:
    """End a talk with the outcome the worker chose, and return the record it leaves.

    The record is that of a person, or a closed one with coded facts only. A talk that continues an earlier one adds to
    its record, and nothing of the earlier outcomes changes. A practice talk leaves none.

    Raise Conflict if the answers are not the `expected` version, and Refused if outcome or reason does not fit them.
    """
    refuse_unchecked_wording()
    talk = Talk.objects.select_for_update().get(record=record.id)
    if talk.ended_at is not None:
        raise NotYours
    if expected not in (None, version_of(record)):
        raise Conflict
    if by.session:
        sessions.set_in_talk(by.session, in_talk=False)
    assessment = assess(answers_of(record), conclusion)
    decision = _may_end(assessment)
    decision.enforce()
    if talk.practice:
        by.entry.skip = True
        _destroy(talk, by=by.worker, at=by.at, because="practised")
        return None
    finding = _finding(assessment, second_reading=decision.because == SECOND_READING, by=by)
    earlier = _earlier_record(talk, assessment, by=by)
    result = _store_result(record.facts, earlier, assessment, finding, by=by)
    talk.left, by.entry.about[:] = result.id, [result.id]
    _destroy(talk, by=by.worker, at=by.at, because="concluded")
    _exclude(result, conclusion, by=by)
    team_opinions.request_opinion(result.id, queries.findings(result)[0], by=by.worker, at=by.at)
    return result.facts


def _exclude(result: OpenRecord, conclusion: Conclusion, *, by: Acting) -> None:
    """Close what a talk left to those whom the person excludes; a record without a name stores no list of them."""
    if result.facts.kind is Kind.PERSON and conclusion.exclusions is not None:
        exclusions.exclude(result, conclusion.exclusions, by=by)
    elif result.facts.kind is Kind.CODES and (excluded := workers_to_exclude(conclusion.exclusions or ())):
        records.restrict(result.reopen(by), excluded=excluded, keys=by.keys, at=by.at)


def close_to_excluded(record: OpenRecord, *, by: Acting) -> None:
    """Close to excluded colleagues what talks hold about a person: reports, unfinished talks, second opinions."""
    excluded = exclusions.excluded_colleagues(record)
    if not excluded:
        return
    team_opinions.cancel(record.id, by=by.worker, at=by.at)
    unfinished = Talk.objects.filter(continues=record.id, ended_at=None).values_list("record", flat=True)
    earlier = Talk.objects.filter(left=record.id).values_list("continues", flat=True)
    for other in {other for other in (*unfinished, *earlier) if other and other != record.id}:
        exclusions.restrict_for(other, excluded, by=by)


@act("call_somebody", needs=Permission.RUN_TALK)
def record_call(record: OpenRecord, call: Call, *, by: Acting) -> None:
    """Store a call after a talk in which nobody was reached; free text is not stored with codes.

    The record is no longer due once the call leaves nothing open. If a colleague was faster, nothing is stored.
    """
    if not is_unreached(record.id):
        by.entry.skip = True
        return
    calls = record.get(documents.Calls) or documents.Calls(entries=())
    new_call = documents.CallAttempt(at=by.at, by=by.worker, acted=call.acted)
    record.put(documents.Calls(entries=(*calls.entries, new_call)), by=by.worker, at=by.at)
    findings = record.get(documents.Findings)
    of_child = findings is None or findings.entries[0].path is not Path.ADULT
    if is_settled_by(call.acted, of_child=of_child):
        next_steps.set_due(record)


def destroy_abandoned(*, at: datetime) -> int:
    """Destroy talks that were not saved for seven days, and return how many. Needs no keys."""
    return sum(_destroy_if_abandoned(record, at=at) for record in _abandoned_talks(at).values_list("record", flat=True))


def assess(answers: Answers, conclusion: Conclusion) -> Assessment:
    """Apply the rules to the answers of a talk and the call at its end."""
    talk, stop, path = instrument_of(answers), final_stop(answers), path_of(answers)
    stopped_by = stop.code if stop else None
    elements = element_values(answers, path)
    wished = frozenset() if place_was_bad(answers) else conclusion.wished
    return Assessment(
        conclusion=conclusion,
        answers=answers,
        instrument=talk,
        stop=stop,
        path=path,
        elements=elements,
        suggestion=suggest(elements, definition_path(answers), stopped_by, talk=talk),
        needs=needs_at_end(answers, stop, conclusion.call),
        retention=retention_after(conclusion.outcome, wished, stopped_by, talk=talk),
    )


def age_profile(answers: Answers) -> Profile:
    """Return the age as other apps need it: years, band, and child, adult or maybe."""
    band = answers.age.best_band
    is_adult = path_of(answers) is Path.ADULT
    status = AgeStatus("AB_U18" if band in UNDER_18 else "AB_18" if is_adult else "AB_MAYBE")
    return Profile(age=answers.age.years, age_band="" if band is AgeBand.UNKNOWN else band.value, age_status=status)


def _may_end(assessment: Assessment) -> Decision:
    """Return whether a talk may end with this outcome and reason. A report claims nothing and needs no reason."""
    stopped_by, answers, conclusion = assessment.suggestion.stopped_by, assessment.answers, assessment.conclusion
    if is_report(answers) and stopped_by is None and conclusion.outcome is Outcome.UNABLE:
        return Decision.allow()
    decision = may_conclude(conclusion.outcome, answers, stopped_by)
    suggestion, reason = assessment.suggestion, conclusion.reason
    return decision and may_choose(conclusion.outcome, suggestion, reason, talk=assessment.instrument)


def _abandoned_talks(at: datetime) -> QuerySet[Talk]:
    return Talk.objects.filter(ended_at=None, saved_at__lte=at - timedelta(days=instrument().draft_days))


@transaction.atomic
def _destroy_if_abandoned(record: UUID, *, at: datetime) -> bool:
    """Destroy one talk, unless a colleague saved or ended it in the meantime."""
    lock_record(record)
    talk = _abandoned_talks(at).select_for_update().filter(record=record).first()
    if talk is None:
        return False
    _destroy(talk, by=None, at=at, because="abandoned")
    if talk.practice:
        talk.delete()
    return True


def _destroy(talk: Talk, *, by: UUID | None, at: datetime, because: str) -> None:
    """Destroy the answers of a talk. Its row stays with the end and the record it left."""
    records.destroy(talk.record, by=by, at=at, because=because)
    talk.ended_at = at
    talk.save(update_fields=["ended_at", "left"])


def _earlier_record(talk: Talk, assessment: Assessment, *, by: Acting) -> OpenRecord | None:
    """Return the record that a talk adds to or replaces, or None; it is locked already.

    A talk that ended for a conflict of interest stays apart: the holder of the earlier record may be concerned.
    """
    return queries.open_earlier(talk.continues, keys=by.keys) if "NEEDS" in assessment.retention.facts else None


def _store_result(
    facts: RecordFacts, earlier: OpenRecord | None, assessment: Assessment, finding: Finding, *, by: Acting
) -> OpenRecord:
    """Store the record that stays after a talk, or add to that of an earlier talk with the person.

    Where somebody without a name now wants to be named, the new record takes over the earlier outcomes.
    """
    kind, conclusion = _kind_of(assessment), assessment.conclusion
    adds = earlier is not None and earlier.facts.kind in (Kind.PERSON, kind)
    word = agreed_word(earlier.id if earlier is not None else facts.id)
    result = earlier if earlier is not None and adds else _new_record(kind, facts, word=word, by=by)
    history = earlier if earlier is not None and earlier.facts.kind is not Kind.REPORT else result
    findings = queries.findings(history)
    if result.facts.kind is Kind.CODES:
        finding = team_opinions.without_excluded(finding, conclusion.exclusions or (), before=findings)
    steps, excluded = _assign_steps(result, assessment, by=by), _excluded(result, conclusion)
    stored: list[Document] = [documents.Findings(entries=(finding, *findings))]
    past = next_steps.reassign_lost_steps(history, result, excluded=excluded, author=by.worker)
    stored += [documents.NextSteps(entries=(*past, *steps))] if steps else ()
    stored += _documents_to_store(assessment, at=by.at) if kind is not Kind.CODES else ()
    conditions = next_steps.contact_conditions({*conclusion.next_step.avoid, *next_steps.acts_to_avoid(history)})
    if conditions.rules and result.facts.kind is Kind.PERSON and (not adds or result.get(SafeContact)):
        typed = next((document for document in stored if isinstance(document, SafeContact)), SafeContact())
        update = {name: value for name, value in conditions if value}
        stored = [*(document for document in stored if document is not typed), typed.model_copy(update=update)]
    if adds:
        for document in stored:
            store_document(result, _merge_document(result, document), by=by)
    else:
        result.add(*stored, by=by.worker, at=by.at)
    if kind is Kind.CODES and not adds:
        records.delete_all_but_coded(result, by=by.worker, at=by.at)
    next_steps.update_index_entry(result, by=by)
    if result.facts.kind is not Kind.PERSON:
        records.set_retention(result.id, codes_end(by.today, talk=assessment.instrument))
    if earlier is not None and not adds:
        _replace(earlier, result, by=by)
    _set_due(result, assessment, steps, by=by)
    return result


def _kind_of(assessment: Assessment) -> Kind:
    if not assessment.retention.compartments - CODES:
        return Kind.CODES
    return Kind.REPORT if is_report(assessment.answers) else Kind.PERSON


def _new_record(kind: Kind, facts: RecordFacts, *, word: str, by: Acting) -> OpenRecord:
    """Return a new record with this agreed word; after a restricted talk it is restricted too."""
    where = {"organisation": facts.organisation, "team": facts.team}
    ident = next(ident for ident in iter(new_id, None) if agreed_word(ident) == word)
    return records.new_record(kind, **where, by=by.worker, at=by.at, restricted=facts.restricted, ident=ident)


def _assign_steps(result: OpenRecord, assessment: Assessment, *, by: Acting) -> list[NextStep]:
    """Assign the next step to its owner; return the author's own step, if any, and then that one.

    A talk that ended for a conflict of interest stores no needs and no step, so nothing is due.
    """
    if "NEEDS" not in assessment.retention.facts:
        return []
    is_person, conclusion = result.facts.kind is Kind.PERSON, assessment.conclusion
    typed = any(getattr(part, "phone", "") for part in conclusion.documents)
    has_contact = is_person and (typed or bool((result.get(SafeContact) or SafeContact()).phone))
    default = default_step(assessment.answers, assessment.stop, has_name=is_person, has_contact=has_contact)
    added = next_steps.own_step(default, conclusion.next_step, by=by)
    step = next_steps.assign_step(result, default, conclusion.next_step, excluded=_excluded(result, conclusion), by=by)
    return [*([added] if added else []), step]


def _excluded(result: OpenRecord, conclusion: Conclusion) -> frozenset[UUID]:
    """Return the workers who must never know of the person, as this talk and the record say."""
    excluded = workers_to_exclude(conclusion.exclusions or ())
    return excluded | (exclusions.excluded_colleagues(result) if result.facts.kind is Kind.PERSON else frozenset())


def _merge_document(record: OpenRecord, document: Document) -> Document:
    """Return a document of this talk merged with the stored one: texts and lists grow, new facts replace old ones."""
    stored: Any = record.get(type(document))
    if stored is None or isinstance(document, documents.Findings | documents.NextSteps):
        return document
    update: dict[str, Any] = {name: value for name, value in document if value}
    if isinstance(document, Statement):
        update = {"text": f"{stored.text}\n\n{document.text}"}
    elif isinstance(document, Needs | NeedContacts | documents.OutcomeReasons):
        new = {_key_of(entry) for entry in document.entries}
        update = {"entries": (*(entry for entry in stored.entries if _key_of(entry) not in new), *document.entries)}
    elif isinstance(document, Profile) and not document.age_band and document.age is None:
        update = {}
    merged: Document = stored.model_copy(update=update)
    return merged


def _key_of(entry: Need | NeedContact | documents.OutcomeReason) -> object:
    return entry.id if isinstance(entry, Need) else entry.need if isinstance(entry, NeedContact) else entry.at


def _replace(earlier: OpenRecord, result: OpenRecord, *, by: Acting) -> None:
    """Finish the report that led to this talk, or destroy the record without a name that the new one replaces."""
    if earlier.facts.kind is Kind.REPORT:
        next_steps.finish_step(earlier, by=by)
        return
    for model in (Talk, Reading):
        model.objects.filter(left=earlier.id).update(left=result.id)
    records.destroy(earlier.id, by=by.worker, at=by.at, because="named")


def _set_due(result: OpenRecord, assessment: Assessment, steps: list[NextStep], *, by: Acting) -> None:
    """Set when something is due: today if nobody was reached, else the day of the next step."""
    acted = assessment.conclusion.call.acted if assessment.conclusion.call else None
    has_needs = "NEEDS" in assessment.retention.facts
    if has_needs and has_unreached_need(assessment.needs, assessment.stop, acted):
        records.set_due(result.id, due=by.today)
    elif any(step.due for step in steps) or (steps and record_queries.is_task(result.id)):
        next_steps.set_due(result)


def _documents_to_store(assessment: Assessment, *, at: datetime) -> Iterator[Document]:
    """Return the documents to store in the person's record."""
    compartments, conclusion = assessment.retention.compartments, assessment.conclusion
    yield from (document for document in conclusion.documents if document.storage.compartment in compartments)
    yield Needs(
        entries=tuple(
            Need(
                id=f"urgent-{need.need}",
                service_type=need.services[0],
                urgency=need.level,
                at=at,
                spoke_to=(Contacted(at=at),) if need.known else (),
                call_result=None
                if need.of_child and need.acted is ContactResult.NOT_WANTED
                else UNREACHED.get(need.acted),
            )
            for need in assessment.needs
        )
    )
    if Compartment.NARRATIVE in compartments:
        # Free text is stored with the story, because no statistics key opens that compartment.
        if conclusion.reason.words:
            yield documents.OutcomeReasons(entries=(documents.OutcomeReason(at=at, text=conclusion.reason.words),))
        contacts = [
            NeedContact(need=f"urgent-{need.need}", at=at, whom=need.who_answers)
            for need in assessment.needs
            if need.known and need.who_answers
        ]
        if contacts:
            yield NeedContacts(entries=tuple(contacts))


def _finding(assessment: Assessment, *, second_reading: bool, by: Acting) -> Finding:
    """Return the coded facts that the retention rules allow.

    They hold no free text: statistics read them, and they outlive the talk.
    """
    answers, talk, needs = assessment.answers, assessment.instrument, assessment.needs
    stopped_by, conclusion = assessment.suggestion.stopped_by, assessment.conclusion
    facts: dict[str, dict[str, Any]] = {
        "INSTRUMENT": {"instrument": f"{answers.instrument}-{answers.version}"},
        "STEP": {"step": current_step(answers)},
        "STOP": {"stopped_by": stopped_by, "acted": conclusion.call.acted if conclusion.call else None},
        "REASON": {"suggestion": assessment.suggestion.outcome, "reason": conclusion.reason.code},
        "PATH": {"path": assessment.path},
        "AGE_BAND": {"age_band": answers.age.best_band},
        "NEEDS": {
            "needs": tuple(
                documents.ReportedNeed(need=need.need, level=need.level, known=need.known, acted=need.acted)
                for need in needs
                if need.need in talk.needs
            )
        },
        "SIGNS": {"signs": _list_signs(answers, "sign", "noted"), "reported": _list_signs(answers, "reported") or None},
        "SEEN": {"seen": _list_signs(answers, "seen"), "by_whom": answers.choices.get(BY_WHO)},
        "ELEMENTS": {"elements": {str(result.element): str(result.value) for result in assessment.elements.results}},
        "SETTING": {
            "setting": place_of(answers) or None,
            "written": "LATER" if written_later(answers) else None,
            "talked": answers.choices.get("WR_WHEN"),
            "report": {code: answers.choices[code] for code in REPORTER if code in answers.choices} or None,
        },
        "BARRIERS": {"barriers": _picked_options(answers, "BR_BARRIERS")},
        "MISSED": {"missed": _picked_options(answers, "MS_MISSED")},
    }
    stored: dict[str, Any] = {}
    for fact in assessment.retention.facts:
        stored |= facts.get(fact, {})
    return Finding(at=by.at, by=by.worker, second_reading=second_reading, outcome=conclusion.outcome, **stored)


def _list_signs(answers: Answers, *kinds: str) -> dict[str, tuple[str, ...]]:
    questions = instrument_of(answers).questions
    return {
        code: tuple(sorted(signs)) for code, signs in sorted(answers.signs.items()) if questions[code].kind in kinds
    }


def _picked_options(answers: Answers, question: str) -> tuple[str, ...] | None:
    return tuple(sorted(answers.picked.get(question, ()))) or None
