"""Print a current second-factor code of a demonstration worker."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from suar.accounts.setup import DEMO_FILE
from suar.core import clock
from suar.crypto import totp


class Command(BaseCommand):
    """`manage demo_code NAME`: works only in a demonstration folder."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the worker's name."""
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> str:
        """Print the code; CommandError when this is no demo folder or nobody has that name."""
        path = Path(settings.SUAR_DATA) / DEMO_FILE
        if settings.SUAR_MODE != "demo" or not path.is_file():
            raise CommandError("Codes are printed only for a demonstration folder.")
        for worker in json.loads(path.read_text("utf-8"))["workers"]:
            if worker["name"] == options["name"].lower():
                secret = bytes.fromhex(worker["totp"])
                return totp.code_at(secret, totp.step_at(clock.now()))
        raise CommandError("Nobody of that name works in this demonstration world.")
