"""What may be told at all: by kind of recipient, by purpose, and for how long."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from suar.consent.rules.words import read
from suar.consent.terms import DataGroup, Field, Purpose, RecipientKind

MOST_MONTHS = 12
EVERY_KIND = "ALL"


def allowed_fields(kind: RecipientKind, purpose: Purpose, *, status_required: bool = False) -> frozenset[Field]:
    """Give the fields that this kind of recipient may get for this purpose, if consent says so.

    A date of birth goes to few; all others get an age group. The formal status goes only where
    the recipient cannot serve without it.
    Source: referral code lists, data groups by recipient kind; docs/decisions/0007-consent.md.
    """
    never = frozenset(map(Field, _purposes()[purpose]["never"]))
    return frozenset(field for field in Field if _may_get(kind, field, status_required=status_required)).difference(
        never
    )


def allowed_purposes(kind: RecipientKind) -> tuple[Purpose, ...]:
    """List the purposes for which this kind of recipient may be asked about.

    Help, a formal decision and a criminal report never share a recipient's consent.
    Source: referral code lists, PU_CRIMINAL 'separate from all help'.
    """
    return tuple(each for each in Purpose if kind in _purposes()[each]["kinds"])


def smallest(purpose: Purpose, kind: RecipientKind) -> tuple[Field, ...]:
    """Give the least that is proposed before the person changes it, in the order it is said.

    Source: own design, docs/decisions/0007-consent.md, the smallest set.
    """
    table = read("purposes")["smallest"]
    least = set(table["purposes"][purpose])
    if purpose in table["adds_for"]:
        least.update(name for row in table["adds"] if row["kind"] == kind for name in row["fields"])
    allowed = allowed_fields(kind, purpose)
    return tuple(field for field in Field if field in least and field in allowed)


def group_of(field: Field) -> DataGroup:
    """Give the data group a field belongs to. Source: referral code lists, data groups."""
    return DataGroup(_fields()[field]["group"])


def latest_end(given_on: date) -> date:
    """Give the last day a consent of this day may hold: twelve months on.

    Source: referral code lists, CF_UNTIL.
    """
    year, month = given_on.year + MOST_MONTHS // 12, given_on.month
    return date(year, month, min(given_on.day, monthrange(year, month)[1]))


def safety_and_needs() -> Mapping[str, frozenset[str]]:
    """Give the fields, kinds and purposes that stay possible when nobody can consent.

    Source: identification text 2.2, 'only safety and needs'; referral code lists, duty rule.
    """
    row = read("purposes")["safety_and_needs"]
    return {name: frozenset(row[name]) for name in ("fields", "kinds", "purposes")}


def _may_get(kind: RecipientKind, field: Field, *, status_required: bool) -> bool:
    row = _fields()[field]
    if row["only_if_required"] and not status_required:
        return False
    return EVERY_KIND in row["kinds"] or kind in row["kinds"]


@cache
def _fields() -> Mapping[str, Any]:
    return {row["code"]: row for row in read("fields")["fields"]}


@cache
def _purposes() -> Mapping[str, Any]:
    return {row["code"]: row for row in read("purposes")["purposes"]}
