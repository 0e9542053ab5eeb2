"""Documents of a talk and of its findings. Those about the person are in `suar.consent.documents`."""

from datetime import date, datetime
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
    """The draft of a talk after each step, so that nothing typed is lost; narrowed or destroyed at its end.

    The codes of answers are validated when read.
    """

    storage = Storage(Compartment.CODED, "answers", retention=WITH_TALK)
    answers: Answers = Answers()

    @classmethod
    def from_stored(cls, data: dict[str, Any], version: int) -> Self:
        """Parse the stored answers; raise Unreadable for an unknown code."""
        return cls(answers=read_draft(data))

    def to_stored(self) -> dict[str, Any]:
        """Return the answers in their stored form."""
        return write_draft(self.answers)


class TalkClock(Document):
    """The time at which a talk began, so that the page can say how much time is left."""

    storage = Storage(Compartment.CODED, "clock", retention=WITH_TALK)
    begun: datetime


class ReportedNeed(Part):
    """An urgent need in a finding; `acted`: what was done about it."""

    need: str
    level: str
    known: bool
    acted: str = ""


class Finding(Part):
    """The coded result of one talk. A fact that may not be stored after this outcome is None.

    `partners_excluded`: the person excluded somebody whose name is not stored, so no partner may be asked.
    `by_whom`: who did what is ticked, by code. `reported`: the signs that somebody else reported.
    `report`: who reports and how they know, by code.
    """

    at: datetime
    by: UUID
    second_reading: bool = False
    partners_excluded: bool | None = Stored(default=None, alias="kept_inside")
    instrument: str | None = None
    step: Step | None = None
    stopped_by: str | None = None
    acted: ContactResult | None = None
    outcome: Outcome
    suggestion: Outcome | None = None
    reason: str | None = None
    path: Path | None = None
    age_band: AgeBand | None = None
    needs: tuple[ReportedNeed, ...] | None = None
    signs: dict[str, tuple[str, ...]] | None = None
    seen: dict[str, tuple[str, ...]] | None = None
    elements: dict[str, str] | None = None
    setting: str | None = None
    written: str | None = None
    talked: str | None = None
    barriers: tuple[str, ...] | None = None
    missed: tuple[str, ...] | None = None
    by_whom: str | None = None
    reported: dict[str, tuple[str, ...]] | None = None
    report: dict[str, str] | None = None


class Findings(Document):
    """The findings of all talks: outcome, reason, signs, all by code and never in words; to give the same help again
    without asking again.

    The newest comes first; stored ones never change.
    """

    storage = Storage(Compartment.CODED, "findings")
    entries: tuple[Finding, ...] = Stored(default=(), validation_alias="list", serialization_alias="list")


class NextStep(Part):
    """The next step after a talk; `owner` and `due` are None if nobody has to do anything. `hour`: the agreed time.

    `avoid`: what nobody must do, by code, for it can be stored where no name is.
    """

    at: datetime
    by: UUID
    code: str
    owner: UUID | None = None
    due: date | None = None
    hour: str | None = None
    avoid: tuple[str, ...] = ()
    done_at: datetime | None = None
    done_by: UUID | None = None


class NextSteps(Document):
    """The next steps after talks, by whom and by when, by code; so that nobody is forgotten.

    The newest comes last.
    """

    storage = Storage(Compartment.CODED, "next_steps")
    entries: tuple[NextStep, ...] = Stored(default=(), validation_alias="list", serialization_alias="list")


class Reporter(Document):
    """Somebody who reported about another person, how they are reached safely and what they want; the name only if they
    wish it.

    It is stored apart from that person and never shared.
    """

    storage = Storage(Compartment.IDENTITY, "reporter")
    name: str = ""
    contact: str = ""
    hours: str = ""
    wants: str = ""


class Reported(Document):
    """A report by somebody else about a person who was not met yet: where the person may be and how to reach them
    without danger; to ask the person.
    """

    storage = Storage(Compartment.NARRATIVE, "reported")
    about: str = ""
    place: str = ""
    reach: str = ""
    do_not: str = ""
    text: str = ""


class OutcomeReason(Part):
    """The worker's reason for an outcome as free text; `at` is the time of the finding."""

    at: datetime
    text: str


class OutcomeReasons(Document):
    """The workers' reasons for outcomes, in their own words; only where the story is stored."""

    storage = Storage(Compartment.NARRATIVE, "reasons")
    entries: tuple[OutcomeReason, ...] = Stored(default=(), validation_alias="list", serialization_alias="list")


class CallAttempt(Part):
    """One attempt to reach somebody."""

    at: datetime
    by: UUID
    acted: ContactResult


class Calls(Document):
    """All attempts to reach somebody after a talk that left no name, and when; not whom."""

    storage = Storage(Compartment.CODED, "calls")
    entries: tuple[CallAttempt, ...] = Stored(default=(), validation_alias="list", serialization_alias="list")
