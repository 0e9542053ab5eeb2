"""Filters for pages of the directory."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import template

from suar.accounts import queries as accounts
from suar.accounts.roles import Permission
from suar.core import clock
from suar.directory import duplicates, freshness, labels, provider_notices

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


@register.inclusion_tag("directory/changes_of_our_entries.html", takes_context=True)
def changes_of_our_entries(context: template.Context) -> dict[str, Any]:
    """Show what changed in the entries of this worker's organisation; an editor is led to the history."""
    request, at = context["request"], clock.now()
    changed_at = request.signed_in.session.worker.organisation.entries_changed_at
    if changed_at is None or changed_at <= at - provider_notices.LIFETIME:
        return {}
    changes = provider_notices.list_changes(request.viewer.organisation, at=at)
    return {"changes": changes, "may_edit": request.viewer.may(Permission.EDIT_DIRECTORY)}
