"""Chats: paste one into the record, and choose the neutral sentence for a message to the person."""

import re

from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases import actions
from suar.cases.codes import MESSENGERS, SAFE_TEXTS
from suar.cases.documents.papers import SafeText
from suar.consent.documents import Account
from suar.core.i18n import staff_languages
from suar.records.keyring import OpenRecord

NOTE, ACCOUNT = "note", "account"
BY_MESSAGE = "MESSAGE"
"""The way of a contact, as in codes/contact_kinds.json."""
INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Characters without width that messengers add around names and numbers; joiners that scripts need stay."""
BLANK_LINES = re.compile(r"\n{3,}")


@act("paste_chat", needs=Permission.SEE_RECORD)
def paste_chat(record: OpenRecord, text: str, messenger: str, *, by: Acting, target: str = NOTE, way: str = "") -> None:
    """Store copied text as a note, or below the person's account; with `way` it counts as a contact."""
    words = f"{MESSENGERS.label(messenger)}:\n{clean_chat(text)}"
    if target == NOTE:
        actions.add_note(record, words, way=way, by=by)
        return
    before = record.get_or_empty(Account).text
    record.put(Account(text="\n\n".join(filter(None, (before, words)))), by=by.worker, at=by.at)


def clean_chat(text: str) -> str:
    """Return copied text without invisible characters and runs of empty lines; every word stays.

    Source: own design; a mark that turns the direction hides what a number really is.
    """
    lines = INVISIBLE.sub("", text).replace("\r\n", "\n").split("\n")
    return BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip()


@act("agree_safe_text", needs=Permission.SEE_RECORD)
def agree_safe_text(record: OpenRecord, code: str, language: str, *, by: Acting) -> None:
    """Store the neutral sentence that the person agreed to, and in which language."""
    record.put(SafeText(code=code, language=language, by=by.worker, at=by.at), by=by.worker, at=by.at)


def safe_text(record: OpenRecord) -> tuple[str, str]:
    """Return the sentence that the person agreed to and its language, both empty if there is none."""
    agreed = record.get(SafeText)
    if agreed is None or agreed.code not in SAFE_TEXTS:
        return "", ""
    return SAFE_TEXTS.label(agreed.code, agreed.language), agreed.language


def is_draft(language: str) -> bool:
    """Return True if nobody has checked the sentences in this language; only those of workers' languages are checked.

    Source: codes/safe_texts.json.
    """
    return language not in {item.code for item in staff_languages()}
