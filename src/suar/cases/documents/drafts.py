"""Drafts of forms that a worker has not saved yet."""

from collections.abc import Mapping
from datetime import datetime

from suar.records.documents import Document, Storage
from suar.records.terms import Compartment


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
