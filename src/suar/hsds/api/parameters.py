"""The parameters of HSDS 3.1, which list takes which, and what each may be; plain Python.

Source: schema/openapi.json of HSDS 3.1 (CC BY-SA 4.0, see NOTICE); docs/decisions/directory.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from suar.hsds.files.values import UUID_TEXT

MOST_PAGES, MOST_ON_A_PAGE, USUAL_ON_A_PAGE = 1_000_000, 1000, 20
LONGEST_SEARCH, LONGEST_POSTCODE, FARTHEST_M = 200, 20, 1_000_000
UNSEEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Kind(StrEnum):
    """The lists of the interface, by the last part of their address."""

    SERVICES = "services"
    ORGANIZATIONS = "organizations"
    PAIRS = "service_at_locations"
    TAXONOMIES = "taxonomies"
    TERMS = "taxonomy_terms"


PAGES = ("search", "page", "per_page", "format")
TAKES: Mapping[Kind, tuple[str, ...]] = {
    Kind.SERVICES: (*PAGES, "taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after", "minimal", "full"),
    Kind.ORGANIZATIONS: (*PAGES, "full_service", "full", "taxonomy_term_id", "taxonomy_id"),
    Kind.PAIRS: (
        *PAGES,
        "taxonomy_term_id",
        "taxonomy_id",
        "organization_id",
        "modified_after",
        "full",
        "postcode",
        "proximity",
    ),
    Kind.TAXONOMIES: PAGES,
    Kind.TERMS: (*PAGES, "taxonomy_id", "top_only", "parent_id"),
}
TAKES_ONE: Mapping[Kind, tuple[str, ...]] = {Kind.ORGANIZATIONS: ("full_service",)}


class Wrong(ValueError):
    """A parameter that cannot be used; its text says what would be."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a parameter does, how a value of it is read, and its JSON Schema."""

    does: str
    read: Callable[[str], Any]
    schema: Mapping[str, Any]


def _search(value: str) -> str:
    """Read words; signs that cannot be seen part them as blanks do."""
    return UNSEEN.sub(" ", _at_most(LONGEST_SEARCH, value)).strip()


def _postcode(value: str) -> str:
    if not value:
        raise Wrong("must not be empty")
    return UNSEEN.sub(" ", _at_most(LONGEST_POSTCODE, value))


def _at_most(longest: int, value: str) -> str:
    if len(value) > longest:
        raise Wrong(f"must be at most {longest} characters")
    return value


def _whole(most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not (value.isascii() and value.isdigit() and len(value) < 10 and 1 <= int(value) <= most):
            raise Wrong(f"must be a whole number from 1 to {most}")
        return int(value)

    return read


def _metres(value: str) -> float:
    try:
        metres = float(value)
    except ValueError:
        metres = math.nan
    if not 0 < metres <= FARTHEST_M:
        raise Wrong(f"must be a number of metres above 0, at most {FARTHEST_M}")
    return metres


def _yes_no(value: str) -> bool:
    if value not in ("true", "false"):
        raise Wrong("must be true or false")
    return value == "true"


def _id(value: str) -> UUID:
    if not UUID_TEXT.fullmatch(value):
        raise Wrong("must be a UUID, such as 123e4567-e89b-42d3-a456-426614174000")
    return UUID(value)


def _moment(value: str) -> datetime:
    """Read a time; one without a zone is in UTC."""
    try:
        read = datetime.fromisoformat(value)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Wrong("must be a date and time, such as 2026-11-26T08:00:00Z") from None


def _form(value: str) -> str:
    if value not in ("json", "ndjson"):
        raise Wrong("must be json or ndjson")
    return value


YES_NO = {"type": "boolean"}
ID = {"type": "string", "format": "uuid"}
PARAMETERS: Mapping[str, Parameter] = {
    "search": Parameter(
        "Words to look for; each may be the beginning of a word, and one wrong letter is forgiven "
        "among services. Send them by POST: then they stand in no address.",
        _search,
        {"type": "string", "maxLength": LONGEST_SEARCH},
    ),
    "page": Parameter(
        "The number of the page, from 1.", _whole(MOST_PAGES), {"type": "integer", "minimum": 1, "maximum": MOST_PAGES}
    ),
    "per_page": Parameter(
        f"How many on a page; {USUAL_ON_A_PAGE} unless told.",
        _whole(MOST_ON_A_PAGE),
        {"type": "integer", "minimum": 1, "maximum": MOST_ON_A_PAGE},
    ),
    "format": Parameter(
        "json: a page. ndjson: everything that is asked for, one object a line, without pages.",
        _form,
        {"type": "string", "enum": ["json", "ndjson"]},
    ),
    "taxonomy_term_id": Parameter("Only what has this term; a group stands for every type in it.", _id, ID),
    "taxonomy_id": Parameter("Only what has a term of this taxonomy, or is one.", _id, ID),
    "organization_id": Parameter("Only services of this organization.", _id, ID),
    "modified_after": Parameter(
        "Only what everybody may read of has changed at this time or later.",
        _moment,
        {"type": "string", "format": "date-time"},
    ),
    "minimal": Parameter("Only id and modified_date, all on one page unless per_page is told.", _yes_no, YES_NO),
    "full": Parameter("With all that hangs on each object.", _yes_no, YES_NO),
    "full_service": Parameter("With all that hangs on each service.", _yes_no, YES_NO),
    "postcode": Parameter(
        "Only places with this postal code; with proximity, places near their middle.",
        _postcode,
        {"type": "string", "minLength": 1, "maxLength": LONGEST_POSTCODE},
    ),
    "proximity": Parameter(
        "With postcode: only places within so many metres of the middle of the open places there.",
        _metres,
        {"type": "number", "exclusiveMinimum": 0, "maximum": FARTHEST_M},
    ),
    "top_only": Parameter("Only terms that stand in no other.", _yes_no, YES_NO),
    "parent_id": Parameter("Only terms that stand in this one.", _id, ID),
}
