"""Content of the pages of an invented case: a document, and the person's correction."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from suar.accounts.acting import Acting
from suar.cases import attachments, persons_copy
from suar.core import clock
from suar.core.files.cleaning import clean_file
from suar.demo.letters import SLIP
from suar.records.keyring import OpenRecord


def add_slip(record: OpenRecord, step: Mapping[str, Any], *, by: Acting) -> None:
    """Add the invented pay slip to a record, drawn anew as any other picture."""
    clean = clean_file(SimpleUploadedFile(SLIP.name, SLIP.read_bytes()))
    facts = {name: step.get(name, "") for name in attachments.FACTS}
    facts["keep_until"] = clock.local_date(by.at) + timedelta(days=step["days"])
    attachments.add_attachment(record, clean, facts, by=by)


def correct(record: OpenRecord, text: str, answer: str, *, by: Acting) -> None:
    """Store what the person asked to correct, and the answer."""
    persons_copy.ask_correction(record, text, by=by)
    again = record.reopen(by)
    [key] = persons_copy.list_corrections(again)
    persons_copy.answer_correction(again, key, "ADDED", answer, by=by)
