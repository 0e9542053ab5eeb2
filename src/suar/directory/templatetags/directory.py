"""Filters for pages of the directory."""

from collections.abc import Iterable

from django import template

from suar.directory import duplicates, labels

register = template.Library()
register.filter("confirmed", labels.confirmed_text)
register.filter("entry_name", duplicates.entry_name_of)
register.filter("provider_name", duplicates.provider_name_of)


@register.filter
def place_names(codes: Iterable[str]) -> str:
    """Return the names of places, separated by commas."""
    return ", ".join(labels.place_name(code) for code in codes)
