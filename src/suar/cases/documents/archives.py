"""Exports of the whole file of a person as an encrypted archive."""

from datetime import datetime
from uuid import UUID

from suar.records.documents import Document, Storage
from suar.records.terms import Compartment


class SavedArchive(Document):
    """An archive of the record: for what and for whom. Its password is stored nowhere."""

    storage = Storage(
        Compartment.NARRATIVE,
        "archive",
        keyed=True,
        purpose="that the whole file was saved as an encrypted archive: for what, for whom and why; not its password",
    )
    purpose: str
    receiver: str
    reason: str
    by: UUID
    at: datetime
