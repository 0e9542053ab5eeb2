"""What the pages of case work show, put together once, so that templates only print."""

from suar.cases.pages.case import (
    CasePage,
    accepted_already,
    accepted_by,
    case,
    plan_rows,
    referral_of,
    steps_of,
    told_needs,
)
from suar.cases.pages.closing import ClosingPage, closing_page, need_questions
from suar.cases.pages.day import Day, day
from suar.cases.pages.log import AccessLog, access_log, workers_of
from suar.cases.pages.naming import Named, named
from suar.cases.pages.person import ConsentLine, Person, consent_line, person
from suar.cases.pages.readers import Reader, Readers, readers
from suar.cases.pages.team import Team, team

__all__ = [
    "AccessLog",
    "CasePage",
    "ClosingPage",
    "ConsentLine",
    "Day",
    "Named",
    "Person",
    "Reader",
    "Readers",
    "Team",
    "accepted_already",
    "accepted_by",
    "access_log",
    "case",
    "closing_page",
    "consent_line",
    "day",
    "named",
    "need_questions",
    "person",
    "plan_rows",
    "readers",
    "referral_of",
    "steps_of",
    "team",
    "told_needs",
    "workers_of",
]
