"""Corrections that the person asks for."""

from datetime import date, datetime
from uuid import UUID

from suar.records.documents import Document, Storage
from suar.records.terms import Compartment


class CorrectionRequest(Document):
    """A correction that the person asked for, in their words, and the answer. `outcome` is a code."""

    storage = Storage(
        Compartment.NARRATIVE,
        "correction",
        keyed=True,
        purpose="what the person asked to correct in their record, by when they get an answer, and the answer",
    )
    text: str
    due: date
    task: UUID | None = None
    by: UUID
    at: datetime
    outcome: str = ""
    answer: str = ""
    answered_by: UUID | None = None
    answered_at: datetime | None = None


class SummaryLeft(Document):
    """A note that a summary waits under a return code until a time; its words are sealed to the code alone.

    `request` is the id of the letter, so that it can be taken back; earlier ones have none.
    """

    storage = Storage(
        Compartment.NARRATIVE,
        "summary",
        keyed=True,
        purpose="that a summary was left for the person under a code, until when, and whether they wanted names in it;"
        " and its id, so that it can be taken back",
    )
    ends_at: datetime
    with_names: bool = False
    request: UUID | None = None
    by: UUID
    at: datetime
    taken_back_at: datetime | None = None
    taken_back_by: UUID | None = None
