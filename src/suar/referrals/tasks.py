"""Jobs of referral: they see plain columns only, take ids and open nothing."""

from contextlib import suppress
from uuid import UUID

from django_tasks import task

from suar.accounts import notices
from suar.core import clock
from suar.core.refusals import Refused
from suar.referrals import ends, following, queries
from suar.referrals.history import at_receiver
from suar.referrals.rules.ends import WARNING


@task()
def look_at_clocks() -> dict[str, int]:
    """Find referrals whose yes has run out, and let each be closed.

    Tells both ends some days before. Also counts what is late, and tells its senders that
    something waits: lateness is derived from plain times and never stored.
    """
    at = clock.now()
    ended, soon = list(ends.run_out(at=at)), list(ends.ending(at=at).select_related("packet"))
    for row in ended:
        lapse.enqueue(str(row.id))
    for row in soon:
        since = row.packet.expires_at - WARNING
        notices.tell([row.author, *at_receiver(row)], at=at, unless_seen_since=since)
    late = queries.late_by_author(at=at)
    for author, due_at in late.items():
        notices.tell([author], at=at, unless_seen_since=due_at)
    return {"ended": len(ended), "ending": len(soon), "late": queries.count_late(at=at)}


@task()
def lapse(referral: str) -> bool:
    """Close what one yes opened; one that was closed or renewed meanwhile stays as it is."""
    with suppress(Refused):
        following.lapse(UUID(referral), at=clock.now())
        return True
    return False
