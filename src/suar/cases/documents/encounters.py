"""Earlier encounters: a past contact at which somebody could have recognised what happened, and did not."""

from datetime import datetime
from uuid import UUID

from suar.cases.documents.dates import StoredPartialDate
from suar.records.documents import Document, Storage
from suar.records.terms import Compartment


class Encounter(Document):
    """One version of an encounter, by code; a correction is another version that `replaces` this one.

    No consent shares it: the agency concerned never gets it together with the person.
    """

    storage = Storage(
        Compartment.CODED,
        "encounter",
        keyed=True,
        purpose="an earlier contact at which nobody recognised what happened: when, where, with which role, what stood"
        " in the way and what followed, all by code; so that it is counted once and agencies learn without the person",
    )
    event: str
    when: StoredPartialDate | None = None
    setting: str = ""
    role: str = ""
    country: str = ""
    district: str = ""
    barriers: tuple[str, ...] = ()
    harms: tuple[str, ...] = ()
    months: int | None = None
    sources: tuple[str, ...] = ()
    by: UUID
    at: datetime
    replaces: UUID | None = None
    undone: bool = False


class EncounterWords(Document):
    """The free text of an encounter; it is never counted or exported."""

    storage = Storage(
        Compartment.NARRATIVE,
        "encounter",
        keyed=True,
        purpose="what the person did or showed at an earlier encounter, the lesson of it and who sees to that; so that"
        " the person need not repeat it",
    )
    behaviour: str = ""
    lesson: str = ""
    lesson_owner: str = ""
