"""A yes on paper: what is read aloud and ticked, from the words and codes of the page itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from suar.consent import wording
from suar.consent.codes import Field
from suar.referrals import labels
from suar.screening.rules import papers
from suar.screening.rules.papers import Kind, Paper


@dataclass(frozen=True, slots=True)
class YesOnPaper:
    """The paper: its code, the warning that is read, and what can be ticked under each question."""

    code: str
    version: int
    warning: str
    fields: Sequence[str]
    how: Sequence[str]
    interpretation: Sequence[str]
    guardian: Sequence[str]
    involvement: Sequence[str]


def yes_on_paper() -> YesOnPaper:
    """Put the paper together in the language of the page."""
    ticked = (labels.HOW_GIVEN, labels.INTERPRETATION, labels.GUARDIAN, labels.INVOLVEMENT)
    return YesOnPaper(
        papers.code_of(Paper(Kind.YES)),
        wording.LATEST,
        wording.text("before", language=labels.language()),
        [labels.field(each) for each in Field],
        *([str(words) for _, words in choices] for choices in ticked),
    )
