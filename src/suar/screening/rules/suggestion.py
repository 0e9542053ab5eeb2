"""Suggest an outcome from the elements, say what would change it, and decide what the worker may choose."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from suar.core.decisions import Decision
from suar.screening.codes import Answer, Outcome, Value, Would
from suar.screening.rules.answers import Answers, Reason
from suar.screening.rules.children import prompts_for
from suar.screening.rules.elements import Elements, element_values
from suar.screening.rules.instrument import Instrument, Lift, OutcomeTables, Question, Row, instrument, instrument_of
from suar.screening.rules.law import Element, Path
from suar.screening.rules.steps import DONE, next_step

SIGNS_RANK = 2
WAITS = frozenset({Answer.SKIPPED, Answer.UNKNOWN})
CLAIMS_NOTHING = frozenset({Outcome.UNABLE, Outcome.DECLINED})
OWN_WORDS = "RS_WORDS"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the tables suggest, the codes of why, notes for the worker, and what may be chosen."""

    outcome: Outcome
    because: tuple[str, ...]
    notes: tuple[str, ...]
    offered: tuple[Outcome, ...]
    missing: tuple[str, ...] = ()
    stopped_by: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that would change the suggestion, and to what; no question: all that is open."""

    would: Would
    outcome: Outcome
    question: str | None = None


def suggest(
    elements: Elements, path: Path, stopped_by: str | None = None, *, of: Instrument | None = None
) -> Suggestion:
    """Suggest an outcome with the codes of why; the worker decides.

    First matching row wins; a lift can only raise it. A stopped talk suggests what was already
    supported or how its rule ends. 'No signs' without having asked enough becomes UNABLE.

    Source: Palermo Protocol, art. 3; data/outcomes-1.json; docs/decisions/outcomes.md.
    """
    talk = of or instrument()
    row = row_for(talk.tables, elements, path)
    outcome, because = _lifted(talk.tables, row, elements, path)
    if stopped_by is not None:
        if rank(talk.tables, outcome) < SIGNS_RANK:
            outcome = talk.stops[stopped_by].ends_as
        because = (*because, "STOPPED")
    elif outcome is Outcome.NOT_INDICATED and elements.missing:
        outcome, because = Outcome.UNABLE, (*because, *elements.missing)
    return Suggestion(
        outcome=outcome,
        because=because,
        notes=row.notes,
        offered=_offered(talk.tables, outcome, elements, stopped_by),
        missing=elements.missing,
        stopped_by=stopped_by,
    )


def row_for(tables: OutcomeTables, elements: Elements, path: Path) -> Row:
    """Give the first row of the path's table that matches; the tables are complete.

    Source: data/outcomes-1.json; docs/decisions/outcomes.md.
    """
    values = {
        Element.ACT: elements.act.value,
        Element.MEANS: elements.means.value,
        Element.PURPOSE: elements.purpose.value,
    }
    return next(
        row for row in tables.rows[path] if all(values[element] in allowed for element, allowed in row.when.items())
    )


def rank(tables: OutcomeTables, outcome: Outcome) -> int:
    """Give the place of an outcome between 'no signs' (0) and 'strong signs' (3).

    Source: data/outcomes-1.json, rank; docs/decisions/outcomes.md.
    """
    return tables.outcomes[outcome].rank


def what_would_change(answers: Answers, path: Path, stopped_by: str | None = None) -> tuple[Change, ...]:
    """Name the open prompts whose sign would raise the suggestion, and what clearing all gives.

    Prompts that were skipped or not known wait for the person; what was denied is not asked again.

    Source: own design, docs/decisions/outcomes.md.
    """
    if stopped_by is not None:
        return ()
    talk = instrument_of(answers)
    now = _outcome(answers, path)
    asked = {each.code for each in prompts_for(answers, _opened(answers))}
    changes = [
        Change(_would(answers, question), best, question.code)
        for question in talk.prompts(path)
        if question.code in asked and _is_open(answers, question)
        for best in [_best(talk, answers, path, question)]
        if rank(talk.tables, best) > max(rank(talk.tables, now), SIGNS_RANK - 1)
    ]
    cleared = _outcome(_all_denied(talk, answers, path), path)
    if cleared is not now:
        changes.append(Change(Would.CLEAR, cleared))
    return tuple(changes)


def _opened(answers: Answers) -> frozenset[str]:
    """Name the sets of prompts that the worker opened: something in them was tapped."""
    every = instrument_of(answers).questions.values()
    return frozenset(each.opened_with for each in every if each.opened_with and each.code in answers.choices)


def _lifted(tables: OutcomeTables, row: Row, elements: Elements, path: Path) -> tuple[Outcome, tuple[str, ...]]:
    outcome: Outcome = row.suggest
    because: tuple[str, ...] = (row.code,)
    for lift in tables.lifts:
        lifts = path in lift.paths and _lift_holds(lift, elements)
        if lifts and rank(tables, outcome) < rank(tables, lift.at_least):
            outcome, because = lift.at_least, (*because, lift.code)
    return outcome, because


def _lift_holds(lift: Lift, elements: Elements) -> bool:
    if lift.when == "UNSCORED_SIGN":
        return bool(elements.unscored)
    return elements.means.value in (Value.SUPPORTED, Value.SOME_SIGNS)


def _offered(
    tables: OutcomeTables, suggested: Outcome, elements: Elements, stopped_by: str | None
) -> tuple[Outcome, ...]:
    highest = (
        rank(tables, suggested) if stopped_by is not None else max(words.rank for words in tables.outcomes.values())
    )
    barred = stopped_by is not None or bool(elements.missing)
    return tuple(
        outcome
        for outcome, words in tables.outcomes.items()
        if outcome in CLAIMS_NOTHING
        or SIGNS_RANK <= words.rank <= highest
        or (outcome is Outcome.NOT_INDICATED and not barred)
    )


def _outcome(answers: Answers, path: Path) -> Outcome:
    return suggest(element_values(answers, path), path, of=instrument_of(answers)).outcome


def _is_open(answers: Answers, question: Question) -> bool:
    answer = answers.choices.get(question.code, Answer.NOT_ASKED)
    named = bool(answers.signs.get(question.code))
    return answer != Answer.NO and not (answer == Answer.YES and named)


def _would(answers: Answers, question: Question) -> Would:
    answer = answers.choices.get(question.code, Answer.NOT_ASKED)
    if answer == Answer.YES:
        return Would.NAME
    return Would.WAIT if answer in WAITS else Would.ASK


def _best(talk: Instrument, answers: Answers, path: Path, question: Question) -> Outcome:
    told = _with_each_sign(talk, answers, path, question)
    outcomes = [_outcome(each, path) for each in told]
    return max(outcomes, key=lambda outcome: rank(talk.tables, outcome))


def _with_each_sign(talk: Instrument, answers: Answers, path: Path, question: Question) -> Iterator[Answers]:
    """Give the answers with each kind of sign in turn; kinds that weigh the same are tried once."""
    alike = {
        (sign.element, sign.strength[path], sign.conditions, sign.holds): sign
        for sign in talk.kinds_of(question.code, path)
    }
    for sign in alike.values():
        yield replace(
            answers,
            choices={**answers.choices, question.code: Answer.YES},
            signs={**answers.signs, question.code: frozenset({sign.code})},
        )


def _all_denied(talk: Instrument, answers: Answers, path: Path) -> Answers:
    denied = {
        question.code: Answer.NO
        for question in talk.prompts(path)
        if answers.choices.get(question.code) not in (Answer.YES, Answer.NO)
    }
    return replace(answers, choices={**answers.choices, **denied})


def may_choose(outcome: Outcome, suggestion: Suggestion, reason: Reason, *, of: Instrument | None = None) -> Decision:
    """Say whether this outcome may be chosen with this reason.

    Allowed because SECOND_READING: lower than suggested, so a second person reads codes and reason.
    Allowed because NOTED: higher than suggested. Every choice has a reason; a stopped talk, and a
    talk in which too little was asked, do not offer 'no signs'.

    Source: protocol decision rules; docs/decisions/outcomes.md.
    """
    talk = of or instrument()
    relation = compared(outcome, suggestion, of=talk)
    refusal = Decision.first_refusal(_is_offered(outcome, suggestion), _has_reason(talk, reason, relation))
    if not refusal:
        return refusal
    return Decision.yes({"LOWER": "SECOND_READING", "HIGHER": "NOTED"}.get(relation, ""))


def may_conclude(outcome: Outcome, answers: Answers, stopped_by: str | None = None) -> Decision:
    """Say whether a talk may end with this outcome now: finished, stopped, or with nothing claimed.

    'Could not talk enough' and 'chose not to talk' may end a talk at any step; every other outcome
    waits until safety, needs, age and consent are settled, or until a stop rule was tapped.

    Source: WHO 2003, principles 1 and 6; docs/decisions/outcomes.md.
    """
    if stopped_by is not None or outcome in CLAIMS_NOTHING:
        return Decision.yes()
    going = next_step(instrument_of(answers).steps[-1].code, answers)
    return Decision.yes() if going.because == DONE else Decision.no(going.because)


def compared(outcome: Outcome, suggestion: Suggestion, *, of: Instrument | None = None) -> str:
    """Say whether a choice is LOWER, SAME or HIGHER than what was suggested.

    Source: data/outcomes-1.json, rank; docs/decisions/outcomes.md.
    """
    tables = (of or instrument()).tables
    step = rank(tables, outcome) - rank(tables, suggestion.outcome)
    if step == 0:
        return "SAME"
    return "HIGHER" if step > 0 else "LOWER"


def _is_offered(outcome: Outcome, suggestion: Suggestion) -> Decision:
    if outcome in suggestion.offered:
        return Decision.yes()
    stopped = suggestion.stopped_by is not None
    return Decision.no("NOT_OFFERED" if stopped else "NOT_ASKED_ENOUGH")


def _has_reason(talk: Instrument, reason: Reason, relation: str) -> Decision:
    if not reason.code:
        return Decision.no("REASON_MISSING")
    known = talk.tables.reasons.get(reason.code)
    if known is None:
        return Decision.no("REASON_UNKNOWN")
    if relation not in known.fits:
        return Decision.no("REASON_DOES_NOT_FIT")
    if reason.code == OWN_WORDS and not reason.words.strip():
        return Decision.no("WORDS_MISSING")
    return Decision.yes()
