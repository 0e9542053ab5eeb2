"""Offers of help: each one a document, also if nothing came of it."""

from datetime import date, datetime
from uuid import UUID

from suar.cases.codes import OfferOutcome
from suar.records.documents import Document, Storage
from suar.records.terms import Compartment


class Offer(Document):
    """One version of an offer, by code; the main reason comes first.

    A correction is another version that `replaces` this one. `follows` is an earlier offer that this one repeats.
    """

    storage = Storage(
        Compartment.CODED,
        "offer",
        keyed=True,
        purpose="one offer of help by kind, outcome and reasons, all by code; so that declining, not being offered and"
        " being refused stay apart, and what services could change is seen",
    )
    service_type: str
    outcome: OfferOutcome
    on: date
    by: UUID
    at: datetime
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
    """The free text of an offer and its service: distrust of a provider is never counted."""

    storage = Storage(
        Compartment.NARRATIVE,
        "offer",
        keyed=True,
        purpose="the service and the words of an offer, the explained consequences of declining, what would change"
        " their answer and a safe way to ask again; so that it can be offered again as they want it",
    )
    service: UUID | None = None
    words: str = ""
    consequences: str = ""
    would_change: str = ""
    safe_way: str = ""
