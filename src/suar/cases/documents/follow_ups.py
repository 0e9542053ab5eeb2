"""Documents for follow-ups and offers of help, including unsuccessful ones."""

from datetime import date, datetime
from uuid import UUID

from suar.cases.codes import Answered, OfferOutcome
from suar.cases.documents.parts import Recorded
from suar.records.documents import Document, Storage
from suar.records.terms import Compartment


class FollowUpWishes(Document):
    """The follow-ups that the person chose, the date of the choice, and how they can come back, so that nobody is
    contacted against their will.

    `wanted` is None until they were asked.
    """

    storage = Storage(Compartment.NARRATIVE, "follow-up-wishes")
    wanted: tuple[str, ...] | None = None
    asked_on: date | None = None
    come_back: str = ""


class CalendarStart(Document):
    """The dates from which follow-ups are counted (return, end of a stay, agreed plan), and the planned end of help."""

    storage = Storage(Compartment.NARRATIVE, "calendar-start")
    returned_on: date | None = None
    stay_ended_on: date | None = None
    plan_on: date | None = None
    ends_on: date | None = None


class Attempt(Recorded):
    """One attempt to reach the person, for a follow-up by `code` or for none, and the `result` for its calendar.

    `at` is when it was made, `written_at` when it was recorded.
    """

    written_at: datetime
    way: str
    answered: Answered
    code: str = ""
    result: str = ""
    safe: str = ""
    text: str = ""
    setbacks: tuple[str, ...] = ()
    harder: str = ""


class Attempts(Document):
    """Every attempt to reach the person: day, time, way, who answered, whether the person is safe, what they said and
    what got harder; so that contact stays safe.

    The oldest comes first.
    """

    storage = Storage(Compartment.NARRATIVE, "attempts")
    entries: tuple[Attempt, ...] = ()


class Offer(Recorded, Document):
    """One offer of help by kind, outcome and reasons, all by code; so that declining, not being offered and being
    refused stay apart, and what services could change is seen.

    This is one version of it, the main reason first. A correction is another version that `replaces` this one.
    `follows` is an earlier offer that this one repeats.
    """

    storage = Storage(Compartment.CODED, "offer", keyed=True)
    service_type: str
    outcome: OfferOutcome
    on: date
    reasons: tuple[str, ...] = ()
    language: str = ""
    information: str = ""
    recontact: str = ""
    again_on: date | None = None
    tasks: tuple[UUID, ...] = ()
    follows: UUID | None = None
    replaces: UUID | None = None
    undone: bool = False


class OfferWords(Document):
    """The service and the words of an offer, the explained consequences of declining, what would change their answer
    and a safe way to ask again; so that it can be offered again as they want it.

    Distrust of a provider is never counted.
    """

    storage = Storage(Compartment.NARRATIVE, "offer", keyed=True)
    service: UUID | None = None
    words: str = ""
    consequences: str = ""
    would_change: str = ""
    safe_way: str = ""
