"""Files attached to a record: add, describe, strike out, remove."""

import shutil
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases import policy
from suar.cases.contact_status import notify_team
from suar.cases.documents.papers import Attachment
from suar.cases.queries import get_document
from suar.cases.rules import attachments as rules
from suar.core import clock
from suar.core.decisions import Decision
from suar.core.files.cleaning import CleanFile
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records import files
from suar.records import queries as lists
from suar.records.keyring import OpenRecord

FACTS = ("name", "kind", "given_by", "why", "keep_until")
"""Fields of a document that a worker enters and may change."""


@act("add_file", needs=Permission.SEE_RECORD)
def add_attachment(
    record: OpenRecord, clean: CleanFile, facts: Mapping[str, Any], *, by: Acting, why_original: str = ""
) -> None:
    """Seal a file and what the worker says about it; the original only with a reason."""
    until, free_bytes = facts["keep_until"], shutil.disk_usage(Path(settings.SUAR_DATA)).free
    Decision.first_refusal(
        rules.may_be_attached(stored=len(files.stored_files(record.id)), free_bytes=free_bytes),
        rules.may_be_stored(until, today=by.today),
    ).enforce()

    def seal(content: bytes) -> UUID:
        return files.add_file(record, content, expires_on=until)

    file_id = seal(clean.content)
    attachment = Attachment(
        **{name: facts[name] for name in FACTS},
        content=clean.kind,
        size=len(clean.content),
        preview=seal(clean.first_page) if clean.first_page else None,
        original=seal(clean.original) if why_original else None,
        why_original=why_original,
        scanned=clean.scanned,
        by=by.worker,
        at=by.at,
    )
    record.put(attachment, key=str(file_id), by=by.worker, at=by.at)


@act("change_file", needs=Permission.SEE_RECORD)
def change_attachment(record: OpenRecord, key: str, facts: Mapping[str, Any], *, expected: int, by: Acting) -> None:
    """Change the description of a document or the day of its removal; raises Refused and Conflict.

    Only those responsible for the person may set an earlier day. Evidence stays at least seven days, and the worker
    and the leads are notified.
    """
    attachment = get_document(record, Attachment, key)
    if expected != record.version_of(Attachment, key):
        raise Conflict
    if attachment.struck:
        raise Refused("struck_out")
    if UUID(key) not in files.stored_files(record.id):
        raise Refused("file_gone")
    until, today = facts["keep_until"], by.today
    rules.may_be_stored(until, today=today).enforce()
    if until < attachment.keep_until:
        until = _earlier_removal(record, attachment, until, by=by)
    changed = attachment.model_copy(update={name: facts[name] for name in FACTS} | {"keep_until": until})
    by.entry.skip = changed == attachment
    if not by.entry.skip:
        record.put(changed, key=key, by=by.worker, at=by.at)
        files.set_expiry(_file_ids(key, attachment), changed.keep_until)


@act("strike_file", needs=Permission.SEE_RECORD)
def strike_attachment(record: OpenRecord, key: str, reason: str, *, by: Acting, destroy: bool = False) -> None:
    """Strike out a document with a reason; it stays listed, and with `destroy` its files go at once.

    Only those responsible for the person may destroy. Evidence goes after seven days, and the worker and the leads are
    notified. Raises Refused.
    """
    attachment = get_document(record, Attachment, key, struck=False)
    struck: dict[str, Any] = {"struck": reason, "struck_by": by.worker, "struck_at": by.at}
    if destroy:
        day = _earlier_removal(record, attachment, by.today, by=by)
        if attachment.original:
            struck["destroy_on"] = day
            files.set_expiry(_file_ids(key, attachment), day)
        else:
            struck["destroyed_at"] = by.at
            files.remove_files(_file_ids(key, attachment))
    record.put(attachment.model_copy(update=struck), key=key, by=by.worker, at=by.at)


@act("keep_file", needs=Permission.SEE_RECORD)
def cancel_destruction(record: OpenRecord, key: str, *, by: Acting) -> None:
    """Cancel the planned destruction of a struck document; its files stay until the day that was set before.

    Raises NotYours for others than those responsible for the person, and Refused if the files are gone.
    """
    attachment = get_document(record, Attachment, key)
    if not policy.may_hand_over(by.viewer, record.facts):
        raise NotYours
    if UUID(key) not in files.stored_files(record.id):
        raise Refused("file_gone")
    by.entry.skip = attachment.destroy_on is None
    if not by.entry.skip:
        record.put(attachment.model_copy(update={"destroy_on": None}), key=key, by=by.worker, at=by.at)
        files.set_expiry(_file_ids(key, attachment), attachment.keep_until)


def undo_attachment(record: OpenRecord, key: str, *, by: Acting) -> None:
    """Destroy a document that was just added, within the caller's act."""
    attachment = get_document(record, Attachment, key)
    files.remove_files(_file_ids(key, attachment))
    emptied = {"name": "", "given_by": "", "why": "", "why_original": "", "undone": True, "destroyed_at": by.at}
    record.put(attachment.model_copy(update=emptied), key=key, by=by.worker, at=by.at)


def list_attachments(record: OpenRecord) -> dict[str, Attachment]:
    """Return the documents of a record by their keys, newest first, without those that were taken back."""
    listed = [item for item in record.get_all(Attachment).items() if not item[1].undone]
    return dict(sorted(listed, key=lambda item: item[1].at, reverse=True))


def open_content_key(record: OpenRecord, key: str, *, preview: bool) -> tuple[UUID, bytes]:
    """Return the id and the key of the file of a document, or of its preview.

    Raises NotYours if it was removed or struck out. The original is never opened here.
    """
    attachment = get_document(record, Attachment, key)
    file = attachment.preview if preview and attachment.preview else UUID(key)
    if attachment.struck:
        raise NotYours
    return file, files.open_file_key(record, file)


def removed_at(record: OpenRecord, key: str, attachment: Attachment) -> datetime | None:
    """Return when the file of a document was destroyed; None if it is stored."""
    if UUID(key) in files.stored_files(record.id):
        return None
    return attachment.destroyed_at or clock.start_of(attachment.destroy_on or attachment.keep_until)


def _earlier_removal(record: OpenRecord, attachment: Attachment, wanted: date, *, by: Acting) -> date:
    """Return the earlier day on which files go; notify the worker and the leads if they are evidence.

    Raises Refused for somebody who is not responsible for the person.
    """
    if not policy.may_hand_over(by.viewer, record.facts):
        raise Refused("not_responsible")
    if attachment.original:
        notify_team(record, also=lists.leads_who_know(record.facts), by=by)
    until, has_original = attachment.keep_until, attachment.original is not None
    return rules.earliest_removal(wanted, stored_until=until, has_original=has_original, today=by.today)


def _file_ids(key: str, attachment: Attachment) -> list[UUID]:
    return [file for file in (UUID(key), attachment.preview, attachment.original) if file]
