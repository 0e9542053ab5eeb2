"""What a house changed in a question set: the shapes, and how they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from suar.screening.rules.reading import maybe_text, text_of
from suar.screening.rules.shapes import Text


@dataclass(frozen=True, slots=True)
class Reworded:
    """The words of a question as the house says them; `child` None keeps to one wording."""

    text: Text
    child: Text | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """A question of the house's own; `sign` is "" where it counts for nothing in the sum-up.

    Without a wording for a child it is not put to a child.
    """

    code: str
    theme: str
    text: Text
    child: Text | None = None
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs from the base. `order`: theme or first question of a run -> its questions.

    `last` is the highest number an own question ever had here, so that none is used again.
    """

    wording: Mapping[str, Reworded] = field(default_factory=dict)
    order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    added: tuple[Added, ...] = ()
    last: int = 0

    @property
    def count(self) -> int:
        """Count what differs: words, orders, questions left out and added."""
        return len(self.wording) + len(self.order) + len(self.left_out) + len(self.added)

    def own(self, code: str) -> Added | None:
        """Give a question of the house's own."""
        return next((each for each in self.added if each.code == code), None)


def read_changes(raw: Mapping[str, Any]) -> Changes:
    """Read changes as they were written by `write_changes`.

    Source: own design, docs/decisions/0023.
    """
    return Changes(
        wording={code: _words(said) for code, said in raw["wording"].items()},
        order={key: tuple(codes) for key, codes in raw["order"].items()},
        left_out=frozenset(raw["left_out"]),
        added=tuple(_added(each) for each in raw["added"]),
        last=raw["last"],
    )


def write_changes(changes: Changes) -> dict[str, Any]:
    """Write changes so that they can be kept; reading them back gives the same.

    Source: own design, docs/decisions/0023.
    """
    return {
        "wording": {code: _written(said) for code, said in sorted(changes.wording.items())},
        "order": {key: list(codes) for key, codes in sorted(changes.order.items())},
        "left_out": sorted(changes.left_out),
        "added": [
            {"code": each.code, "theme": each.theme, "sign": each.sign, **_written(each)} for each in changes.added
        ],
        "last": changes.last,
    }


def in_both(text: Text) -> dict[str, str]:
    """Write wording as data files hold it.

    Source: own design, docs/decisions/0004.
    """
    return {"en": text.en, "id": text.id}


def _written(said: Reworded | Added) -> dict[str, Any]:
    return {"text": in_both(said.text), "child": said.child and in_both(said.child)}


def _words(raw: Mapping[str, Any]) -> Reworded:
    return Reworded(text_of(raw["text"]), maybe_text(raw["child"]))


def _added(raw: Mapping[str, Any]) -> Added:
    said = _words(raw)
    return Added(raw["code"], raw["theme"], said.text, said.child, raw["sign"])
