"""Papers and copies: attachments, archives, the copy for the person, imported values, drafts and chats."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from suar.cases.documents.parts import Recorded, Strikable
from suar.core.files.kinds import FileKind
from suar.records.documents import Document, Storage
from suar.records.terms import Compartment


class Attachment(Strikable, Document):
    """The description of a stored picture, paper or sound: who gave it, why it is stored and until when; so that papers
    are not lost and do not stay longer than needed.

    Its key is the id of the file, which was drawn or encoded anew. A PDF has a `preview`, a picture of its first page.
    The `original` is a file of its own, stored only as evidence. A struck one stays listed with the reason;
    `destroyed_at` says that its files went then, and `destroy_on` that they go after this day because an original was
    locked as evidence.
    """

    storage = Storage(Compartment.FILES, "file", keyed=True)
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
    destroyed_at: datetime | None = None
    destroy_on: date | None = None


class SavedArchive(Recorded, Document):
    """An export of the whole file as an encrypted archive: for what, for whom and why.

    Its password is stored nowhere.
    """

    storage = Storage(Compartment.NARRATIVE, "archive", keyed=True)
    purpose: str
    receiver: str
    reason: str


class CorrectionRequest(Recorded, Document):
    """A correction that the person asked for, in their words, by when they get an answer, and the answer.

    `outcome` is a code.
    """

    storage = Storage(Compartment.NARRATIVE, "correction", keyed=True)
    text: str
    due: date
    task: UUID | None = None
    outcome: str = ""
    answer: str = ""
    answered_by: UUID | None = None
    answered_at: datetime | None = None


class SummaryLeft(Recorded, Document):
    """A note that a summary waits under a return code, until when, and whether the person wanted names in it; so that
    it can be taken back.

    Its words are sealed to the code alone. `request` is the id of the letter; earlier ones have none.
    """

    storage = Storage(Compartment.NARRATIVE, "summary", keyed=True)
    ends_at: datetime
    with_names: bool = False
    request: UUID | None = None
    taken_back_at: datetime | None = None
    taken_back_by: UUID | None = None


class ImportedValues(Document):
    """Values by the field of the standard, or by the name of a column that it does not have."""

    values: Mapping[str, str] = Field(default_factory=dict)


class ImportedIdentity(ImportedValues):
    """Imported values that say who the person is and have no other place; so that nothing of a file is lost."""

    storage = Storage(Compartment.IDENTITY, "imported")


class ImportedWhereabouts(ImportedValues):
    """Imported values that lead to the person and have no other place; so that nothing of a file is lost."""

    storage = Storage(Compartment.WHEREABOUTS, "imported")


class ImportedNarrative(ImportedValues):
    """All other imported values that have no other place, and columns that the standard does not have; so that nothing
    of a file is lost.
    """

    storage = Storage(Compartment.NARRATIVE, "imported")


class FormDraft(Document):
    """Text that a worker typed into a form and has not saved, for nobody but them; so that leaving at once or a lost
    signal loses nothing.

    The fields are by name; the key of a draft is made of its form and its worker.
    """

    storage = Storage(Compartment.NARRATIVE, "draft", keyed=True, retention="14 days")
    at: datetime
    fields: Mapping[str, tuple[str, ...]]


class SafeText(Recorded, Document):
    """The neutral sentence that the person agreed to, so that a message on a phone tells nobody anything.

    It is stored by its code, with its language.
    """

    storage = Storage(Compartment.WHEREABOUTS, "safe-text")
    code: str
    language: str
