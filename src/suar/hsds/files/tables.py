"""Rows from any form of HSDS: each object once, with links from parent to child."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from suar.directory.documents import Problem
from suar.hsds.files import values
from suar.hsds.files.objects import ObjectType

MOST_ROWS = 50_000
MOST_PROBLEMS = 200
EXTENSION = "suar"


class Stop(Exception):
    """The file cannot be read any further."""

    def __init__(self, why: str, detail: str = "", *, row: str = "") -> None:
        super().__init__(why)
        self.problem = Problem(row, "", why, detail)


@dataclass(slots=True)
class Row:
    """One object: where it first stood, its checked values, its extension, the lists it told."""

    kind: str
    where: str
    values: dict[str, Any]
    extension: Mapping[str, Any] | None
    told: set[str] = field(default_factory=set)


class Tables:
    """Every object of a file by kind and id, and what is wrong with it."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[UUID, Row]] = {}
        self._down: dict[tuple[str, str], dict[UUID, dict[UUID, None]]] = {}
        self._up: dict[tuple[str, str], dict[UUID, dict[UUID, None]]] = {}
        self.told_tables: set[str] = set()
        self.problems: list[Problem] = []
        self.left_out: list[Problem] = []
        self._count = 0

    def add(self, shape: ObjectType, raw: Mapping[str, Any], where: str) -> Row | None:
        """Check an object and keep it; None when its id is missing or wrong.

        The same id may stand in several places of a JSON file as long as it tells the same.
        """
        self._count += 1
        if self._count > MOST_ROWS:
            raise Stop("too_many_rows", str(MOST_ROWS))
        checked = self._checked(shape, raw, where)
        if "id" not in checked:
            return None
        known = self.rows.setdefault(shape.kind, {})
        row = known.get(checked["id"])
        if row is None:
            row = known[checked["id"]] = Row(shape.kind, where, checked, None)
        else:
            self._merge(row, checked, where)
        self._extend(row, raw, where)
        return row

    def link(self, parent: Row | None, child: Row | None) -> None:
        """Remember that one object hangs on another."""
        if parent and child:
            self.link_ids(parent.kind, parent.values["id"], child)

    def link_ids(self, kind: str, parent: UUID, child: Row) -> None:
        """Remember that an object hangs on the object with that id."""
        end, pair = child.values["id"], (kind, child.kind)
        self._down.setdefault(pair, {}).setdefault(parent, {})[end] = None
        self._up.setdefault(pair, {}).setdefault(end, {})[parent] = None

    def children(self, row: Row, kind: str) -> Iterator[Row]:
        """Return the objects of a kind that hang on an object."""
        for each in self._down.get((row.kind, kind), {}).get(row.values["id"], ()):
            yield self.rows[kind][each]

    def parent(self, row: Row, kind: str) -> Row | None:
        """Return the first object of a kind, told in this file, on which an object hangs."""
        above = self._up.get((kind, row.kind), {}).get(row.values["id"], ())
        return next((self.rows[kind][each] for each in above if each in self.rows.get(kind, {})), None)

    def told(self, row: Row, child: str) -> bool:
        """Return True if a list of children was told at all, be it empty."""
        return child in self.told_tables or child in row.told

    def refuse(self, where: str, name: str, why: str, detail: str = "") -> None:
        """Note something that keeps the file from being imported; stop after 200."""
        self.problems.append(Problem(where, name, why, detail))
        if len(self.problems) >= MOST_PROBLEMS:
            raise Stop("too_many_problems", str(MOST_PROBLEMS))

    def _checked(self, shape: ObjectType, raw: Mapping[str, Any], where: str) -> dict[str, Any]:
        checked = {}
        for name in shape.required:
            if name not in raw:
                self.refuse(where, name, "missing")
        for name, form in shape.fields.items():
            if name not in raw:
                continue
            try:
                checked[name] = values.check_value(raw[name], form)
            except values.InvalidValue as wrong:
                self.refuse(where, name, wrong.why, wrong.detail)
        return checked

    def _merge(self, row: Row, checked: Mapping[str, Any], where: str) -> None:
        for name, value in checked.items():
            if row.values.setdefault(name, value) != value:
                self.refuse(where, name, "differs", row.where)

    def _extend(self, row: Row, raw: Mapping[str, Any], where: str) -> None:
        extension = raw.get(EXTENSION)
        if extension is None:
            return
        if not isinstance(extension, Mapping):
            self.refuse(where, EXTENSION, "not_object")
        elif row.extension is not None and row.extension != extension:
            self.refuse(where, EXTENSION, "differs", row.where)
        else:
            row.extension = extension
