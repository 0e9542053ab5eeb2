"""What is stored after the end of a talk, and when a draft that nobody finished is destroyed."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from suar.records.terms import Compartment
from suar.screening.codes import Fact, Outcome
from suar.screening.rules.instrument import Instrument, KeepRow, instrument

EVERYTHING = frozenset(Compartment)
CODES = frozenset({Compartment.CODED})
THE_STORY = frozenset({Compartment.NARRATIVE, Compartment.FILES})


@dataclass(frozen=True, slots=True)
class Keeps:
    """What survives the end of a talk; everything else is destroyed."""

    compartments: frozenset[Compartment]
    facts: frozenset[Fact]
    because: str


def keeps_after(
    outcome: Outcome,
    wished: frozenset[Compartment] | None = None,
    stopped_by: str | None = None,
    *,
    of: Instrument | None = None,
) -> Keeps:
    """Say which compartments and coded facts survive; all the rest is destroyed with its keys.

    `wished` is what the person said may be kept; None means that nothing was said. After UNABLE,
    DECLINED and a stopped talk, nothing said means codes only and no name; some rules keep less.

    Source: ethics rules on least data; data/keeping-1.json; docs/decisions/outcomes.md.
    """
    talk = of or instrument()
    row = _row(talk, outcome, stopped_by)
    return Keeps(CODES | _wish(row, wished), row.facts, row.code)


def draft_expired(last_saved: datetime, now: datetime, *, of: Instrument | None = None) -> bool:
    """Say whether a draft that nobody finished is to be destroyed: after seven days.

    Source: own design, docs/decisions/talk.md; data/keeping-1.json, draft_days.
    """
    return now - last_saved >= timedelta(days=(of or instrument()).draft_days)


def codes_end(left_on: date, *, of: Instrument | None = None) -> date:
    """Give the day on which coded facts without a name end: two years on.

    Source: ethics rule 'retention' (24 months after closing, design basis); a talk that left no
    name is closed with its end; data/keeping-1.json, codes_months; docs/decisions/talk.md.
    """
    years, month = divmod(left_on.month - 1 + (of or instrument()).codes_months, 12)
    year, month = left_on.year + years, month + 1
    return date(year, month, min(left_on.day, monthrange(year, month)[1]))


def _row(talk: Instrument, outcome: Outcome, stopped_by: str | None) -> KeepRow:
    keeps = "NONE" if stopped_by is None else talk.stops[stopped_by].keeps
    return next(row for row in talk.keeping if row.stop_keeps == keeps and row.outcome in (None, outcome))


def _wish(row: KeepRow, wished: frozenset[Compartment] | None) -> frozenset[Compartment]:
    if row.wish == "NEVER":
        return frozenset()
    if row.wish == "ALL_UNLESS_WISHED":
        return EVERYTHING if wished is None else wished
    kept = wished or frozenset()
    return kept - THE_STORY if row.wish == "NOT_THE_STORY" else kept
