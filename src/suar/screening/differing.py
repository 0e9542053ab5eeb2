"""What two people answered differently on one step, in words."""

from dataclasses import dataclass

from suar.screening import needs_pages, rules
from suar.screening.asking import SAID, line
from suar.screening.speaking import say
from suar.screening.terms import Answers, Step

UNTOLD = SAID | {"needs", "outcome", "place", "codes"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A question that two people answered differently, each in words."""

    words: str
    mine: str
    theirs: str


def between(mine: Answers, theirs: Answers, step: Step) -> list[Difference]:
    """List what differs on a step between what was typed here and what was saved elsewhere."""
    here, there = _told(mine, step), _told(theirs, step)
    words = {code: said for code, (said, _) in [*there.items(), *here.items()]}
    return [
        Difference(words[code], mine_told, theirs_told)
        for code in words
        for mine_told in [here.get(code, ("", ""))[1]]
        for theirs_told in [there.get(code, ("", ""))[1]]
        if mine_told != theirs_told
    ]


def _told(answers: Answers, step: Step) -> dict[str, tuple[str, str]]:
    """Say each question of a step with what was tapped, as one line of words."""
    talk = rules.instrument_of(answers)
    slot = next(each for each in talk.steps if each.code is step)
    lines = [line(talk, each, answers) for each in slot.questions]
    told = {
        each.code: (each.words, ", ".join(tap.words for tap in [*each.choices, *each.signs] if tap.chosen))
        for each in lines
        if each.kind not in UNTOLD
    }
    if any(each.kind == "age" for each in lines):
        years = answers.age.years
        told["age.years"] = (say(slot.title), "" if years is None else str(years))
    for each in slot.questions:
        if each.kind == "codes":
            picked = answers.picked.get(each.code, frozenset())
            words = [say(option.text) for option in each.options if option.code in picked]
            told[each.code] = (say(each.text), ", ".join(words))
    if any(each.kind == "needs" for each in lines):
        told |= needs_pages.told(talk, answers)
    return told
