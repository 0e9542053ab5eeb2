"""Documents of a case."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field, field_validator

from suar.cases.codes import ClosureReason
from suar.cases.documents import archives as archives
from suar.cases.documents import attachments as attachments
from suar.cases.documents import drafts as drafts
from suar.cases.documents import duplicates as duplicates
from suar.cases.documents import ecomap as ecomap
from suar.cases.documents import encounters as encounters
from suar.cases.documents import episodes as episodes
from suar.cases.documents import erasure as erasure
from suar.cases.documents import follow_ups as follow_ups
from suar.cases.documents import htcds as htcds
from suar.cases.documents import messenger as messenger
from suar.cases.documents import offers as offers
from suar.cases.documents import persons_copy as persons_copy
from suar.cases.documents import progress as progress
from suar.cases.documents import safety_plans as safety_plans
from suar.cases.documents.plan import OptionalDate
from suar.cases.rules import Due, Outcome
from suar.records.documents import Document, Part, Storage
from suar.records.terms import Compartment


class CaseCode(Document):
    """The short code by which people speak of a case."""

    storage = Storage(Compartment.CODED, "code", purpose="the spoken code of a case, to talk about it without a name")
    code: str


class NoteVersion(Part):
    """An earlier wording of a note; who replaced it, and when."""

    text: str
    by: UUID
    at: datetime


class Note(Document):
    """One note. `way` is a code if the worker was in touch with the person.

    A corrected note keeps its earlier wordings. A struck one keeps its text beside the reason. The text of an `undone`
    one is gone: its author took it back at once.
    """

    storage = Storage(
        Compartment.NARRATIVE,
        "note",
        keyed=True,
        purpose="one note, and how the person was reached if they were; earlier wordings and the reason for striking it"
        " out stay",
    )
    at: datetime
    by: UUID
    text: str
    way: str = ""
    former: tuple[NoteVersion, ...] = ()
    struck: str = ""
    struck_by: UUID | None = None
    struck_at: datetime | None = None
    undone: bool = False


class CalendarBefore(Part):
    """The plan before the last outcome, with its author and time, for undo."""

    dues: tuple[Due, ...]
    by: UUID
    at: datetime


class Calendar(Document):
    """The follow-ups that are planned, and the outcomes of the others without their reasons."""

    storage = Storage(
        Compartment.CODED,
        "calendar",
        purpose="follow-ups with their dates and what came of them; so that nobody is forgotten",
    )
    dues: tuple[Due, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    before: CalendarBefore | None = None

    @field_validator("outcomes", mode="before")
    @classmethod
    def _without_empty_dates(cls, outcomes: Iterable[Any]) -> list[Any]:
        """Read the outcomes of earlier versions, which stored an empty text for no date."""
        return [{**row, "again_on": row.get("again_on") or None} if isinstance(row, dict) else row for row in outcomes]

    def to_stored(self) -> dict[str, Any]:
        """Return what is sealed, without reasons: a statistics key opens the calendar."""
        without = {"outcomes": {"__all__": {"reason"}}}
        return self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=without)


class PostponementReasons(Document):
    """Reasons for postponing follow-ups, one for each outcome of the calendar; empty for the others."""

    storage = Storage(
        Compartment.NARRATIVE,
        "put-off",
        purpose="why a follow-up was postponed or not safe, in the worker's words",
    )
    reasons: tuple[str, ...] = Field(default=(), validation_alias="list", serialization_alias="list")


ASKED, AGREED = "asked", "agreed"
"""States of a request to close a case in which nobody has closed it yet."""


class ClosingRequest(Part):
    """A request to close a case and its result.

    Of needs it stores only how many ended how: what was shared stays in the packet. `after_care` are the follow-ups
    that the person wants after closing.
    """

    reason: ClosureReason
    on: date
    agreed: str = ""
    call: str = ""
    confirmed: tuple[str, ...] = ()
    reviews: tuple[date, ...] = ()
    open_urgent: int = 0
    needs: Mapping[str, int] = Field(default_factory=dict)
    after_care: tuple[str, ...] = ()
    state: str = "asked"
    asked_by: UUID
    asked_at: datetime
    agreed_by: UUID | None = None
    closed_at: datetime | None = None
    reopened_by: UUID | None = None
    reopened_at: datetime | None = None


class Closing(Document):
    """Every request to close a case, oldest first."""

    storage = Storage(
        Compartment.NARRATIVE,
        "closing",
        purpose="each request to close a case: why, what was agreed, whom to call later, who asked and who agreed,"
        " how many needs ended how; so that the person can come back",
    )
    requests: tuple[ClosingRequest, ...] = Field(default=(), validation_alias="list", serialization_alias="list")


class Handover(Document):
    """One hand-over of the person from a worker to another, for good or while the first is away.

    `team` is the worker's team where it is another one.
    """

    storage = Storage(
        Compartment.NARRATIVE,
        "handover",
        keyed=True,
        purpose="who handed the person over to whom and until when, whether the person agreed, and what was gone"
        " through; so that the person always has a worker",
    )
    former: UUID | None = None
    worker: UUID
    team: UUID | None = None
    agreed: bool
    why: str = ""
    until: OptionalDate = None
    by: UUID
    at: datetime
