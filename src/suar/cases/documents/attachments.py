"""A paper, picture or sound that is stored with a record."""

from datetime import date, datetime
from uuid import UUID

from suar.core.files.kinds import FileKind
from suar.records.documents import Document, Storage
from suar.records.terms import Compartment


class Attachment(Document):
    """The description of a stored file; its key is the id of the file, which was drawn or encoded anew.

    A PDF has a `preview`, a picture of its first page. The `original` is a file of its own, stored only as evidence.
    A struck one stays listed with the reason; `destroyed_at` says that its files went then, and `destroy_on` that they
    go after this day because an original was locked as evidence.
    """

    storage = Storage(
        Compartment.FILES,
        "file",
        keyed=True,
        purpose="what a stored picture, paper or sound is, who gave it, why it is kept and until when; so that papers"
        " are not lost and do not stay longer than needed",
    )
    name: str
    kind: str
    content: FileKind
    size: int
    given_by: str = ""
    why: str
    keep_until: date
    preview: UUID | None = None
    original: UUID | None = None
    why_original: str = ""
    scanned: bool = False
    by: UUID
    at: datetime
    struck: str = ""
    struck_by: UUID | None = None
    struck_at: datetime | None = None
    destroyed_at: datetime | None = None
    destroy_on: date | None = None
    undone: bool = False
