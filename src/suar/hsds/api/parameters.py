"""The parameters of each list of HSDS 3.1 as pydantic models, and how a request is read into them.

Source: schema/openapi.json of HSDS 3.1 (CC BY-SA 4.0, see NOTICE); docs/decisions/directory.
"""

import json
import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

from django.http import HttpRequest
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

MAX_BODY_BYTES, MAX_FIELDS = 16_384, 40
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
INVISIBLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
VISIBLE = r"^[^\u0000-\u001f\u007f]*$"
UNSTATED: Any = None


class Kind(StrEnum):
    """The lists of the API, by the last part of their URL."""

    SERVICES = "services"
    ORGANIZATIONS = "organizations"
    PAIRS = "service_at_locations"
    TAXONOMIES = "taxonomies"
    TERMS = "taxonomy_terms"


class Invalid(Exception):
    """A request that cannot be answered: a status, a reason, and the errors with their places."""

    def __init__(self, status: int, detail: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors or []


def _as_integer(value: Any) -> Any:
    """Return a whole number that JSON writes with a fraction, such as 3.0, as an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _strip_text(text: str) -> str:
    """Return a text without spaces around it; raise an error for a NUL or another control character."""
    if INVISIBLE.search(text):
        raise PydanticCustomError("control_character", "Input should have no control characters")
    return text.strip()


def _moment(text: str) -> datetime:
    """Return a time; one without a zone is in UTC."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise PydanticCustomError("moment", "Input should be a date and time such as 2026-11-26T08:00:00Z") from None


Id = Annotated[UUID, Field(strict=False)]
Moment = Annotated[str, AfterValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
Number = Annotated[int, BeforeValidator(_as_integer)]
Text = Annotated[str, AfterValidator(_strip_text), Field(json_schema_extra={"pattern": VISIBLE})]


class Parameters(BaseModel):
    """The parameters of a request; an unknown one is an error and is not ignored."""

    model_config = ConfigDict(extra="forbid", strict=True)


class OneOrganization(Parameters):
    full_service: bool = Field(False, description="With all that belongs to each service.")


class Page(Parameters):
    search: Text = Field(
        "",
        max_length=200,
        description="Words to search for; each may be the beginning of a word, and one wrong letter is "
        "accepted among services. Send them by POST, so that they are in no URL.",
    )
    page: Number = Field(1, ge=1, le=1_000_000, description="The number of the page, from 1.")
    per_page: Number = Field(20, ge=1, le=1000, description="How many objects on a page.")
    format: Literal["json", "ndjson"] = Field(
        "json", description="json: a page. ndjson: all that matches, one object a line, without pages."
    )


class Terms(Page):
    taxonomy_id: Id = Field(UNSTATED, description="Only terms of this taxonomy.")
    top_only: bool = Field(False, description="Only terms without a parent.")
    parent_id: Id = Field(UNSTATED, description="Only terms with this parent.")


class Directory(Page):
    taxonomy_term_id: Id = Field(UNSTATED, description="Only with this term; a group means every type in it.")
    taxonomy_id: Id = Field(UNSTATED, description="Only with a term of this taxonomy.")
    full: bool = Field(False, description="With all that belongs to each object.")


class Organizations(Directory, OneOrganization):
    pass


class Offers(Directory):
    organization_id: Id = Field(UNSTATED, description="Only services of this organization.")
    modified_after: Moment = Field(UNSTATED, description="Only if a public field changed at this time or later.")


class Services(Offers):
    minimal: bool = Field(False, description="Only id and modified_date, all on one page unless per_page is given.")


class Pairs(Offers):
    postcode: Text = Field(
        UNSTATED,
        min_length=1,
        max_length=20,
        description="Only locations with this postal code; with proximity, locations near their centre.",
    )
    proximity: float = Field(
        UNSTATED, gt=0, le=1_000_000, description="With postcode: only within this many metres of the centre."
    )

    @model_validator(mode="after")
    def _check_proximity(self) -> Self:
        if self.proximity is not None and not self.postcode:
            raise PydanticCustomError("postcode", "proximity needs a postcode beside it")
        return self


LISTS: dict[Kind, type[Page]] = {
    Kind.SERVICES: Services,
    Kind.ORGANIZATIONS: Organizations,
    Kind.PAIRS: Pairs,
    Kind.TAXONOMIES: Page,
    Kind.TERMS: Terms,
}
OBJECTS: dict[Kind, type[Parameters]] = dict.fromkeys(Kind, Parameters) | {Kind.ORGANIZATIONS: OneOrganization}
P = TypeVar("P", bound=Parameters)


def read_parameters(model: type[P], request: HttpRequest) -> P:
    """Return the parameters of the URL and of the body; raises Invalid, which does not repeat a value."""
    values: dict[str, Any] = {}
    places: dict[str, str] = {}
    errors: list[dict[str, str]] = []
    unknown: list[dict[str, str]] = []
    known = ", ".join(model.model_fields) or "none"
    query = request.META.get("QUERY_STRING", "").encode("latin-1")
    for place, name, value in (*_read_form(model, query, "query"), *_read_body(model, request)):
        if name not in model.model_fields:
            where = f"{place}: {INVISIBLE.sub(' ', name[:40]).strip()}"
            unknown.append({"where": where, "what": f"Unknown parameter. Known: {known}"})
            continue
        if name in values:
            errors.append({"where": f"{place}: {name}", "what": "The parameter is given twice"})
        values[name], places[name] = value, place
    try:
        parameters = model.model_validate(values)
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            name = str(problem["loc"][0]) if problem["loc"] else "proximity"
            message = problem["msg"]
            if problem["type"] == "uuid_parsing":
                message = "Input should be a UUID such as 123e4567-e89b-42d3-a456-426614174000"
            errors.append({"where": f"{places.get(name, 'query')}: {name}", "what": message})
    if errors or unknown:
        raise Invalid(400, "Some parameters cannot be used.", errors + unknown)
    return parameters


def _read_body(model: type[Parameters], request: HttpRequest) -> list[tuple[str, str, Any]]:
    if request.method != "POST":
        return []
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
        raise Invalid(413, f"The body is too large: at most {MAX_BODY_BYTES} bytes.")
    if not request.body:
        return []
    if request.content_type == FORM:
        return _read_form(model, request.body, "body")
    if request.content_type != JSON:
        raise Invalid(415, f"The body must be sent as {FORM} or {JSON}.")
    try:
        # The pairs of an object stay a tuple of pairs, so that a repeated name is found.
        content = json.loads(request.body.decode(), object_pairs_hook=tuple, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Invalid(400, "The body is not valid JSON.") from None
    if not isinstance(content, tuple) or len(content) > MAX_FIELDS:
        raise Invalid(400, f"The body must be one JSON object with at most {MAX_FIELDS} fields.")
    return [("body", name, value) for name, value in content]


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _read_form(model: type[Parameters], content: bytes, place: str) -> list[tuple[str, str, Any]]:
    try:
        pairs = parse_qsl(content.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError:
        raise Invalid(400, f"The {place} cannot be read: at most {MAX_FIELDS} fields, as UTF-8.") from None
    return [(place, name, _from_text(model, name, text)) for name, text in pairs]


def _from_text(model: type[Parameters], name: str, text: str) -> Any:
    """Return the text of a URL as the JSON value that its parameter has, or unchanged if it is not one."""
    type_ = model.model_fields[name].annotation if name in model.model_fields else str
    try:
        if type_ is bool:
            return {"true": True, "false": False}[text]
        return type_(text) if type_ in (int, float) and text.isascii() else text
    except (ValueError, KeyError):
        return text
