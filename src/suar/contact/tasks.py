"""Jobs of asking for help: they see plain columns only and open nothing."""

import logging

from django_tasks import task

from suar.contact import actions, letters
from suar.contact.public import pace
from suar.core import clock

logger = logging.getLogger(__name__)


@task()
def forget_old_requests() -> int:
    """Destroy requests in which nothing was said for two years; says how many."""
    return actions.forget_over(at=clock.now())


@task()
def forget_callers_and_deleted_keys() -> None:
    """Forget who called in the hours before, and where deleted keys lay.

    While somebody reads, the keys lie in the log of the file until the next round, which tries
    again; whoever looks after the machine sees in its words when that happens round after round.
    """
    pace.forget(at=clock.now())
    if not letters.let_deleted_keys_go():
        logger.warning("the log of the file is in use and keeps deleted keys until the next round")
