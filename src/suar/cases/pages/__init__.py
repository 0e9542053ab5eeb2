"""What the pages of case work show, put together once, so that templates only print."""

from suar.cases.pages.case import CasePage, case, plan_rows, referral_of
from suar.cases.pages.day import Day, day
from suar.cases.pages.person import ConsentLine, Person, consent_line, person
from suar.cases.pages.team import Reader, Team, readers, team

__all__ = [
    "CasePage",
    "ConsentLine",
    "Day",
    "Person",
    "Reader",
    "Team",
    "case",
    "consent_line",
    "day",
    "person",
    "plan_rows",
    "readers",
    "referral_of",
    "team",
]
