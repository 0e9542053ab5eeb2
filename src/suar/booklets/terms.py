"""What a printed directory is made of: words in one language, ready to be set."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Form(StrEnum):
    """How one edition is set: A5, A4 in large print, A6 for a pocket or a phone, one small card."""

    A5 = "a5"
    LARGE = "large"
    COMPACT = "compact"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Mixed:
    """A text of several parts, of which some may stand in another language."""

    parts: tuple[str, ...]

    def __str__(self) -> str:
        return "".join(self.parts)


@dataclass(frozen=True, slots=True)
class Row:
    """A label and what is told under it."""

    label: str
    text: str | Mixed


@dataclass(frozen=True, slots=True)
class Number:
    """A number to call, who answers, when, and when somebody last tried it."""

    number: str
    who: str
    when: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One service as it is printed; `digest` stays while nothing about it but its date changes.

    `short` is what the compact form tells, a line for each.
    """

    id: str
    digest: str
    name: str
    provider: str
    what: str
    phones: tuple[Number, ...]
    rows: tuple[Row, ...]
    short: tuple[str | Mixed, ...]
    checked: str


@dataclass(frozen=True, slots=True)
class Section:
    """The entries of one place, by their places in the list of all, from 0."""

    title: str
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One need: its entries by place, and those that stand whole under another need."""

    title: str
    sections: tuple[Section, ...]
    also: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CardLine:
    """A line of the card: an everyday word, a number, and when it answers; nothing that betrays."""

    word: str
    number: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Booklet:
    """What an edition holds, before it has a number."""

    place: str
    place_name: str
    language: str
    draft: bool = False
    urgent: tuple[Number, ...]
    lines: tuple[Number, ...]
    chapters: tuple[Chapter, ...]
    entries: tuple[Entry, ...]
    by_place: tuple[Section, ...]
    by_need: tuple[Section, ...]
    card: tuple[CardLine, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """What an edition keeps of each of its entries, to tell the next one what changed."""

    id: str
    digest: str
    name: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from the edition before, by name; `first` says that there was none."""

    first: bool = False
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def none(self) -> bool:
        """Say whether everything is as it was."""
        return not (self.first or self.new or self.changed or self.gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """One edition that was made."""

    id: UUID
    place: str
    language: str
    number: int
    day: date
    use_until: date
    count: int
    changes: Changes
    sizes: Mapping[str, int]
