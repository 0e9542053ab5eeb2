"""Carries entries between processes as JSON: nothing that could run is ever read back."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from suar.directory.documents import ParsedDirectory


def to_json(parsed: ParsedDirectory) -> str:
    """Write entries as JSON."""
    return json.dumps(asdict(parsed), default=str, ensure_ascii=True)


def from_json(text: str) -> ParsedDirectory:
    """Read entries back; raises ValueError, TypeError or KeyError on anything else."""
    read = _read(ParsedDirectory, json.loads(text))
    assert isinstance(read, ParsedDirectory)  # noqa: S101 - tells mypy what _read gives
    return read


def _read(kind: Any, value: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        if value is None and NoneType in inner:
            return None
        return _read(next(each for each in inner if each is not NoneType), value)
    if origin is tuple:
        return tuple(_read(inner[0], each) for each in _of(list, value))
    if origin is Mapping:
        return {str(key): _read(inner[1], each) for key, each in _of(dict, value).items()}
    if isinstance(kind, type) and is_dataclass(kind):
        _of(dict, value)
        return kind(**{name: _read(form, value[name]) for name, form in _hints(kind).items()})
    return _plain(kind, value)


def _plain(kind: Any, value: Any) -> Any:
    if kind is UUID:
        return UUID(_of(str, value))
    if kind is date:
        return date.fromisoformat(_of(str, value))
    if kind is float:
        return float(value)
    return _of(kind, value)


def _of(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} expected")
    return value


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind)}
