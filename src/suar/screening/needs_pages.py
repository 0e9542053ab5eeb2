"""What is shown of urgent needs: what cannot wait stands first, with whom somebody spoke to."""

from collections.abc import Sequence
from dataclasses import dataclass

from suar.core.urgency import Urgency
from suar.screening import rules
from suar.screening.posting import asks_whom
from suar.screening.rules.shapes import Instrument, Need, Question
from suar.screening.speaking import say
from suar.screening.terms import Acted, Answers, NeedAnswer

TONES = {Urgency.NOW: "now", Urgency.TODAY: "today"}


@dataclass(frozen=True, slots=True)
class Done:
    """What was done about a need, as it can be tapped."""

    code: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class NeedLine:
    """An urgent need as it is printed; one that was told and cannot wait asks who answers."""

    code: str
    words: str
    told: bool
    cannot_wait: bool
    known: bool
    asks_whom: bool
    acted: Sequence[Done]
    who: str
    services: Sequence[str]


@dataclass(frozen=True, slots=True)
class NeedGroup:
    """Needs of one level; those that can wait are folded together until one is told."""

    label: str
    tone: str
    needs: Sequence[NeedLine]
    told: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A need that cannot wait and of which nobody knows yet, as later pages recall it."""

    level: str
    tone: str
    words: str
    nobody: str


def groups(talk: Instrument, answers: Answers, asked: Question) -> list[NeedGroup]:
    """Put the needs together by how soon they must be met; a short list shows some levels only."""
    found = []
    for level in talk.levels.values():
        if asked.groups and level.code.name not in asked.groups:
            continue
        codes = [each.code for each in talk.needs.values() if each.level is level.code]
        lines = [_line(talk, talk.needs[code], answers) for code in codes]
        told = sum(each.told for each in lines)
        found.append(NeedGroup(say(level.label), TONES.get(level.code, ""), lines, told))
    return found


def waiting(talk: Instrument, answers: Answers) -> list[Waiting]:
    """List needs that cannot wait and of which nobody knows yet."""
    return [
        Waiting(
            say(talk.levels[each.level].label),
            TONES[each.level],
            say(talk.needs[each.need].text),
            say(talk.until_then),
        )
        for each in rules.urgent_needs(answers)
        if each.level in TONES and not each.known
    ]


def all_asked(talk: Instrument, answers: Answers) -> bool:
    """Say whether the worker said that nothing else is needed."""
    return len(answers.needs) == len(talk.needs)


def told(talk: Instrument, answers: Answers) -> dict[str, tuple[str, str]]:
    """Say each need that was told with what was done, as one line of words."""
    acted = {each.code: say(each.text) for each in talk.answer_sets["ACTED"]}
    return {
        each.need: (
            say(talk.needs[each.need].text),
            " ".join(filter(None, (acted[each.acted], each.who_answers))),
        )
        for each in rules.urgent_needs(answers)
    }


def _line(talk: Instrument, need: Need, answers: Answers) -> NeedLine:
    found = {each.need: each for each in rules.urgent_needs(answers)}.get(need.code)
    kept = answers.needs.get(need.code, NeedAnswer())
    cannot_wait = found is not None and found.level in TONES
    return NeedLine(
        code=need.code,
        words=say(need.text),
        told=found is not None,
        cannot_wait=cannot_wait,
        known=found is not None and found.known,
        asks_whom=need.code in asks_whom(answers),
        acted=_acted(talk, kept.acted),
        who=kept.who_answers,
        services=need.services,
    )


def _acted(talk: Instrument, acted: Acted) -> list[Done]:
    options = talk.answer_sets["ACTED"]
    return [Done(each.code, say(each.text), each.code == acted) for each in options]
