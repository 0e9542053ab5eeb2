"""Jobs of case work: they read plain columns only and open nothing."""

from django.utils.timezone import localtime
from django_tasks import task

from suar.accounts import notices
from suar.cases import handover, imports, retention
from suar.cases.documents.papers import FormDraft
from suar.cases.drafts import STORED_FOR
from suar.cases.models import TeamNotice
from suar.cases.queries import NOTICE_FOR
from suar.core import clock
from suar.records import actions as records
from suar.records import budgets, files
from suar.records import queries as vault

NOON = 12


@task()
def end_covers() -> int:
    """End covers whose last day is over, and return how many."""
    return handover.end_covers(at=clock.now())


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


@task()
def purge_team_notices() -> int:
    """Delete the notices of teams after 14 days, and return how many: they say of whom something grave was recorded.

    Openings that no longer count for a budget are deleted too.
    """
    budgets.purge_openings(at=clock.now())
    return TeamNotice.objects.filter(at__lte=clock.now() - NOTICE_FOR).delete()[0]


@task()
def erase_due_records() -> dict[str, int]:
    """Announce the end of the retention of records, and erase what is due; return how many of each."""
    return retention.run(at=clock.now())


@task()
def delete_old_drafts() -> int:
    """Delete drafts of forms after 14 days, only at noon, because it reads all values; return how many went."""
    at = clock.now()
    return records.delete_older(FormDraft, than=at - STORED_FOR) if localtime(at).hour == NOON else 0


@task()
def remove_old_sheets() -> int:
    """Remove spreadsheets of people a day after their upload, and return how many went."""
    return imports.remove_old_sheets(at=clock.now())
