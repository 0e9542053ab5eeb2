"""Jobs of referral: they see plain columns only, take ids and open nothing."""

from contextlib import suppress
from uuid import UUID

from django_tasks import task

from suar.accounts import notices
from suar.kernel import clock
from suar.kernel.refusals import Refused
from suar.referral import following, queries


@task()
def look_at_clocks() -> dict[str, int]:
    """Find referrals whose time ended without an answer and give each back to its sender.

    Also counts what is late, and tells its senders that something waits: lateness is derived
    from plain times and never stored.
    """
    at = clock.now()
    ended = queries.unanswered(at=at)
    for referral in ended:
        lapse.enqueue(str(referral))
    late = queries.late_by_author(at=at)
    for author, due_at in late.items():
        notices.tell([author], at=at, unless_seen_since=due_at)
    return {"ended": len(ended), "late": queries.count_late(at=at)}


@task()
def lapse(referral: str) -> bool:
    """Give one referral back; one that was answered in the meantime stays as it is."""
    with suppress(Refused):
        following.lapse(UUID(referral), at=clock.now())
        return True
    return False
