"""The three elements, the suggested outcome, what the worker may choose, and the summary."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from suar.core.decisions import Decision
from suar.screening.codes import Answer, ChangeKind, Outcome, Strength, Value
from suar.screening.rules.answers import Answers, Element, Path, Reason, definition_path, path_of
from suar.screening.rules.draft import BY_WHICH, BY_WHO, asks_by_whom
from suar.screening.rules.instrument import (
    Instrument,
    Minimum,
    OutcomeTables,
    Precondition,
    Question,
    Row,
    Sign,
    instrument_of,
)
from suar.screening.rules.prompts import fears_nobody, prompts_for
from suar.screening.rules.setting import setting_of, written_later
from suar.screening.rules.signs import counting_signs, signs_by_whom, ticked_signs
from suar.screening.rules.steps import DONE, is_safe, next_step

DENIED = frozenset({Answer.NO, Answer.NOT_APPLICABLE})
ANSWERED = DENIED | {Answer.YES}
REFUSAL = "STOP_NO_CONSENT"
SIGNS_RANK = 2
CHANGES = {"YES": ChangeKind.NAME, "SKIPPED": ChangeKind.WAIT, "UNKNOWN": ChangeKind.WAIT}
"""The kind of change, by the answer to a prompt whose sign is open."""
CLAIMS_NOTHING = frozenset({Outcome.UNABLE, Outcome.DECLINED})
FREE_TO_LEAVE, POOR_CONDITIONS = "FREE_TO_LEAVE", "POOR_CONDITIONS"
"""The reason why signs of poor conditions do not count, and the name of the element in that case."""
ONLY_SEEN, SEEN_BY_OTHERS = "ONLY_SEEN", "SEEN_BY_OTHERS"
"""The name of an element whose signs were only seen while the reported harm does not count, and why."""
REASON_IN_WORDS, SIGN_FORCE, SIGN_SOUGHT, HURT_ONLY = "RS_WORDS", "I_M_FORCE", "I_N_SOUGHT", "HURT_ONLY"


@dataclass(frozen=True, slots=True)
class ElementResult:
    """The value of an element with its reason, its signs and its open questions."""

    element: Element
    value: Value
    because: str
    signs: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Elements:
    """The three elements, the reported signs without a score, and the unmet preconditions of "no signs".

    `by_others`: harm by somebody who did not recruit, move, hire, house or profit; no means. `facts`: COULD_LEAVE: the
    person said that they could, for good. NOT_HELD: that, or asked about leaving without a sign. SOUGHT: the person
    looked for it, and it was as agreed. HURT_ONLY: a blow is the only means that was reported, and the person was
    asked and fears nobody now. PRESUMED_FORCED: people from this place, such as a compound for online fraud, are taken
    to have been forced.
    """

    act: ElementResult
    means: ElementResult
    purpose: ElementResult
    unscored: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    by_others: tuple[str, ...] = ()
    facts: frozenset[str] = frozenset()

    @property
    def results(self) -> tuple[ElementResult, ElementResult, ElementResult]:
        """Return the three elements in order."""
        return self.act, self.means, self.purpose


def element_values(answers: Answers, path: Path) -> Elements:
    """Return the values of the three elements with their signs and open questions.

    An element is supported by enough signs, at least one of them reported. Observed signs alone are not enough. Not
    asked, skipped and unknown are never a no.

    Source: Palermo Protocol, art. 3; ILO and European Commission 2009; docs/decisions/outcomes.md.
    """
    talk = instrument_of(answers)
    answers = _with_offered_signs(path, answers)
    every = ticked_signs(answers, path)
    ticked = signs_by_whom(every, answers)
    counted = {sign.code for sign in ticked}
    act, means, purpose = (_element_result(element, answers, path, ticked) for element in Element)
    return Elements(
        act,
        means,
        purpose,
        unscored=tuple(sign.code for sign in ticked if _is_reported(sign) and sign.strength[path] is None),
        missing=tuple(row.code for row in talk.tables.preconditions if not _is_met(row, answers)),
        by_others=tuple(sign.code for sign in every if sign.code not in counted),
        facts=frozenset(_facts(ticked, answers, path)),
    )


def _facts(ticked: Sequence[Sign], answers: Answers, path: Path) -> Iterator[str]:
    freedom, table = _freedom_answers(answers), instrument_of(answers).signs
    if any(sign.frees for sign in ticked):
        yield "COULD_LEAVE"
    if any(sign.frees for sign in ticked) or freedom == {Answer.NO}:
        yield "NOT_HELD"
    if SIGN_SOUGHT in {sign.code for sign in ticked}:
        yield "SOUGHT"
    if (place := setting_of(answers)) and place.presumed_forced:
        yield "PRESUMED_FORCED"
    if {s.code for s in _clear([table[sign.code] for sign in ticked], path)} == {SIGN_FORCE} and fears_nobody(answers):
        yield HURT_ONLY


def _with_offered_signs(path: Path, answers: Answers) -> Answers:
    """Return the answers without kinds that this path does not offer; a yes then has no kind, which is never a no."""
    talk = instrument_of(answers)
    offered = {code: {sign.code for sign in talk.signs_of(code, path)} for code in answers.signs}
    return replace(answers, signs={code: kinds & offered[code] for code, kinds in answers.signs.items()})


def _clear(signs: Sequence[Sign], path: Path) -> list[Sign]:
    """Return the reported means with a strong or medium strength."""
    clear = (Strength.STRONG, Strength.MEDIUM)
    return [s for s in signs if s.element is Element.MEANS and not s.observed and s.strength[path] in clear]


def _is_reported(sign: Sign) -> bool:
    return not sign.observed and not sign.neutral


def _element_result(element: Element, answers: Answers, path: Path, ticked: Sequence[Sign]) -> ElementResult:
    talk, choices = instrument_of(answers), answers.choices
    asking = [prompt.code for prompt in talk.prompts[path] if element in prompt.asks]
    signs = sorted((sign for sign in ticked if sign.element is element), key=lambda sign: sign.observed)
    counting = counting_signs(signs, ticked, path)
    free = talk.has_no_sign and signs and not counting and ANSWERED & _freedom_answers(answers)
    if any(not sign.observed for sign in signs) and not free:
        value, because = _value_by_signs(talk, path, counting)
    elif _has_yes_without_sign(element, answers, path):
        value, because = Value.SOME_SIGNS, "KIND_MISSING"
    elif signs and not free:
        value, because = Value.SOME_SIGNS, "SEEN_ONLY"
    else:
        value, because = _value_without_signs(asking, answers, {sign.code for sign in ticked})
        if free:
            is_settled = any(sign.frees or sign.at_home for sign in ticked)
            value, because = Value.NOT_SUPPORTED if is_settled else value, FREE_TO_LEAVE
    return ElementResult(
        element,
        value,
        because,
        tuple(sign.code for sign in signs),
        tuple(code for code in asking if choices.get(code) not in ANSWERED),
    )


def _value_without_signs(asking: Sequence[str], answers: Answers, counted: Collection[str]) -> tuple[Value, str]:
    """Return the value of an element that no sign points to, and why.

    Not asked is never a no: what was asked in part has no sign so far.
    """
    replies = [_effective_answer(code, answers, counted) for code in asking]
    if asking and set(replies) == {Answer.NO}:
        return Value.NOT_SUPPORTED, "ASKED_AND_DENIED"
    answered = set(replies) - {Answer.NOT_ASKED}
    if instrument_of(answers).has_no_sign and answered and not {Answer.SKIPPED, Answer.UNKNOWN} & answered:
        return Value.NO_SIGN, "NOTHING_POINTS_TO_IT" if Answer.NOT_ASKED in replies else "ALL_ASKED"
    return Value.UNKNOWN, "NOT_ALL_ASKED"


def _effective_answer(question: str, answers: Answers, counted: Collection[str]) -> str:
    """Return the answer to a prompt; a yes with only neutral kinds, poor conditions or harm by others is a no."""
    answer, talk = answers.choices.get(question, Answer.NOT_ASKED), instrument_of(answers)
    kinds = [talk.signs[code] for code in answers.signs.get(question, ())]
    harmless = [sign.neutral or sign.conditions or sign.code not in counted for sign in kinds]
    is_harmless = talk.has_no_sign and bool(kinds) and all(harmless)
    return Answer.NO if answer == Answer.NOT_APPLICABLE or (answer == Answer.YES and is_harmless) else answer


def _freedom_answers(answers: Answers) -> set[str]:
    """Return the answers to the questions about freedom to leave."""
    rows = instrument_of(answers).tables.preconditions
    asked = {code for row in rows if row.code == "FREEDOM_NOT_ASKED" for code in row.any_answered}
    return {answer for code, answer in answers.choices.items() if code in asked}


def _value_by_signs(talk: Instrument, path: Path, signs: Sequence[Sign]) -> tuple[Value, str]:
    """Return the value of an element about which something was reported, by the signs that count, and why."""
    reported = [sign for sign in signs if not sign.observed]
    scored = [sign for sign in signs if sign.observed or sign.strength[path] is not None]
    if any(sign.strength[path] is not None for sign in reported):
        return (
            (Value.SUPPORTED, "ENOUGH_SIGNS") if _reaches(talk, scored, path) else (Value.SOME_SIGNS, "BELOW_THRESHOLD")
        )
    return Value.SOME_SIGNS, "UNSCORED_ONLY" if reported else "CONDITIONS_ONLY"


def _reaches(talk: Instrument, signs: Sequence[Sign], path: Path) -> bool:
    count = Counter(sign.strength[path] for sign in signs)
    return any(
        count[Strength.STRONG] >= line.strong
        and count[Strength.MEDIUM] >= line.medium
        and count[Strength.WEAK] >= line.weak
        for line in talk.thresholds
    )


def _has_yes_without_sign(element: Element, answers: Answers, path: Path) -> bool:
    """Return True if a prompt about an element was answered with yes and no sign was ticked."""
    talk = instrument_of(answers)
    for prompt in talk.prompts[path]:
        asks: Collection[Element | None] = prompt.asks or {sign.element for sign in talk.signs_of(prompt.code, path)}
        if answers.choices.get(prompt.code) == Answer.YES and not answers.signs.get(prompt.code) and element in asks:
            return True
    return False


def _is_met(precondition: Precondition, answers: Answers) -> bool:
    if precondition.all_good:
        return is_safe(answers)
    if precondition.not_later and written_later(answers):
        return True
    if precondition.all_yes:
        return all(answers.choices.get(code) == Answer.YES for code in precondition.all_yes)
    return any(answers.choices.get(code) in ANSWERED for code in precondition.any_answered)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The suggested outcome, the codes of its reasons, notes for the worker, and the outcomes on offer."""

    outcome: Outcome
    because: tuple[str, ...]
    notes: tuple[str, ...]
    offered: tuple[Outcome, ...]
    stopped_by: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Something that would change the suggestion, and the new outcome; without `question` it means all open prompts."""

    kind: ChangeKind
    outcome: Outcome
    question: str | None = None


def suggest(elements: Elements, path: Path, stopped_by: str | None = None, *, talk: Instrument) -> Suggestion:
    """Suggest an outcome with the codes of its reasons.

    The first matching row wins; minimum rules can only raise it. A stopped talk suggests what was already supported,
    or the outcome of its stop rule; a refusal to talk always suggests DECLINED. "No signs" becomes UNABLE if too little
    was asked.

    Source: Palermo Protocol, art. 3; data/outcomes-1.json; docs/decisions/outcomes.md.
    """
    row = row_for(talk.tables, elements, path)
    outcome: Outcome = row.suggest
    because: tuple[str, ...] = (row.code,)
    for minimum in talk.tables.minimums:
        is_blow = minimum.when == "MEANS_TOLD" and HURT_ONLY in row.only
        applies = not is_blow and _applies(talk, minimum, elements, path)
        if applies and rank(talk.tables, outcome) < rank(talk.tables, minimum.at_least):
            outcome, because = minimum.at_least, (*because, minimum.code)
    supported = outcome
    if stopped_by is not None:
        if rank(talk.tables, outcome) < SIGNS_RANK or stopped_by == REFUSAL:
            outcome = talk.stops[stopped_by].ends_as
        because = (*because, "STOPPED")
    elif outcome is Outcome.NOT_INDICATED and elements.missing:
        outcome, because = Outcome.UNABLE, (*because, *elements.missing)
    highest = max(outcome, supported, key=lambda option: rank(talk.tables, option))
    offered = tuple(_offered_outcomes(talk.tables, highest, elements, stopped_by))
    return Suggestion(outcome, because, row.notes, offered, stopped_by)


def row_for(tables: OutcomeTables, elements: Elements, path: Path) -> Row:
    """Return the first row of the path's table that matches; the tables are complete.

    Source: data/outcomes-1.json; docs/decisions/outcomes.md.
    """
    values = {result.element: result.value for result in elements.results}
    rows = (row for row in tables.rows[path] if row.only <= elements.facts)
    return next(row for row in rows if all(values[key] in allowed for key, allowed in row.when.items()))


def rank(tables: OutcomeTables, outcome: Outcome) -> int:
    """Return the rank of an outcome, from "no signs" (0) to "strong signs" (3). Source: data/outcomes-1.json."""
    return tables.outcomes[outcome].rank


def what_would_change(answers: Answers, path: Path, stopped_by: str | None = None) -> tuple[Change, ...]:
    """Return the open questions that would raise the suggestion, and the outcome if all were answered no.

    Those that raise it most come first; by whom a sign was done is one of them. Skipped and unknown prompts wait for
    the person. Prompts answered no are not asked again.

    Source: own design, docs/decisions/outcomes.md.
    """
    if stopped_by is not None:
        return ()
    talk, now = instrument_of(answers), _outcome(answers, path)
    answered = [question for code, question in talk.questions.items() if code in answers.choices]
    opened = frozenset(question.optional_set for question in answered if question.optional_set)
    asked = {prompt.code for prompt in prompts_for(answers, opened)}
    must_exceed = max(rank(talk.tables, now), SIGNS_RANK - 1)
    changes = []
    for prompt in talk.prompts[path]:
        answer, is_named = answers.choices.get(prompt.code, ""), bool(answers.signs.get(prompt.code))
        is_open = answer not in (Answer.NO, Answer.NOT_APPLICABLE) and not (answer == Answer.YES and is_named)
        if prompt.code in asked and is_open:
            outcomes = [_outcome(variant, path) for variant in _with_signs(answers, path, prompt)]
            best = max(outcomes, key=lambda outcome: rank(talk.tables, outcome))
            if rank(talk.tables, best) > must_exceed:
                changes.append(Change(CHANGES.get(answer, ChangeKind.ASK), best, prompt.code))
    who = answers.choices.get(BY_WHO)
    is_open = who in (None, Answer.UNKNOWN) or (who == "SOME" and not answers.picked.get(BY_WHICH))
    if is_open and asks_by_whom(answers):
        best = _outcome(replace(answers, choices={**answers.choices, BY_WHO: "THEM"}), path)
        if rank(talk.tables, best) > must_exceed:
            changes.append(Change(CHANGES.get(who or "", ChangeKind.ASK), best, BY_WHO))
    changes.sort(key=lambda change: -rank(talk.tables, change.outcome))
    denied = [prompt.code for prompt in talk.prompts[path] if answers.choices.get(prompt.code) not in ANSWERED]
    cleared = _outcome(replace(answers, choices={**answers.choices, **dict.fromkeys(denied, Answer.NO)}), path)
    return tuple(changes) if cleared is now else (*changes, Change(ChangeKind.CLEAR, cleared))


def may_choose(outcome: Outcome, suggestion: Suggestion, reason: Reason, *, talk: Instrument) -> Decision:
    """Return whether this outcome may be chosen with this reason; every choice needs one.

    `because` is SECOND_READING if the choice is lower than suggested: it then needs a second opinion. It is NOTED if
    the choice is higher.

    Source: protocol decision rules; docs/decisions/outcomes.md.
    """
    relation = compared(outcome, suggestion, tables=talk.tables)
    known = talk.tables.reasons.get(reason.code)
    if outcome not in suggestion.offered:
        return Decision.refuse("NOT_ASKED_ENOUGH" if suggestion.stopped_by is None else "NOT_OFFERED")
    if known is None:
        return Decision.refuse("REASON_UNKNOWN" if reason.code else "REASON_MISSING")
    if relation not in known.fits:
        return Decision.refuse("REASON_DOES_NOT_FIT")
    if reason.code == REASON_IN_WORDS and not reason.words.strip():
        return Decision.refuse("WORDS_MISSING")
    return Decision.allow({"LOWER": "SECOND_READING", "HIGHER": "NOTED"}.get(relation, ""))


def may_conclude(outcome: Outcome, answers: Answers, stopped_by: str | None = None) -> Decision:
    """Return whether a talk may end with this outcome now.

    UNABLE and DECLINED may end a talk at any step. Other outcomes require that safety, needs, age and consent are
    settled, or that a stop rule was chosen.

    Source: WHO 2003, principles 1 and 6; docs/decisions/outcomes.md.
    """
    if stopped_by is not None or outcome in CLAIMS_NOTHING:
        return Decision.allow()
    following = next_step(instrument_of(answers).order[-1], answers)
    return Decision.allow() if following.because == DONE else Decision.refuse(following.because)


def compared(outcome: Outcome, suggestion: Suggestion, *, tables: OutcomeTables) -> str:
    """Return LOWER, SAME or HIGHER: the choice compared with the suggestion.

    Source: data/outcomes-1.json, rank; docs/decisions/outcomes.md.
    """
    difference = rank(tables, outcome) - rank(tables, suggestion.outcome)
    return "SAME" if difference == 0 else "HIGHER" if difference > 0 else "LOWER"


def _applies(talk: Instrument, minimum: Minimum, elements: Elements, path: Path) -> bool:
    if path not in minimum.paths:
        return False
    if minimum.when == "UNSCORED_SIGN":
        return bool(elements.unscored)
    signs = [talk.signs[code] for code in elements.means.signs]
    is_heard = not signs or bool(_clear(signs, path))
    return is_heard and elements.means.value in (Value.SUPPORTED, Value.SOME_SIGNS)


def _offered_outcomes(
    tables: OutcomeTables, suggested: Outcome, elements: Elements, stopped_by: str | None
) -> Iterator[Outcome]:
    highest = max(words.rank for words in tables.outcomes.values())
    if stopped_by is not None:
        highest = rank(tables, suggested)
    for outcome, words in tables.outcomes.items():
        no_signs = outcome is Outcome.NOT_INDICATED and stopped_by is None and not elements.missing
        if outcome in CLAIMS_NOTHING or no_signs or SIGNS_RANK <= words.rank <= highest:
            yield outcome


def _outcome(answers: Answers, path: Path) -> Outcome:
    return suggest(element_values(answers, path), definition_path(answers), talk=instrument_of(answers)).outcome


def _with_signs(answers: Answers, path: Path, prompt: Question) -> Iterator[Answers]:
    """Return variants of the answers, one for each different sign of the prompt."""
    kinds = instrument_of(answers).signs_of(prompt.code, path)
    different = {(s.element, s.strength[path], s.conditions, s.holds, *s.beside_strong): s for s in kinds}
    for sign in different.values():
        yield replace(
            answers,
            choices={**answers.choices, prompt.code: Answer.YES},
            signs={**answers.signs, prompt.code: frozenset({sign.code})},
        )


def element_lines(answers: Answers, elements: Elements) -> list[dict[str, Any]]:
    """Return the elements with their signs and open questions for the summary.

    Source: Palermo Protocol, art. 3; ILO and European Commission 2009; docs/decisions/talk.md.
    """
    talk, untouched = instrument_of(answers), {None, Answer.NOT_ASKED.value}
    by_others = {talk.signs[code].element for code in elements.by_others} if SEEN_BY_OTHERS in talk.words else set()
    seen = {result.element for result in elements.results if result.because == "SEEN_ONLY"} & by_others
    return [
        {
            "element": result.element,
            "value": ONLY_SEEN if result.element in seen else _value_in_words(result, talk),
            "because": SEEN_BY_OTHERS if result.element in seen else result.because,
            "signs": [sign_line(answers, talk.signs[code]) for code in result.signs],
            "not_asked": [code for code in result.open_questions if answers.choices.get(code) in untouched],
            "not_answered": [code for code in result.open_questions if answers.choices.get(code) not in untouched],
        }
        for result in elements.results
    ]


def _value_in_words(result: ElementResult, talk: Instrument) -> str:
    if result.because == FREE_TO_LEAVE and POOR_CONDITIONS in talk.words:
        return POOR_CONDITIONS
    return "ELEMENT_UNKNOWN" if result.value is Value.UNKNOWN else result.value


def sign_line(answers: Answers, sign: Sign) -> dict[str, Any]:
    """Return a sign with the questions under which it was ticked, and whether it counts.

    A sign does not count if it has no score, or if it is a poor condition without a sign that holds the person.

    Source: docs/decisions/outcomes.md.
    """
    talk, path = instrument_of(answers), path_of(answers)
    questions = [
        code
        for code in talk.questions
        if sign.code in answers.signs.get(code, ()) and sign in talk.signs_of(code, path)
    ]
    is_scored = sign.element is not None and sign.strength[path] is not None
    lines = [line for line in talk.lines if line.sign == sign.code and path in line.paths]
    return {
        "sign": sign,
        "counts": is_scored and bool(counting_signs([sign], ticked_signs(answers, path), path)),
        "why_not": "UNSCORED_ONLY" if sign.strength[path] is None else "CONDITIONS_ONLY",
        "questions": questions,
        "because": [line.because for line in lines if line.question in questions],
    }


def signs_without_element(answers: Answers) -> list[Sign]:
    """Return the ticked signs that belong to no element, such as a doubt about age.

    Source: docs/decisions/outcomes.md.
    """
    talk = instrument_of(answers)
    ticked = {code for codes in answers.signs.values() for code in codes}
    return [sign for code in sorted(ticked) if (sign := talk.signs[code]).element is None and not sign.neutral]
