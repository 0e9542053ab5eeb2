"""Retention rules: what is stored after a talk, and for how long."""

from dataclasses import dataclass
from datetime import date

from suar.consent.rules import add_months
from suar.records.terms import Compartment
from suar.screening.codes import Outcome
from suar.screening.rules.instrument import Instrument

CODES = frozenset({Compartment.CODED})
STORY = frozenset({Compartment.NARRATIVE, Compartment.FILES})


@dataclass(frozen=True, slots=True)
class Retention:
    """The compartments and coded facts to store after a talk; everything else is destroyed."""

    compartments: frozenset[Compartment]
    facts: frozenset[str]
    because: str


def retention_after(
    outcome: Outcome, wished: frozenset[Compartment] | None, stopped_by: str | None, *, talk: Instrument
) -> Retention:
    """Return the compartments and coded facts to store after a talk with this outcome.

    `wished`: the compartments the person agreed to, or None if the question was not answered. Without an answer,
    UNABLE, DECLINED and stopped talks store codes only. Some stop rules store less.

    Source: ethics rules on least data; data/keeping-2.json; docs/decisions/outcomes.md.
    """
    keeps = "NONE" if stopped_by is None else talk.stops[stopped_by].keeps
    row = next(row for row in talk.keeping if row.stop_keeps == keeps and row.outcome in (None, outcome))
    if row.wish == "ALL_UNLESS_WISHED" and wished is None:
        wished = frozenset(Compartment)
    compartments = CODES | (wished or frozenset())
    if row.wish == "NOT_THE_STORY":
        compartments -= STORY
    return Retention(CODES if row.wish == "NEVER" else compartments, row.facts, row.code)


def codes_end(left_on: date, *, talk: Instrument) -> date:
    """Return the day on which coded facts without a name are deleted: `codes_months` after the talk.

    Source: ethics rule 'retention' (24 months after closing, design basis), counted from the end of the talk;
    data/keeping-2.json, codes_months; docs/decisions/talk.md.
    """
    return add_months(left_on, talk.codes_months)
