"""Jobs of contact: they read plain columns only and open nothing."""

import logging

from django_tasks import task

from suar.contact import actions
from suar.core import clock
from suar.records import erasure

logger = logging.getLogger(__name__)


@task()
def erase_expired_requests() -> int:
    """Destroy requests without a letter for two years, and return how many."""
    return actions.erase_expired(at=clock.now())


@task()
def purge_deleted_keys() -> None:
    """Remove what the database still stores of deleted keys.

    While somebody reads, or after an error, the database keeps them until the next round, which tries again; the log
    shows when that happens round after round.
    """
    if not erasure.purge_deleted_keys():
        logger.warning("the database keeps deleted keys until the next round (docs/go-live.md, parts 6 and 7)")
