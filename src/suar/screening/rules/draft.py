"""Validate and serialise the answers of a talk."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError

from suar.screening.codes import Answer
from suar.screening.rules.answers import Answers, Unreadable, path_of
from suar.screening.rules.instrument import Instrument, instrument, instrument_of

ONE_CHOICE = frozenset({"one", "way", "sign", "seen", "told", "noted", "reported", "place"})
SEVERAL = frozenset({"codes", "several"})
BY_WHO, BY_WHICH = "BW_WHO", "BW_WHICH"
STORED: TypeAdapter[Answers] = TypeAdapter(Answers)


class Posted(Protocol):
    """A form as posted."""

    def get(self, name: str, default: str) -> str: ...
    def getlist(self, name: str) -> Sequence[str]: ...


def read_draft(draft: Mapping[str, Any]) -> Answers:
    """Parse and validate answers; raise Unreadable with the name of the invalid field.

    A question that is missing was not asked.

    Source: own design, docs/decisions/talk.md.
    """
    if type(draft.get("version", 0)) is not int:
        raise Unreadable("instrument")
    try:
        answers = STORED.validate_python(draft)
    except ValidationError as invalid:
        loc = invalid.errors(include_input=False)[0]["loc"]
        raise Unreadable(str(loc[0]) if loc[-1] == "[key]" else ".".join(map(str, loc[:2]))) from None
    _check_codes(answers, instrument(answers.instrument, answers.version))
    return answers


def write_draft(answers: Answers) -> dict[str, Any]:
    """Serialise answers; `read_draft` returns the same answers.

    Source: own design, docs/decisions/talk.md.
    """
    stored: dict[str, Any] = STORED.dump_python(answers, mode="json")
    for part in ("signs", "picked"):
        stored[part] = {question: sorted(codes) for question, codes in stored[part].items()}
    return stored


def clashes(answers: Answers) -> tuple[str, ...]:
    """Return the questions with a ticked sign whose answer is not yes.

    Until the worker corrects it, the ticked sign counts.

    Source: own design, docs/decisions/talk.md.
    """
    ticked = sorted(question for question, signs in answers.signs.items() if signs)
    return tuple(question for question in ticked if answers.choices.get(question) != Answer.YES)


def yes_without_sign(answers: Answers) -> tuple[str, ...]:
    """Return the questions answered with yes under which no kind of sign is ticked.

    Source: own design, docs/decisions/talk.md.
    """
    talk, path = instrument_of(answers), path_of(answers)
    return tuple(
        code
        for code, answer in answers.choices.items()
        if answer == Answer.YES and talk.signs_of(code, path) and not answers.signs.get(code)
    )


def asks_by_whom(answers: Answers) -> bool:
    """Return True if a sign is ticked that is a means only if somebody who gains did it.

    Source: Palermo Protocol, art. 3(a); own design, docs/decisions/outcomes.md.
    """
    talk = instrument_of(answers)
    return BY_WHO in talk.questions and any(talk.signs[code].by for codes in answers.signs.values() for code in codes)


def by_whom_is_open(answers: Answers) -> bool:
    """Return True if the question who did a ticked sign has no answer yet; "not known" is an answer.

    Source: own design, docs/decisions/outcomes.md.
    """
    return asks_by_whom(answers) and BY_WHO not in answers.choices


def _check_codes(answers: Answers, talk: Instrument) -> None:
    for question, code in answers.choices.items():
        _check("choices", question, [code], _options(talk, question, ONE_CHOICE))
    for question, codes in answers.picked.items():
        _check("picked", question, codes, _options(talk, question, SEVERAL))
    for question, codes in answers.signs.items():
        _check("signs", question, codes, {line.sign for line in talk.lines if line.question == question})
    if not answers.needs.keys() <= talk.needs.keys():
        raise Unreadable("needs")
    if answers.stopped_by is not None and answers.stopped_by not in talk.stops:
        raise Unreadable("stopped_by")


def _check(part: str, question: str, codes: Collection[str], known: Collection[str]) -> None:
    if not known:
        raise Unreadable(part)
    if not set(codes) <= set(known):
        raise Unreadable(f"{part}.{question}")


def _options(talk: Instrument, code: str, kinds: Collection[str]) -> Collection[str]:
    question = talk.questions.get(code)
    return {option.code for option in question.options} if question and question.kind in kinds else ()
