"""Jobs of the directory: they read plain columns only and notify editors of waiting work."""

from datetime import datetime, timedelta

from django_tasks import task

from suar.accounts import notices
from suar.accounts.roles import Permission
from suar.core import clock
from suar.directory import error_reports, freshness, importing, proposals, provider_notices, public_proposals
from suar.directory.codes import UNSAFE, AskingState


@task()
def notify_editors() -> int:
    """Notify editors that something waits; return how many were notified.

    An editor who has looked at their day since it began is not notified twice; of old entries and of
    providers to ask, each Monday.
    """
    at = clock.now()
    since = _waits_since(at)
    if since is None:
        return 0
    return notices.notify(notices.workers_with(Permission.EDIT_DIRECTORY), at=at, unless_seen_since=since)


@task()
def purge_uploads() -> int:
    """Delete uploaded files that nobody confirmed in time, and return how many."""
    return importing.purge_uploads(at=clock.now())


@task()
def purge_entry_changes() -> int:
    """Delete changes of entries that their organisations were shown for long enough, and proposals of readers that no
    editor completed; return how many.
    """
    at = clock.now()
    return provider_notices.purge_changes(at=at) + public_proposals.purge_public_proposals(at=at)


def _waits_since(at: datetime) -> datetime | None:
    """Return the newest moment at which something began to wait; None if nothing does."""
    today = clock.local_date(at)
    moments = [proposal.at for proposal in proposals.list_waiting()]
    moments += [upload.at for upload in freshness.list_uploads()]
    for row in error_reports.list_open_reports():
        # Of a report only the day is known: editors are notified at once, and on the morning after.
        morning_after = row.day + timedelta(days=row.day < today)
        moments.append(at if row.kind == UNSAFE else clock.start_of(morning_after))
    to_ask = any(provider.state != AskingState.LATELY for provider in freshness.list_due_providers(at=at))
    if to_ask or freshness.entries_by_age("now").exists():
        moments.append(clock.start_of(today - timedelta(days=today.weekday())))
    return max(moments, default=None)
