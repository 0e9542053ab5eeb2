"""Documents: what a record may contain, each with compartment, purpose, retention and version.

Every app defines its documents in `documents.py`:

    class Note(Document):
        '''One note of the case; added, never changed.'''

        storage = Storage(Compartment.NARRATIVE, "note", keyed=True)
        at: datetime
        by: UUID
        text: str

The first paragraph of the docstring says what it holds and why: the inventory and a person's printed file show it.
An open record reads and writes documents:

    record.get(Plan)                                  the plan, or None
    record.get_or_empty(Plan)                         the plan, or one without values
    record.get_all(Note)                              {key: note}
    record.put(plan, by=worker, at=now, expected=3)   Conflict if version 3 was overtaken

A field that is None is not stored. Codes and field names are stored and never change: rename a
field with `Field(alias="stored name")`. To change the shape raise `version` and write `upcast`,
which turns an older value into today's shape when it is read; it is stored so with the next edit.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from suar.records.terms import Compartment

WITH_RECORD = "with the record"


@dataclass(frozen=True, slots=True)
class Storage:
    """The place of a document.

    `name` is the stored name, without the key of a keyed document: a record has several of those,
    `note-<uuid>`. `retention` is one of the spans of docs/inventory.json. `shareable` maps fields
    that may be shared with consent to the code of the consent field. `least_bytes` is for a document whose
    length would show what it says: a shorter one is padded like one of so many bytes.
    """

    compartment: Compartment
    name: str
    _: KW_ONLY
    retention: str = WITH_RECORD
    version: int = 1
    keyed: bool = False
    least_bytes: int = 0
    shareable: Mapping[str, str] = field(default_factory=dict)

    def field_name(self, key: str = "") -> str:
        """Return the name of the stored value. Raises ValueError if a key is missing or too much."""
        if bool(key) is not self.keyed:
            raise ValueError(f"{self.name} needs a key" if self.keyed else f"{self.name} has no key")
        return f"{self.name}-{key}" if self.keyed else self.name

    @property
    def pattern(self) -> str:
        """The stored values as the inventory names them: narrative/note-*."""
        return f"{self.compartment}/{self.name}{'-*' if self.keyed else ''}"


class Part(BaseModel):
    """A part of a document. Immutable; a validation error never contains the input."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Document(Part):
    """The contents of one sealed value. Immutable: change it with `model_copy(update=...)`."""

    model_config = ConfigDict(populate_by_name=True)
    storage: ClassVar[Storage]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Register the class; a stored value has one class only."""
        if "storage" not in cls.__dict__:
            return
        other = _registry.setdefault(cls.storage.pattern, cls)
        if other.__module__ != cls.__module__ or other.__name__ != cls.__name__:
            raise TypeError(f"{cls.storage.pattern} is stored by {other.__name__} already")
        if unknown := cls.storage.shareable.keys() - cls.model_fields.keys():
            raise TypeError(f"{cls.__name__} has no field {', '.join(sorted(unknown))}")

    @classmethod
    def upcast(cls, data: dict[str, Any], version: int) -> dict[str, Any]:
        """Return data that was stored with an earlier version in the shape of this one."""
        return data

    @classmethod
    def from_stored(cls, data: dict[str, Any], version: int) -> Self:
        """Read what `to_stored` returned in this or an earlier version."""
        return cls.model_validate(cls.upcast(data, version) if version < cls.storage.version else data)

    def to_stored(self) -> dict[str, Any]:
        """Return what is sealed: stored names, no fields that are None."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


_registry: dict[str, type[Document]] = {}


def purpose_of(document: type[Document]) -> str:
    """Return what a document holds and why: the first paragraph of its docstring."""
    return " ".join((document.__doc__ or "").partition("\n\n")[0].split())


def document_classes() -> Mapping[str, type[Document]]:
    """Return every document class by its pattern, such as narrative/note-*."""
    return _registry


def shareable_fields() -> dict[str, list[tuple[type[Document], str]]]:
    """Return which documents and fields each consent field shares."""
    sources: dict[str, list[tuple[type[Document], str]]] = {}
    for document in _registry.values():
        for name, code in document.storage.shareable.items():
            sources.setdefault(code, []).append((document, name))
    return sources
