"""Jobs of referrals: they see plain columns only, take ids and open nothing."""

from contextlib import suppress
from uuid import UUID

from django_tasks import task

from suar.accounts import notices
from suar.accounts.acting import Anonymous
from suar.core import clock
from suar.core.refusals import Refused
from suar.referrals import queries, sending
from suar.referrals.models import Referral
from suar.referrals.rules import EXPIRY_WARNING


@task()
def check_deadlines() -> dict[str, int]:
    """Find referrals whose consent has expired, and enqueue closing each of them.

    Notifies both sides some days before. Also counts late referrals, and notifies their senders.
    Lateness is derived from plain times, not stored.
    """
    at = clock.now()
    ended, ending = list(queries.expired(at=at)), list(queries.expiring(at=at))
    for row in ended:
        lapse.enqueue(str(row.id))
    for row in ending:
        since = row.packet.expires_at - EXPIRY_WARNING
        notices.notify([row.author, *queries.receivers_of(row)], at=at, unless_seen_since=since)
    for author, due_at in queries.late_by_author(at=at).items():
        notices.notify([author], at=at, unless_seen_since=due_at)
    return {"ended": len(ended), "ending": len(ending), "late": queries.count_late(at=at)}


@task()
def lapse(referral: str) -> bool:
    """Close the shares of one consent; a referral that was closed or renewed meanwhile stays as it is."""
    with suppress(Refused):
        sending.lapse(Referral.objects.get(id=UUID(referral)), by=Anonymous(at=clock.now()))
        return True
    return False
