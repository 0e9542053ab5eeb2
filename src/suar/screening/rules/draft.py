"""Read a stored draft into answers and write it back; a code the instrument does not know is refused."""

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from suar.core.urgency import Urgency
from suar.screening.codes import Acted, Answer, Value
from suar.screening.rules.answers import Answers, NeedAnswer, Unreadable
from suar.screening.rules.instrument import Instrument, instrument
from suar.screening.rules.law import AgeBand, AgeFacts, Doubt, Element, Path

ONE_CHOICE = frozenset({"one", "way", "sign", "seen", "told", "place"})
SEVERAL = frozenset({"codes"})
OLDEST = 120
LONGEST_NOTE = 200


class StoredNeed(BaseModel):
    """An urgent need as stored."""

    answer: Answer = Answer.NOT_ASKED
    level: Urgency | None = None
    acted: Acted = Acted.NOT_YET
    who_answers: str = Field("", max_length=LONGEST_NOTE)


class StoredAge(BaseModel):
    """An age as stored."""

    years: int | None = Field(None, ge=0, le=OLDEST, strict=True)
    band: AgeBand = AgeBand.UNKNOWN
    doubt: Doubt = Doubt.NOT_ASKED
    settled: Path | None = None


class Draft(BaseModel):
    """The stored form of the answers: docs/decisions/talk.md."""

    model_config = ConfigDict(extra="ignore")

    instrument: str = "short"
    version: int = Field(2, strict=True)
    choices: dict[str, str] = {}
    signs: dict[str, list[str]] = {}
    needs: dict[str, StoredNeed] = {}
    age: StoredAge = StoredAge()
    sums: dict[Element, Value] = {}
    stopped_by: str | None = None
    picked: dict[str, list[str]] = {}


def read_draft(draft: Mapping[str, Any]) -> Answers:
    """Read a draft; raise Unreadable naming the place, so that a forged post changes nothing.

    A question that is missing was not asked.

    Source: own design, docs/decisions/talk.md.
    """
    try:
        return answers_of(Draft.model_validate(draft))
    except ValidationError as invalid:
        raise Unreadable(_place(invalid.errors(include_input=False)[0]["loc"])) from None


def answers_of(stored: Draft) -> Answers:
    """Return the answers in a stored draft; raise Unreadable naming the place of an unknown code.

    Source: own design, docs/decisions/talk.md.
    """
    talk = instrument(stored.instrument, stored.version)
    _check_codes(stored, talk)
    return Answers(
        instrument=stored.instrument,
        version=stored.version,
        choices=stored.choices,
        signs={question: frozenset(codes) for question, codes in stored.signs.items()},
        needs={code: _need(need) for code, need in stored.needs.items()},
        age=AgeFacts(stored.age.years, stored.age.band, stored.age.doubt, stored.age.settled),
        sums=stored.sums,
        stopped_by=stored.stopped_by,
        picked={question: frozenset(codes) for question, codes in stored.picked.items()},
    )


def write_draft(answers: Answers) -> dict[str, object]:
    """Return answers in their stored form; reading it back gives the same answers.

    Source: own design, docs/decisions/talk.md.
    """
    age = answers.age
    stored = Draft(
        instrument=answers.instrument,
        version=answers.version,
        choices=dict(sorted(answers.choices.items())),
        signs={question: sorted(codes) for question, codes in sorted(answers.signs.items())},
        needs={code: _stored(need) for code, need in sorted(answers.needs.items())},
        age=StoredAge(years=age.years, band=age.band, doubt=age.doubt, settled=age.settled),
        sums=dict(sorted(answers.sums.items())),
        stopped_by=answers.stopped_by,
        picked={question: sorted(codes) for question, codes in sorted(answers.picked.items())},
    )
    return stored.model_dump(mode="json", exclude=set() if stored.picked else {"picked"})


def clashes(answers: Answers) -> tuple[str, ...]:
    """Return the questions where a kind of sign is ticked beside 'No sign', so that the page can ask.

    Until it is settled the ticked sign counts.

    Source: own design, docs/decisions/talk.md.
    """
    return tuple(
        question
        for question, signs in sorted(answers.signs.items())
        if signs and answers.choices.get(question, Answer.NOT_ASKED) != Answer.YES
    )


def _place(loc: tuple[int | str, ...]) -> str:
    """Name where a value could not be read: a part, or a part and its code."""
    if loc[-1] == "[key]":
        return str(loc[0])
    return "instrument" if loc[0] == "version" else ".".join(str(each) for each in loc[:2])


def _check_codes(stored: Draft, talk: Instrument) -> None:
    for question, code in stored.choices.items():
        _check("choices", question, [code], _options(talk, question, ONE_CHOICE))
    for question, codes in stored.picked.items():
        _check("picked", question, codes, _options(talk, question, SEVERAL))
    for question, codes in stored.signs.items():
        _check("signs", question, codes, {line.sign for line in talk.lines if line.question == question})
    if not stored.needs.keys() <= talk.needs.keys():
        raise Unreadable("needs")
    if stored.stopped_by is not None and stored.stopped_by not in talk.stops:
        raise Unreadable("stopped_by")


def _check(part: str, question: str, codes: Collection[str], known: Collection[str]) -> None:
    if not known:
        raise Unreadable(part)
    if not set(codes) <= set(known):
        raise Unreadable(f"{part}.{question}")


def _options(talk: Instrument, question: str, kinds: Collection[str]) -> Collection[str]:
    asked = talk.questions.get(question)
    return {option.code for option in asked.options} if asked and asked.kind in kinds else ()


def _need(stored: StoredNeed) -> NeedAnswer:
    return NeedAnswer(stored.answer, stored.level, stored.acted, stored.who_answers.strip())


def _stored(need: NeedAnswer) -> StoredNeed:
    return StoredNeed(answer=need.answer, level=need.level, acted=need.acted, who_answers=need.who_answers)
