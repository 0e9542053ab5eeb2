"""Drafts of the forms of a person or a case: sealed after a pause, restored to their author, deleted when saved."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from suar.accounts.acting import Acting, act
from suar.accounts.keys import Keys
from suar.accounts.roles import Permission
from suar.accounts.rules import RETURN_CODE_FIELD, SECRET_FIELDS
from suar.cases.documents.papers import FormDraft
from suar.records import actions as records
from suar.records import keyring
from suar.records.keyring import OpenRecord

STORED_FOR = timedelta(days=14)
MAX_CHARACTERS = 60_000
FIELD = "draft"
"""The hidden field that names the form."""
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "form_id", "leaving", FIELD, *SECRET_FIELDS})
"""Fields that are never part of a draft: those of the page itself, and secrets of a worker or a person."""


@act("save_draft", needs=Permission.SEE_RECORD, once=False)
def save_draft(record: OpenRecord, form: str, fields: Mapping[str, Sequence[str]], *, by: Acting) -> bool:
    """Seal a draft in place of the earlier one; return False if it is too long or contains a return code.

    It is no act on the person: only the opening is in the audit log.
    """
    by.entry.skip = True
    typed = {name: tuple(values) for name, values in fields.items() if name not in NOT_TYPED}
    if (
        RETURN_CODE_FIELD in fields
        or sum(len(name) + sum(map(len, values)) for name, values in typed.items()) > MAX_CHARACTERS
    ):
        return False
    record.put(FormDraft(at=by.at, fields=typed), key=_key(record, form, by.worker), by=by.worker, at=by.at)
    return True


def read_draft(record: UUID, form: str, *, keys: Keys, at: datetime) -> FormDraft | None:
    """Return the worker's draft of a form from a record that this request has opened."""
    opened = keyring.opened_before(record, keys=keys)
    if opened is None or not opened.may(FormDraft.storage.compartment):
        return None
    draft = opened.get(FormDraft, _key(opened, form, keys.worker))
    return draft if draft and draft.at > at - STORED_FOR else None


def delete_draft(record: UUID, form: str, *, keys: Keys) -> None:
    """Delete the worker's draft of a form from a record that this request has opened: it was saved or discarded."""
    opened = keyring.opened_before(record, keys=keys)
    if opened is not None and opened.may(FormDraft.storage.compartment):
        records.delete_document(record, FormDraft, _key(opened, form, keys.worker))


def _key(record: OpenRecord, form: str, worker: UUID) -> str:
    """Return the key of a worker's draft; it can only be computed with the keys of the record."""
    return record.blind_key(FormDraft, f"{worker}|{form}")
