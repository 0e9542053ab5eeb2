"""Do the jobs of this house, round after round, until stopped."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from suar.doors.tasks import begin_rounds


class Command(BaseCommand):
    """`manage jobs`: begins the rounds and works through whatever is asked for."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Begin the rounds, then work until the process is ended."""
        begin_rounds()
        call_command("db_worker", queue_name="*", reload=False)
