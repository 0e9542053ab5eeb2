"""The people around the person, over time."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from suar.cases.codes import Stance
from suar.cases.documents.dates import StoredPartialDate
from suar.records.documents import Document, Part, Storage
from suar.records.terms import Compartment


class TieState(Part):
    """The stance of somebody towards the person since a day; `who` is a role in the person's words, never a record."""

    on: StoredPartialDate
    who: str
    relation: str = ""
    ring: str = ""
    stance: str = Stance.UNKNOWN.value
    actions: tuple[str, ...] = ()
    owed: bool = False
    answers: Mapping[str, str] = {}
    note: str = ""
    by: UUID
    at: datetime


class Tie(Document):
    """Somebody around the person: every state as it was recorded, none is replaced. Without states it was undone."""

    storage = Storage(
        Compartment.NARRATIVE,
        "tie",
        keyed=True,
        purpose="somebody around the person, by role: what they do that helps or hurts and since when, every change;"
        " to know who can help and who must not know",
    )
    states: tuple[TieState, ...] = ()
