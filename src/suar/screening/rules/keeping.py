"""What is stored after the end of a talk, and until when."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from suar.records.terms import Compartment
from suar.screening.codes import Outcome
from suar.screening.rules.instrument import Instrument, instrument

CODES = frozenset({Compartment.CODED})
STORY = frozenset({Compartment.NARRATIVE, Compartment.FILES})


@dataclass(frozen=True, slots=True)
class Retention:
    """What survives the end of a talk: compartments and coded facts; everything else is destroyed."""

    compartments: frozenset[Compartment]
    facts: frozenset[str]
    because: str


def keeps_after(
    outcome: Outcome,
    wished: frozenset[Compartment] | None = None,
    stopped_by: str | None = None,
    *,
    of: Instrument | None = None,
) -> Retention:
    """Return which compartments and coded facts survive; all the rest is destroyed with its keys.

    `wished` is what the person agreed to; None means that nothing was answered. After UNABLE, DECLINED and a stopped
    talk, no answer means codes only and no name; some rules keep less.

    Source: ethics rules on least data; data/keeping-1.json; docs/decisions/outcomes.md.
    """
    talk = of or instrument()
    keeps = "NONE" if stopped_by is None else talk.stops[stopped_by].keeps
    row = next(row for row in talk.keeping if row.stop_keeps == keeps and row.outcome in (None, outcome))
    if row.wish == "ALL_UNLESS_WISHED" and wished is None:
        wished = frozenset(Compartment)
    compartments = CODES | (wished or frozenset())
    if row.wish == "NOT_THE_STORY":
        compartments -= STORY
    return Retention(CODES if row.wish == "NEVER" else compartments, row.facts, row.code)


def codes_end(left_on: date, *, of: Instrument | None = None) -> date:
    """Return the day on which coded facts without a name are deleted: two years later.

    Source: ethics rule 'retention' (24 months after closing, design basis); a talk that left no name is closed with
    its end; data/keeping-1.json, codes_months; docs/decisions/talk.md.
    """
    years, month = divmod(left_on.month - 1 + (of or instrument()).codes_months, 12)
    year, month = left_on.year + years, month + 1
    return date(year, month, min(left_on.day, monthrange(year, month)[1]))
