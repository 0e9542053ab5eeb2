"""Run the background jobs until stopped."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django_tasks_db.management.commands.db_worker import Command as DbWorker

from suar.website.tasks import start_periodic_jobs


class QuietWorker(DbWorker):
    """Logs no more than the settings allow: a line for each job would hide the passwords of a demonstration."""

    def configure_logging(self, verbosity: int) -> None:
        """Leave the logs as the settings configure them."""


class Command(BaseCommand):
    """`./suar jobs`: schedules the periodic jobs and works through the queue."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Schedule the periodic jobs, then work until the process is ended."""
        start_periodic_jobs()
        call_command(QuietWorker(), queue_name="*", reload=False)
