"""The objects of a file, each once by kind and id, with links from parent to child."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from suar.directory.documents import Problem
from suar.hsds.files.schema import list_problems, object_types

MAX_ROWS = 50_000
MAX_PROBLEMS = 200


class UnreadableFile(Exception):
    """The file cannot be read any further."""

    def __init__(self, why: str, detail: str = "", *, row: str = "") -> None:
        super().__init__(why)
        self.problem = Problem(row, "", why, detail)


@dataclass(slots=True)
class Record:
    """One object: its first place in the file, its valid values, and the lists of children it stated."""

    kind: str
    where: str
    values: dict[str, Any]
    stated: set[str] = field(default_factory=set)


class Tables:
    """Every object of a file, and the problems of the file."""

    def __init__(self) -> None:
        self.records: dict[str, dict[UUID, Record]] = {}
        self.stated_tables: set[str] = set()
        self.problems: list[Problem] = []
        self.left_out: list[Problem] = []
        self._children: dict[tuple[str, UUID, str], dict[UUID, None]] = {}
        self._count = 0

    def add(self, kind: str, raw: Mapping[str, Any], where: str, *, from_table: bool = False) -> Record | None:
        """Validate an object and store it; return None if its id is missing or invalid.

        The same id may occur in several places of a JSON file as long as its values are the same.
        """
        self._count += 1
        if self._count > MAX_ROWS:
            raise UnreadableFile("too_many_rows", str(MAX_ROWS))
        type_ = object_types()[kind]
        for name in type_.required_in_tables if from_table else type_.required:
            if name not in raw:
                self.refuse(where, name, "missing")
        values = self._validate(kind, raw, where, strict=not from_table)
        if "id" not in values:
            return None
        record = self.records.setdefault(kind, {}).setdefault(values["id"], Record(kind, where, {}))
        for name, value in values.items():
            if record.values.setdefault(name, value) != value:
                self.refuse(where, name, "differs", record.where)
        return record

    def _validate(self, kind: str, raw: Mapping[str, Any], where: str, *, strict: bool) -> dict[str, Any]:
        model = object_types()[kind].model
        known = {name: value for name, value in raw.items() if name in model.model_fields}
        try:
            row = model.model_validate(known, strict=strict)
        except ValidationError as error:
            for problem in list_problems(error):
                self.refuse(where, *problem)
            for detail in error.errors():
                known.pop(str(detail["loc"][0]), None)
            row = model.model_validate(known, strict=strict)
        return {name: getattr(row, name) for name in model.model_fields if name in row.model_fields_set}

    def link(self, parent_kind: str, parent: UUID, child: Record) -> None:
        """Note that an object belongs to the object with that id."""
        self._children.setdefault((parent_kind, parent, child.kind), {})[child.values["id"]] = None

    def of_kind(self, kind: str) -> Iterator[Record]:
        """Return every object of a kind."""
        yield from self.records.get(kind, {}).values()

    def children(self, record: Record, kind: str) -> Iterator[Record]:
        """Return the objects of a kind that belong to an object."""
        for id_ in self._children.get((record.kind, record.values["id"], kind), ()):
            yield self.records[kind][id_]

    def states(self, record: Record, kind: str) -> bool:
        """Return True if the file states a list of these children, even an empty one."""
        return kind in self.stated_tables or kind in record.stated

    def refuse(self, where: str, name: str, why: str, detail: str = "") -> None:
        """Note something that keeps the file from being imported; stop after 200."""
        self.problems.append(Problem(where, name, why, detail))
        if len(self.problems) >= MAX_PROBLEMS:
            raise UnreadableFile("too_many_problems", str(MAX_PROBLEMS))
