"""One change of the directory waits for another, and is counted."""

from datetime import datetime

from suar.directory.models import Edition


def locked_edition() -> Edition:
    """Let one change of the directory wait for another."""
    Edition.objects.get_or_create(id=1)
    return Edition.objects.select_for_update().get(id=1)


def count(edition: Edition, *, at: datetime) -> None:
    """Count one edition more."""
    edition.number += 1
    edition.changed_at = at
    edition.save(update_fields=["number", "changed_at"])
