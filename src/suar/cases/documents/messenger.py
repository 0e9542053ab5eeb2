"""Rules for writing to the person by a messenger."""

from datetime import datetime
from uuid import UUID

from suar.records.documents import Document, Storage
from suar.records.terms import Compartment


class SafeText(Document):
    """The neutral sentence that the person agreed to, by its code, and its language."""

    storage = Storage(
        Compartment.WHEREABOUTS,
        "safe-text",
        purpose="the neutral sentence that the person agreed to, so that a message on a phone tells nobody anything",
    )
    code: str
    language: str
    by: UUID
    at: datetime
