"""Every value that is stored in a record has a document class, and values of before open with it."""

import fnmatch
from collections.abc import Iterator
from typing import Any

import pytest

from suar.records.documents import purpose_of
from suar.screening.rules import draft
from tests.compat.stored import EXPECTED
from tests.house import inventory
from tests.house.sealed_values import documents, written_values

SPANS = inventory.reasons()["spans"]
DOCUMENTS = documents()
WITHOUT_A_CLASS: set[str] = set()
"""Values that are still written by name. Take a line away when a value moves; add none."""


def stored_before() -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the values that an earlier Suar stored, by compartment and name."""
    for record in EXPECTED["records"].values():
        for compartment, fields in record["values"].items():
            for name, value in fields.items():
                yield f"{compartment}/{name}", value


def test_every_stored_value_has_a_document_class():
    assert written_values() - DOCUMENTS.keys() == WITHOUT_A_CLASS


def test_every_document_has_a_purpose_and_a_retention():
    assert [name for name, kind in DOCUMENTS.items() if not purpose_of(kind)] == []
    assert [name for name, kind in DOCUMENTS.items() if kind.storage.retention not in SPANS] == []


@pytest.fixture(autouse=True)
def codes_of_any_talk(monkeypatch):
    """Let answers to an organisation's own questions be read without a database; tests/compat opens them with it."""
    monkeypatch.setattr(draft, "instrument", lambda _code, _version: None)
    monkeypatch.setattr(draft, "_check_codes", lambda _answers, _instrument: None)


@pytest.mark.parametrize("pattern", sorted(DOCUMENTS))
def test_values_of_version_0_1_open_and_are_stored_unchanged(pattern):
    kind = DOCUMENTS[pattern]
    for name, value in stored_before():
        if fnmatch.fnmatchcase(name, pattern):
            document = kind.from_stored(value, 1)
            assert kind.from_stored(document.to_stored(), kind.storage.version) == document


def test_notes_of_version_0_1_are_covered():
    """The positive control of the test above."""
    assert any(fnmatch.fnmatchcase(name, "narrative/note-*") for name, _ in stored_before())
