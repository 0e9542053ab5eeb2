"""Reads what is asked of the interface, and says of each part that is wrong what and where."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from suar.hsds.api.parameters import PARAMETERS, USUAL_ON_A_PAGE, Wrong

MOST_BODY_BYTES, MOST_FIELDS = 16_384, 40
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class Refused(Exception):
    """What was asked cannot be answered: a status, and what is wrong where."""

    def __init__(self, status: int, detail: str, wrong: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(detail)
        self.status, self.detail, self.wrong = status, detail, tuple(wrong)


@dataclass(frozen=True, slots=True)
class Asked:
    """Parameters, read: each in its own type, and only those that were told."""

    told: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        """Return a parameter, or None."""
        return self.told.get(name)

    @property
    def page(self) -> int:
        """Return the number of the page, from 1."""
        return int(self.told.get("page", 1))

    @property
    def per_page(self) -> int:
        """Return how many are on a page."""
        return int(self.told.get("per_page", USUAL_ON_A_PAGE))


def read(takes: Iterable[str], *, query: str, body: bytes = b"", kind: str = "") -> Asked:
    """Read the parameters of an address and of what was posted; raises Refused.

    A name that is unknown or told twice is refused: a filter that nobody applies would answer
    with what was not asked for.
    """
    pairs = [("query", *each) for each in _from_form(query, "query")]
    pairs += [("body", *each) for each in _from_body(body, kind)]
    known, told, wrong = tuple(takes), dict[str, Any](), list[tuple[str, str]]()
    for where, name, value in pairs:
        place = f"{where}: {name[:40]}"
        if name not in known:
            wrong.append((place, f"is no parameter here; there are: {', '.join(known) or 'none'}"))
        elif name in told:
            wrong.append((place, "is told twice"))
        else:
            told[name] = _value(name, value, place, wrong)
    wrong += _not_alone(told)
    if wrong:
        raise Refused(400, "Some parameters cannot be used.", wrong)
    return Asked(told)


def _value(name: str, value: Any, place: str, wrong: list[tuple[str, str]]) -> Any:
    try:
        text = value.told(name) if isinstance(value, _FromJson) else value
        return PARAMETERS[name].read(text)
    except Wrong as error:
        wrong.append((place, str(error)))
        return None


@dataclass(frozen=True, slots=True)
class _FromJson:
    """A value that has a type of its own, which must be the one that is asked for."""

    value: Any

    def told(self, name: str) -> str:
        """Return the value as an address would write it."""
        wanted, value = PARAMETERS[name].schema["type"], self.value
        if wanted == "boolean" and isinstance(value, bool):
            return "true" if value else "false"
        if wanted == "string" and isinstance(value, str):
            return value
        whole = type(value) is int or (type(value) is float and value.is_integer())
        if wanted == "integer" and whole:
            return str(int(value))
        if wanted == "number" and type(value) in (int, float):
            return str(value)
        raise Wrong(f"must be of the type {wanted}")


def _not_alone(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    if "proximity" in told and not told.get("postcode"):
        return [("proximity", "needs a postcode beside it")]
    return []


def _from_form(text: str, where: str) -> list[tuple[str, str]]:
    try:
        raw = text.encode("latin-1") if where == "query" else text.encode()
        return parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except (UnicodeError, ValueError):
        raise Refused(400, f"The {where} cannot be read: at most {MOST_FIELDS} fields, as UTF-8.") from None


def _from_body(body: bytes, kind: str) -> list[tuple[str, Any]]:
    if len(body) > MOST_BODY_BYTES:
        raise too_large()
    if not body:
        return []
    if kind not in (FORM, JSON):
        raise Refused(415, f"The body must be sent as {FORM} or {JSON}.")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Refused(400, "The body is not UTF-8.") from None
    return _from_form(text, "body") if kind == FORM else _from_json(text)


def too_large() -> Refused:
    """Refuse a body that no list needs."""
    return Refused(413, f"The body is too large: at most {MOST_BODY_BYTES} bytes.")


def _from_json(text: str) -> list[tuple[str, Any]]:
    try:
        # Pairs are kept as they stand, so that a name told twice is seen.
        content = json.loads(text, object_pairs_hook=_Pairs, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused(400, "The body is no JSON that can be read.") from None
    if not isinstance(content, _Pairs):
        raise Refused(400, "The body must be one JSON object with the parameters in it.")
    if len(content) > MOST_FIELDS:
        raise Refused(400, f"The body must have at most {MOST_FIELDS} fields.")
    return [(name, _FromJson(value)) for name, value in content]


def _no_number(name: str) -> Any:
    raise ValueError(name)


class _Pairs(list[tuple[str, Any]]):
    """An object of JSON as it was written, told apart from a list."""
