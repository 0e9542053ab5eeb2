"""The object types of HSDS 3 as pydantic models, made from data/hsds-3.json."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema, create_model
from pydantic_core import PydanticCustomError

from suar.core.codes import read_data
from suar.directory.rules import input_text

EXTENSION = "suar"
MAX_LENGTH, MAX_QUOTED, MAX_LISTED = 20_000, 40, 400
EMAIL = re.compile(r"[^@\s<>\"',;:]{1,64}@[^@\s<>\"',;:]{1,255}")
PROBLEM_CODES = {
    "extra_forbidden": "unknown_key",
    "list_type": "not_list",
    "dict_type": "not_object",
    "model_type": "not_object",
    "int_type": "not_whole",
    "bool_type": "not_yes_no",
    "string_type": "not_text",
    "string_too_long": "too_long",
    "string_pattern_mismatch": "unknown_language",
    "float_type": "not_number",
    "float_parsing": "not_number",
    "finite_number": "not_number",
    "less_than_equal": "not_number",
    "greater_than_equal": "not_number",
}
"""Our code for each kind of pydantic error; our own validators raise errors under our codes."""


def invalid(code: str, detail: str = "", *, field: str = "") -> PydanticCustomError:
    """Return the error of a validator; `field` is the field inside of the validated object."""
    return PydanticCustomError(code, code, {"detail": detail, "field": field})


def list_problems(error: ValidationError) -> Iterator[tuple[str, str, str]]:
    """Yield the field, the code and the detail of each problem."""
    for problem in error.errors(include_url=False):
        context, value = problem.get("ctx", {}), str(problem["input"])[:MAX_QUOTED]
        code = PROBLEM_CODES.get(problem["type"], problem["type"])
        detail = str(context.get("detail") or context.get("max_length", ""))
        if problem["input"] is None:
            code = "null"
        elif code == "unknown_language":
            detail = value
        elif code == "literal_error":
            few = len(context["expected"]) <= MAX_LISTED
            code, detail = ("not_listed", context["expected"]) if few else ("unknown_code", value)
        path = [step for step in (*problem["loc"], context.get("field")) if isinstance(step, str) and step != "[key]"]
        yield ".".join(filter(None, path))[:80], code, detail


def _check_text(text: str) -> str:
    if input_text.text_problem(text) == "control_sign":
        raise invalid("control_sign")
    return text


def _check_plain(text: str) -> str:
    if code := input_text.text_problem(text):
        raise invalid(code, text[:20])
    return text


def check_telephone(text: str) -> str:
    """Return a number to call without quotation marks; raises a validation error."""
    number = _check_plain(text).strip('" ')
    if number and not input_text.is_telephone(number):
        raise invalid("not_telephone", number[:MAX_QUOTED])
    return number


def _check_email(text: str) -> str:
    if not EMAIL.fullmatch(text):
        raise ValueError
    return text


def _check_uri(text: str) -> str:
    parts = urlsplit(_check_plain(text).strip())
    known = parts.scheme.lower() in {"mailto", "tel"} or (parts.scheme.lower() in {"http", "https"} and parts.netloc)
    if not known or re.search(r"[\s<>\"]", text.strip()):
        raise ValueError
    return text.strip()


def _parsed(parse: Callable[[str], Any], code: str) -> AfterValidator:
    """Return a validator that converts a text; a ValueError becomes a problem with this code."""

    def check(text: str) -> Any:
        try:
            return parse(text)
        except ValueError:
            raise invalid(code, text[:MAX_QUOTED]) from None

    return AfterValidator(check)


AnyText = Annotated[str, Field(max_length=MAX_LENGTH), AfterValidator(_check_text)]
Text = Annotated[AnyText, AfterValidator(_check_plain), WithJsonSchema({"type": "string"})]
Telephone = Annotated[AnyText, AfterValidator(check_telephone), WithJsonSchema({"type": "string"})]
Number = Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False), WithJsonSchema({"type": "number"})]


def _format(parse: Callable[[str], Any], code: str, json_format: str) -> Any:
    return Annotated[AnyText, _parsed(parse, code), WithJsonSchema({"type": "string", "format": json_format})]


Id = _format(UUID, "not_uuid", "uuid")
Date = _format(date.fromisoformat, "not_date", "date")
Time = Annotated[
    AnyText,
    _parsed(lambda text: time.fromisoformat(text).strftime("%H:%M"), "not_time"),
    WithJsonSchema({"type": "string"}),
]
FORMATS: Mapping[str, Any] = {
    "text": Text,
    "number": Number,
    "uuid": Id,
    "date": Date,
    "time": Time,
    "moment": _format(datetime.fromisoformat, "not_moment", "date-time"),
    "email": _format(_check_email, "not_email", "email"),
    "uri": _format(_check_uri, "not_uri", "uri"),
}


class Row(BaseModel):
    """One object without the objects in it; whether a field is required depends on the kind of file."""

    model_config = ConfigDict(coerce_numbers_to_str=True)
    suar: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class ObjectType:
    """An object type: its table, the model of its own fields, and the types that nest in it."""

    kind: str
    table: str
    model: type[Row]
    required: Sequence[str]
    required_in_tables: Sequence[str]
    lists: Mapping[str, str]
    ones: Mapping[str, str]

    @property
    def names(self) -> set[str]:
        """Return every name that an object of this type may have."""
        return {*self.model.model_fields, *self.lists, *self.ones} - {EXTENSION}


@cache
def object_types() -> Mapping[str, ObjectType]:
    """Return every object type by its name."""
    objects = read_data("hsds", "hsds-3")["objects"]
    return {kind: ObjectType(kind=kind, model=_model(kind, row.pop("fields")), **row) for kind, row in objects.items()}


def _model(kind: str, formats: Mapping[str, Any]) -> type[Row]:
    types = {name: FORMATS[form] if isinstance(form, str) else Literal[tuple(form)] for name, form in formats.items()}
    fields: dict[str, Any] = {name: (type_, None) for name, type_ in types.items()}
    return create_model(kind, __base__=Row, **fields)


@cache
def table_kinds() -> Mapping[str, str]:
    """Return the object type of each table."""
    return {type_.table: kind for kind, type_ in object_types().items()}


@cache
def parent_kinds(kind: str) -> Mapping[str, str]:
    """Return the object types that an object may belong to, by the field that holds their id."""
    names = {name: name.removesuffix("_id") for name in object_types()[kind].names if name.endswith("_id")}
    return {name: parent for name, parent in names.items() if parent in object_types() and parent != kind}
