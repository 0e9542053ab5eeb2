"""Filters for pages of the directory."""

from collections.abc import Iterable
from uuid import UUID

from django import template

from suar.accounts import queries as accounts
from suar.directory import duplicates, freshness, labels

register = template.Library()
register.filter("confirmed", labels.confirmed_text)
register.filter("entry_name", duplicates.entry_name_of)
register.filter("provider_name", duplicates.provider_name_of)
register.filter("telephone_numbers", freshness.telephone_numbers)


@register.filter
def place_names(codes: Iterable[str]) -> str:
    """Return the names of places, separated by commas."""
    return ", ".join(labels.place_name(code) for code in codes)


@register.filter
def worker_name(worker: UUID | None) -> str:
    """Return the name of a worker; empty for nobody."""
    return accounts.display_names([worker]).get(worker, "") if worker else ""
