"""Read a draft into answers and write it back; a code the instrument does not know is refused."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from suar.core.urgency import Urgency
from suar.law.terms import AgeBand, AgeFacts, Doubt, Element, Path
from suar.screening.rules.reading import instrument
from suar.screening.rules.shapes import Instrument
from suar.screening.terms import Acted, Answer, Answers, NeedAnswer, Unreadable, Value

STORED = frozenset({"one", "way", "sign", "seen", "told", "place"})
SEVERAL = frozenset({"codes"})
OLDEST = 120
LONGEST_NOTE = 200

Code = TypeVar("Code")


def read_draft(draft: Mapping[str, object]) -> Answers:
    """Read a draft; raises Unreadable naming the place, so that a forged post changes nothing.

    Shape: docs/decisions/0004. What is missing was not asked.

    Source: own design, docs/decisions/0004.
    """
    code, version = draft.get("instrument", "short"), draft.get("version", 2)
    if not isinstance(code, str) or type(version) is not int:
        raise Unreadable("instrument")
    talk = instrument(code, version)
    return Answers(
        instrument=code,
        version=version,
        choices={q: _choice(talk, q, v) for q, v in _part(draft, "choices").items()},
        signs={q: _signs(talk, q, v) for q, v in _part(draft, "signs").items()},
        needs={need: _need(talk, need, v) for need, v in _part(draft, "needs").items()},
        age=_age(_part(draft, "age")),
        sums={_coded(Element, e, "sums"): _coded(Value, v, f"sums.{e}") for e, v in _part(draft, "sums").items()},
        stopped_by=_stop(talk, draft.get("stopped_by")),
        picked={q: _picked(talk, q, v) for q, v in _part(draft, "picked").items()},
    )


def write_draft(answers: Answers) -> dict[str, object]:
    """Write answers as a draft; reading it back gives the same answers.

    Source: own design, docs/decisions/0004.
    """
    picked = {q: sorted(codes) for q, codes in sorted(answers.picked.items())}
    return {
        "instrument": answers.instrument,
        "version": answers.version,
        "choices": dict(sorted(answers.choices.items())),
        "signs": {q: sorted(signs) for q, signs in sorted(answers.signs.items())},
        "needs": {code: _written(need) for code, need in sorted(answers.needs.items())},
        "age": {
            "years": answers.age.years,
            "band": answers.age.band.value,
            "doubt": answers.age.doubt.value,
            "settled": answers.age.settled and answers.age.settled.value,
        },
        "sums": {e.value: v.value for e, v in sorted(answers.sums.items())},
        "stopped_by": answers.stopped_by,
        **({"picked": picked} if picked else {}),
    }


def clashes(answers: Answers) -> tuple[str, ...]:
    """Name the questions where a kind of sign is ticked beside 'No sign', so that the page can ask.

    Until it is settled the ticked sign counts.

    Source: own design, docs/decisions/0004.
    """
    return tuple(
        question
        for question, signs in sorted(answers.signs.items())
        if signs and answers.choices.get(question, Answer.NOT_ASKED) != Answer.YES
    )


def _part(draft: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = draft.get(name, {})
    if not isinstance(part, Mapping):
        raise Unreadable(name)
    return part


def _coded(read: Callable[[str], Code], value: object, where: str) -> Code:
    if not isinstance(value, str):
        raise Unreadable(where)
    try:
        return read(value)
    except ValueError as unknown:
        raise Unreadable(where) from unknown


def _choice(talk: Instrument, question: str, value: object) -> str:
    asked = talk.questions.get(question)
    if asked is None or asked.kind not in STORED:
        raise Unreadable("choices")
    if not isinstance(value, str) or value not in {option.code for option in asked.options}:
        raise Unreadable(f"choices.{question}")
    return value


def _signs(talk: Instrument, question: str, value: object) -> frozenset[str]:
    can_bear = {line.sign for line in talk.lines if line.question == question}
    if not can_bear:
        raise Unreadable("signs")
    if not isinstance(value, list) or not all(sign in can_bear for sign in map(str, value)):
        raise Unreadable(f"signs.{question}")
    return frozenset(map(str, value))


def _picked(talk: Instrument, question: str, value: object) -> frozenset[str]:
    asked = talk.questions.get(question)
    if asked is None or asked.kind not in SEVERAL:
        raise Unreadable("picked")
    known = {option.code for option in asked.options}
    if not isinstance(value, list) or not all(isinstance(v, str) and v in known for v in value):
        raise Unreadable(f"picked.{question}")
    return frozenset(value)


def _stop(talk: Instrument, value: object) -> str | None:
    if value is not None and (not isinstance(value, str) or value not in talk.stops):
        raise Unreadable("stopped_by")
    return value


def _need(talk: Instrument, need: str, value: object) -> NeedAnswer:
    where = f"needs.{need}"
    if need not in talk.needs or not isinstance(value, Mapping):
        raise Unreadable("needs" if need not in talk.needs else where)
    level, who = value.get("level"), value.get("who_answers", "")
    if not isinstance(who, str) or len(who) > LONGEST_NOTE:
        raise Unreadable(where)
    return NeedAnswer(
        answer=_coded(Answer, value.get("answer", Answer.NOT_ASKED), where),
        level=None if level is None else _coded(Urgency, level, where),
        acted=_coded(Acted, value.get("acted", Acted.NOT_YET), where),
        who_answers=who.strip(),
    )


def _age(raw: Mapping[str, object]) -> AgeFacts:
    years, settled = raw.get("years"), raw.get("settled")
    if years is not None and (type(years) is not int or not 0 <= years <= OLDEST):
        raise Unreadable("age.years")
    return AgeFacts(
        years=years,
        band=_coded(AgeBand, raw.get("band", AgeBand.UNKNOWN), "age.band"),
        doubt=_coded(Doubt, raw.get("doubt", Doubt.NOT_ASKED), "age.doubt"),
        settled=None if settled is None else _coded(Path, settled, "age.settled"),
    )


def _written(need: NeedAnswer) -> dict[str, object]:
    return {
        "answer": need.answer.value,
        "level": need.level and need.level.value,
        "acted": need.acted.value,
        "who_answers": need.who_answers,
    }
