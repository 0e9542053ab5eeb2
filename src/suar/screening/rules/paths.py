"""Which path a talk takes, from the age told and from a doubt that was seen."""

from dataclasses import replace

from suar.law.rules import path_of
from suar.law.terms import Doubt, Path
from suar.screening.terms import Answers

SEEN_AGE_DOUBT = "I_O_AGE_DOUBT"


def path(answers: Answers) -> Path:
    """Give the path of a talk; a doubt about age that was seen counts like one that was stated.

    Going back and changing the age changes the path, and with it which steps are settled.

    Source: Palermo Protocol, art. 3(d); UNICEF Guidelines 2006; docs/decisions/0004.
    """
    seen = any(SEEN_AGE_DOUBT in signs for signs in answers.signs.values())
    age = replace(answers.age, doubt=Doubt.YES) if seen else answers.age
    return path_of(age)
