"""Documents of a case as a whole: its code, notes, calendar, closing, hand-overs, merges and erasure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field, field_validator

from suar.cases.codes import ClosureReason
from suar.cases.documents import follow_ups as follow_ups
from suar.cases.documents import history as history
from suar.cases.documents import papers as papers
from suar.cases.documents.parts import OptionalDate, Recorded, Strikable
from suar.cases.rules import Due, Outcome
from suar.core.workflow import Workflow, workflow
from suar.records.documents import Document, Part, Storage
from suar.records.terms import Compartment


class CaseCode(Document):
    """The short code of a case, by which people speak of it without a name."""

    storage = Storage(Compartment.CODED, "code")
    code: str


class NoteVersion(Recorded):
    """An earlier wording of a note; who replaced it, and when."""

    text: str


class Note(Strikable, Document):
    """One note, and how the person was reached if they were; earlier wordings and the reason for striking it out stay.

    `way` is a code if the worker was in touch with the person. A corrected note keeps its earlier wordings, a struck
    one its text beside the reason. The text of an `undone` one is gone: its author took it back at once.
    """

    storage = Storage(Compartment.NARRATIVE, "note", keyed=True)
    text: str
    way: str = ""
    former: tuple[NoteVersion, ...] = ()


class CalendarBefore(Recorded):
    """The plan before the last outcome, with its author and time, for undo."""

    dues: tuple[Due, ...]


class Calendar(Document):
    """Planned follow-ups with their dates, and the outcomes of the others without their reasons; so that nobody is
    forgotten.
    """

    storage = Storage(Compartment.CODED, "calendar")
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
    """Reasons for postponing follow-ups, in the worker's words.

    There is one for each outcome of the calendar, empty for the others.
    """

    storage = Storage(Compartment.NARRATIVE, "put-off")
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
    """Every request to close a case: its reason, what was agreed, whom to call later, who asked and who agreed, how
    many needs ended how; so that the person can come back.

    The oldest comes first.
    """

    storage = Storage(Compartment.NARRATIVE, "closing")
    requests: tuple[ClosingRequest, ...] = Field(default=(), validation_alias="list", serialization_alias="list")

    @property
    def last(self) -> ClosingRequest | None:
        """The newest request."""
        return self.requests[-1] if self.requests else None

    @property
    def is_asked(self) -> bool:
        """True while a second worker is asked."""
        return self.last is not None and self.last.state == ASKED


class Handover(Recorded, Document):
    """One hand-over of the person from a worker to another, for good or until a day, with the person's agreement or the
    reason why they were not asked; so that the person always has a worker.

    `team` is the worker's team where it is another one.
    """

    storage = Storage(Compartment.NARRATIVE, "handover", keyed=True)
    former: UUID | None = None
    worker: UUID
    team: UUID | None = None
    agreed: bool
    why: str = ""
    until: OptionalDate = None


class OtherPerson(Recorded):
    """A record that a worker compared and found to be of somebody else."""

    record: UUID


class OtherPeople(Document):
    """Similar records that a worker found to be of other people, and who compared them; so that nobody asks again."""

    storage = Storage(Compartment.NARRATIVE, "other_people")
    entries: tuple[OtherPerson, ...] = ()


class Merge(Recorded):
    """One merge of two records of the same person, and its undo."""

    record: UUID
    tasks: tuple[UUID, ...] = ()
    undone_by: UUID | None = None
    undone_at: datetime | None = None


class MergedRecords(Document):
    """The records of the same person that were merged into this one, by whom, and which steps came along; so that it
    can be undone.

    They keep everything they contain.
    """

    storage = Storage(Compartment.NARRATIVE, "merged_records")
    entries: tuple[Merge, ...] = ()


class MergedInto(Document):
    """The record of the same person that stays open; so that a worker who opens this one finds it.

    It is None after an undo.
    """

    storage = Storage(Compartment.NARRATIVE, "merged_into")
    record: UUID | None = None


class ErasureAct(Recorded):
    """One act of data/erasure.json or data/legal_hold.json: who did it, and what they wrote.

    `on`, `who` and `way` say when and how who asked; `until` is the day until which the record stays.
    """

    verb: str
    actor: str
    on: date | None = None
    who: str = ""
    way: str = ""
    words: str = ""
    until: date | None = None
    ask_others: bool = False


class ErasureActs(Document):
    """Acts about the end of a record, the oldest first."""

    table_name: ClassVar[str]
    entries: tuple[ErasureAct, ...] = ()

    @classmethod
    def table(cls) -> Workflow:
        """Return the workflow of these acts."""
        return workflow("cases", cls.table_name)


class ErasureLog(ErasureActs):
    """Requests to erase the record, by whom, when and how, and decisions about its retention; so that the wish of the
    person is done by two people.
    """

    storage = Storage(Compartment.NARRATIVE, "erasure")
    table_name = "erasure"


class LegalHold(ErasureActs):
    """The orders and proceedings for which nothing of the record may be erased, and who decided it; so that evidence is
    not lost and nobody blocks an erasure alone.
    """

    storage = Storage(Compartment.NARRATIVE, "legal-hold")
    table_name = "legal_hold"


ENDINGS: tuple[type[ErasureActs], ...] = (LegalHold, ErasureLog)
"""The documents about the end of a record; a hold comes first."""
