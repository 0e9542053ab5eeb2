"""The answers of one talk, as frozen facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

from pydantic import StringConstraints

from suar.core.urgency import Urgency
from suar.screening.codes import Acted, Answer, Value
from suar.screening.rules.law import AgeFacts, Doubt, Element, Path, path_of

SEEN_AGE_DOUBT = "I_O_AGE_DOUBT"


class Unreadable(Exception):
    """A draft holds a code its instrument does not know; `where` names the place only."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


@dataclass(frozen=True, slots=True)
class NeedAnswer:
    """One urgent need as told; a level of None is the default one."""

    answer: Answer = Answer.NOT_ASKED
    level: Urgency | None = None
    acted: Acted = Acted.NOT_YET
    who_answers: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """All that was tapped in one talk. A question that is missing was not asked.

    `choices`: question -> option. `signs`: question -> kinds of sign ticked under it. `picked`: question -> options,
    where several may hold. `sums`: element values that the worker set by hand, with a reason stored elsewhere.
    `stopped_by`: the stop rule that the worker tapped.
    """

    instrument: str = "short"
    version: int = 2
    choices: Mapping[str, str] = field(default_factory=dict)
    signs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    needs: Mapping[str, NeedAnswer] = field(default_factory=dict)
    age: AgeFacts = field(default_factory=AgeFacts)
    sums: Mapping[Element, Value] = field(default_factory=dict)
    stopped_by: str | None = None
    picked: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """What was done at the end about something that cannot wait; `whom` is free text."""

    acted: Acted
    whom: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the worker chose: a code, and words only with RS_WORDS."""

    code: str = ""
    words: str = ""


def path(answers: Answers) -> Path:
    """Return the path of a talk; a doubt about age that was seen counts like one that was stated.

    Going back and changing the age changes the path, and with it which steps are settled.

    Source: Palermo Protocol, art. 3(d); UNICEF Guidelines 2006; docs/decisions/talk.md.
    """
    seen = any(SEEN_AGE_DOUBT in signs for signs in answers.signs.values())
    age = replace(answers.age, doubt=Doubt.YES) if seen else answers.age
    return path_of(age)
