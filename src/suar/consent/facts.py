"""Facts about a person that workers enter and correct, each with what it was before."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from suar.accounts.acting import Acting
from suar.consent.documents import (
    CodedHistory,
    FactChange,
    FactHistory,
    Family,
    Health,
    IdentityHistory,
    ImportedFrom,
    NarrativeHistory,
    Person,
    Profile,
    SafeContact,
    Warnings,
    WhereaboutsHistory,
    Wish,
)
from suar.records.documents import Document
from suar.records.keyring import OpenRecord
from suar.records.search import end_of_number
from suar.records.terms import Compartment

FACTS: Mapping[str, tuple[type[Document], str]] = {
    kind.storage.name if field == "text" else field: (kind, field)
    for kind in (Person, SafeContact, Warnings, Wish, Profile, Health, Family)
    for field in kind.model_fields
}
"""Each fact with its document and field: every field of these documents, a text by the name of its document."""
HISTORIES: Mapping[Compartment, type[FactHistory]] = {
    kind.storage.compartment: kind for kind in (IdentityHistory, WhereaboutsHistory, NarrativeHistory, CodedHistory)
}


def read_facts(record: OpenRecord) -> dict[str, object]:
    """Return the facts as they are stored now."""
    stored = {kind: record.get(kind) or kind() for kind in dict.fromkeys(kind for kind, _ in FACTS.values())}
    return {name: getattr(stored[kind], field) for name, (kind, field) in FACTS.items()}


def match_facts(record: OpenRecord) -> dict[str, Any]:
    """Return the facts, beside the names, by which duplicates are found; sealed with the names for lists."""
    contact, profile = record.get(SafeContact) or SafeContact(), record.get(Profile) or Profile()
    imported = record.get(ImportedFrom)
    facts = {
        "imported": imported.case if imported else "",
        "number": end_of_number(contact.phone),
        "place": contact.district or contact.place.casefold(),
        "age": profile.age or profile.age_band,
    }
    return {name: value for name, value in facts.items() if value}


def change_facts(record: OpenRecord, changes: Mapping[str, object], *, by: Acting) -> bool:
    """Store changed facts in the caller's act, and what they were before; return False if none is different."""
    stored = read_facts(record)
    changed = {name: value for name, value in changes.items() if value != stored[name]}
    for kind in dict.fromkeys(FACTS[name][0] for name in changed):
        update = {FACTS[name][1]: value for name, value in changed.items() if FACTS[name][0] is kind}
        document = record.get(kind) or kind()
        record.put(document.model_copy(update=update), by=by.worker, at=by.at)
    for compartment in dict.fromkeys(FACTS[name][0].storage.compartment for name in changed):
        history = HISTORIES[compartment]
        former = record.get(history) or history()
        new = tuple(
            FactChange(fact=name, old=_as_text(stored[name]), by=by.worker, at=by.at)
            for name in changed
            if FACTS[name][0].storage.compartment is compartment
        )
        record.put(history(entries=(*former.entries, *new)), by=by.worker, at=by.at)
    return bool(changed)


def store_document(record: OpenRecord, document: Document, *, by: Acting) -> None:
    """Store a document in the caller's act; if it holds facts, with what they were before."""
    values = {name: getattr(document, field) for name, (kind, field) in FACTS.items() if kind is type(document)}
    if values:
        change_facts(record, values, by=by)
    else:
        record.put(document, by=by.worker, at=by.at)


def list_changes(record: OpenRecord) -> list[FactChange]:
    """Return all changes of facts, newest first."""
    changes = [change for kind in HISTORIES.values() for change in (record.get(kind) or kind()).entries]
    return sorted(changes, key=lambda change: change.at, reverse=True)


def values_before(changes: Iterable[FactChange]) -> dict[str, object]:
    """Return the values that facts had before these changes."""
    return {change.fact: _from_text(*FACTS[change.fact], change.old) for change in changes}


def _from_text(kind: type[Document], field: str, text: str) -> object:
    """Return the value that `_as_text` stored."""
    default: object = kind.model_fields[field].get_default()
    return getattr(kind.model_validate({field: text}, by_name=True), field) if text else default


def _as_text(value: object) -> str:
    """Return a stored value as text; empty for one that is not known."""
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None or value is False else str(value)
