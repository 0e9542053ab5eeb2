"""Do the jobs of this house, round after round, until stopped."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django_tasks_db.management.commands.db_worker import Command as DbWorker

from suar.website.tasks import start_periodic_jobs


class QuietWorker(DbWorker):
    """Works through what is asked for, and says no more than the settings let it."""

    def configure_logging(self, verbosity: int) -> None:
        """Leave the logs as the settings have them.

        A line for each job would push the addresses and passwords of a demonstration out of sight.
        """


class Command(BaseCommand):
    """`manage jobs`: begins the rounds and works through whatever is asked for."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Begin the rounds, then work until the process is ended."""
        start_periodic_jobs()
        call_command(QuietWorker(), queue_name="*", reload=False)
