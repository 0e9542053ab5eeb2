"""Requests to erase a record, a longer retention, and legal holds, as its documents."""

from datetime import date, datetime
from uuid import UUID

from suar.core.workflow import Workflow, workflow
from suar.records.documents import Document, Part, Storage
from suar.records.terms import Compartment


class ErasureAct(Part):
    """One act of data/erasure.json or data/legal_hold.json: who did it, and what they wrote.

    `on`, `who` and `way` say when and how who asked; `until` is the day until which the record stays.
    """

    verb: str
    actor: str
    by: UUID
    at: datetime
    on: date | None = None
    who: str = ""
    way: str = ""
    words: str = ""
    until: date | None = None
    ask_others: bool = False


class ErasureLog(Document):
    """Requests to erase the record, and decisions about its retention, oldest first."""

    storage = Storage(
        Compartment.NARRATIVE,
        "erasure",
        purpose="who asked to erase the record, when and how, who confirmed it or took it back, and why it stays; so"
        " that the wish of the person is done by two people",
    )
    entries: tuple[ErasureAct, ...] = ()

    @staticmethod
    def table() -> Workflow:
        """Return the table of these acts."""
        return workflow("cases", "erasure")


class LegalHold(Document):
    """The legal holds on a record, oldest first."""

    storage = Storage(
        Compartment.NARRATIVE,
        "legal-hold",
        purpose="for which order or proceeding nothing of the record may be erased, and who decided it; so that"
        " evidence is not lost and nobody blocks an erasure alone",
    )
    entries: tuple[ErasureAct, ...] = ()

    @staticmethod
    def table() -> Workflow:
        """Return the table of these acts."""
        return workflow("cases", "legal_hold")


ENDINGS: tuple[type[ErasureLog] | type[LegalHold], ...] = (LegalHold, ErasureLog)
"""The documents about the end of a record; a hold comes first."""
