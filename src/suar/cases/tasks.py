"""Jobs of case work: they read plain columns only and open nothing."""

from django_tasks import task

from suar.accounts import notices
from suar.core import clock
from suar.records import files
from suar.records import queries as vault


@task()
def notify_due() -> int:
    """Notify workers in the morning of what is due; return how many had no notice yet."""
    at = clock.now()
    today = clock.local_date(at)
    waiting = vault.assignees_due_by(today)
    return notices.notify(waiting, at=at, unless_seen_since=clock.start_of(today))


@task()
def remove_expired_files() -> int:
    """Destroy the documents of records whose day of removal has passed, and return how many files went."""
    at = clock.now()
    return files.remove_expired(today=clock.local_date(at), at=at)
