"""What a case contains."""

from datetime import datetime
from uuid import UUID

from suar.records.documents import Document, Storage
from suar.records.terms import Compartment


class Note(Document):
    """One note of the case; added, never changed."""

    storage = Storage(Compartment.NARRATIVE, "note", keyed=True, purpose="one note of the case; added, never changed")
    at: datetime
    by: UUID
    text: str
