"""Documents of a talk. Those of the person it leaves behind are in `suar.consent.documents`."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field as Stored

from suar.records.documents import Document, Part, Storage
from suar.records.terms import Compartment
from suar.screening.codes import ContactResult, Outcome, Step
from suar.screening.rules.answers import AgeBand, Answers, Path
from suar.screening.rules.draft import read_draft, write_draft

WITH_TALK = "with the talk"


class TalkAnswers(Document):
    """The answers of a talk that goes on; their codes are checked when they are read."""

    storage = Storage(
        Compartment.CODED,
        "answers",
        purpose="the draft of a talk after each step, so that nothing typed is lost; narrowed or destroyed at its end",
        retention=WITH_TALK,
    )
    answers: Answers = Answers()

    @classmethod
    def from_stored(cls, data: dict[str, Any], version: int) -> Self:
        """Read the answers; raise Unreadable naming the place of an unknown code."""
        return cls(answers=read_draft(data))

    def to_stored(self) -> dict[str, Any]:
        """Return the answers in their stored form."""
        return write_draft(self.answers)


class TalkClock(Document):
    """When a talk began."""

    storage = Storage(
        Compartment.CODED,
        "clock",
        purpose="when a talk began, so that the page can say how much time is left",
        retention=WITH_TALK,
    )
    begun: datetime


class NeedFound(Part):
    """An urgent need as a talk found it."""

    need: str
    level: str
    known: bool


class Finding(Part):
    """What one talk found, by code. A fact that may not be stored after this ending is None.

    `kept_inside`: somebody was named who must never know while only codes are stored, so no partner is asked.
    """

    at: datetime
    by: UUID
    second_reading: bool = False
    kept_inside: bool | None = None
    instrument: str | None = None
    step: Step | None = None
    stopped_by: str | None = None
    acted: ContactResult | None = None
    outcome: Outcome
    suggestion: Outcome | None = None
    reason: str | None = None
    path: Path | None = None
    age_band: AgeBand | None = None
    needs: tuple[NeedFound, ...] | None = None
    signs: dict[str, tuple[str, ...]] | None = None
    seen: dict[str, tuple[str, ...]] | None = None
    elements: dict[str, str] | None = None
    setting: str | None = None
    written: str | None = None
    barriers: tuple[str, ...] | None = None
    missed: tuple[str, ...] | None = None


class Findings(Document):
    """What all talks with a person found, newest first; earlier ones never change."""

    storage = Storage(
        Compartment.CODED,
        "findings",
        purpose="what a talk found: outcome, reason, signs, all by code and never in words; to give the same help again"
        " without asking again",
    )
    entries: tuple[Finding, ...] = Stored((), validation_alias="list", serialization_alias="list")


class OutcomeReason(Part):
    """Why a worker chose an outcome, in their own words; `at` is the time of the finding."""

    at: datetime
    text: str


class OutcomeReasons(Document):
    """Why workers chose an outcome, in their own words."""

    storage = Storage(
        Compartment.NARRATIVE,
        "reasons",
        purpose="why a worker chose an outcome, in their own words; only where the story is stored",
    )
    entries: tuple[OutcomeReason, ...] = Stored((), validation_alias="list", serialization_alias="list")


class CallMade(Part):
    """One attempt to reach somebody."""

    at: datetime
    by: UUID
    acted: ContactResult


class Calls(Document):
    """What was done until somebody was reached, after a talk that left codes only."""

    storage = Storage(
        Compartment.CODED,
        "calls",
        purpose="what was done, and when, until somebody was reached after a talk that left no name; not whom",
    )
    entries: tuple[CallMade, ...] = Stored((), validation_alias="list", serialization_alias="list")
