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
    destroyed_at: datetime | None = None
    destroy_on: date | None = None


class SavedArchive(Recorded, Document):
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


class CorrectionRequest(Recorded, Document):
    """A correction that the person asked for, in their words, and the answer. `outcome` is a code."""

    storage = Storage(
        Compartment.NARRATIVE,
        "correction",
        keyed=True,
        purpose="what the person asked to correct in their record, by when they get an answer, and the answer",
    )
    text: str
    due: date
    task: UUID | None = None
    outcome: str = ""
    answer: str = ""
    answered_by: UUID | None = None
    answered_at: datetime | None = None


class SummaryLeft(Recorded, Document):
    """A note that a summary waits under a return code until a time; its words are sealed to the code alone.

    `request` is the id of the letter, so that it can be taken back; earlier ones have none.
    """

    storage = Storage(
        Compartment.NARRATIVE,
        "summary",
        keyed=True,
        purpose="that a summary was left for the person under a code, until when, and whether they wanted names in it;"
        " and its id, so that it can be taken back",
    )
    ends_at: datetime
    with_names: bool = False
    request: UUID | None = None
    taken_back_at: datetime | None = None
    taken_back_by: UUID | None = None


class ImportedValues(Document):
    """Values by the field of the standard, or by the name of a column that it does not have."""

    values: Mapping[str, str] = Field(default_factory=dict)


class ImportedIdentity(ImportedValues):
    """Imported values that say who the person is."""

    storage = Storage(
        Compartment.IDENTITY,
        "imported",
        purpose="imported values that say who the person is and have no other place; so that nothing of a file is lost",
    )


class ImportedWhereabouts(ImportedValues):
    """Imported values that lead to the person."""

    storage = Storage(
        Compartment.WHEREABOUTS,
        "imported",
        purpose="imported values that lead to the person and have no other place; so that nothing of a file is lost",
    )


class ImportedNarrative(ImportedValues):
    """All other imported values, and columns that the standard does not have."""

    storage = Storage(
        Compartment.NARRATIVE,
        "imported",
        purpose="all other imported values that have no other place, and unknown columns; so that nothing of a file is"
        " lost",
    )


class FormDraft(Document):
    """The fields of one form as one worker left it, by name; its key is made of both."""

    storage = Storage(
        Compartment.NARRATIVE,
        "draft",
        keyed=True,
        purpose="what a worker typed into a form and has not saved, for nobody but them; so that leaving at once or a"
        " lost signal loses nothing",
        retention="14 days",
    )
    at: datetime
    fields: Mapping[str, tuple[str, ...]]


class SafeText(Recorded, Document):
    """The neutral sentence that the person agreed to, by its code, and its language."""

    storage = Storage(
        Compartment.WHEREABOUTS,
        "safe-text",
        purpose="the neutral sentence that the person agreed to, so that a message on a phone tells nobody anything",
    )
    code: str
    language: str
