"""Make the demonstration world in an empty folder: organisations, workers, directory, partners."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from suar.accounts.models import Organisation
from suar.core import clock
from suar.demo import cast as casting
from suar.demo import directory, hearing, letters, samples
from suar.demo.cast import Cast

FILE = "demo.json"


class Command(BaseCommand):
    """`manage demo_world`: works only in demo mode and only once per folder."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Make everything in one transaction and write how to sign in beside the data."""
        if settings.SUAR_MODE != "demo":
            raise CommandError("A demonstration world is only made in demo mode.")
        if Organisation.objects.exists():
            return
        with transaction.atomic():
            cast = casting.gather(at=clock.now())
            casting.make_partners(cast, at=clock.now())
            directory.load(at=clock.now())
            directory.let_things_wait(by=cast.hadi.acting(at=clock.now()))
            letters.write(cast, at=clock.now())
            hearers = hearing.begin(cast, at=clock.now())
            hearing.speak(cast, at=clock.now())
            hearing.tell(hearers, at=clock.now())
            cast.players.update(hearers.players)
            samples.let_hear(cast, at=clock.now())
            samples.printed(cast, at=clock.now())
        path = Path(settings.SUAR_DATA) / FILE
        path.write_text(json.dumps(signing_in(cast), indent=1), "utf-8")
        path.chmod(0o600)


def signing_in(cast: Cast) -> dict:
    """Give names, passwords and authenticator secrets of invented workers, for `suar demo`."""
    return {
        "note": "Invented workers of a demonstration world. Nothing here opens anything real.",
        "workers": [
            {
                "name": name,
                "shown": player.worker.shown_name,
                "role": player.worker.role,
                "organisation": player.worker.organisation.name,
                "password": player.password,
                "totp": player.totp_secret.hex(),
                "recovery": player.recovery,
            }
            for name, player in cast.players.items()
        ],
    }
