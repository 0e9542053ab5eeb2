"""Print a new one-time code for the set-up page; the one before stops working."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from suar.accounts import setup
from suar.accounts.models import Worker


class Command(BaseCommand):
    """`manage setup_code`: only the code's digest is stored, in the keys folder."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> str:
        """Print the code and where it goes, or that the set-up is done."""
        if Worker._meta.db_table not in connection.introspection.table_names():
            raise CommandError("There are no tables yet: start Suar with `./suar run` first.")
        if not setup.is_open():
            return "This Suar is set up: somebody works here already."
        code = setup.new_code()
        return f"Set-up code: {code}\nType it at {settings.SUAR_STAFF_ORIGIN}/set-up"
