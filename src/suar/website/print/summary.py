"""Editions as pages show them."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suar.directory import labels
from suar.website.print.models import Edition, Form
from suar.website.print.rules import Changes


def summarise(edition: Edition, *, stored_only: bool = False) -> dict[str, Any]:
    """Return the texts and files of an edition."""
    sizes = edition.sizes
    return {
        "edition": edition,
        "place": labels.place_name(edition.place),
        "language": dict(settings.LANGUAGES).get(edition.language, edition.language),
        "count": ngettext("%(count)d entry", "%(count)d entries", edition.count) % {"count": edition.count},
        "changed": describe_changes(edition.difference),
        "files": [
            {"form": form, "size": f"{-(-sizes[form] // 1000)} kB" if form in sizes else ""}
            for form in Form
            if form in sizes or not stored_only
        ],
    }


def describe_changes(changes: Changes) -> str:
    """Return one line about how an edition differs from the one before."""
    if changes.first:
        return _("First edition")
    if changes.none:
        return _("Only newer days of checking")
    counts = {name: len(getattr(changes, name)) for name in ("new", "changed", "gone")}
    return _("%(new)d new, %(changed)d changed, %(gone)d gone") % counts
