"""Make the demonstration world in an empty folder: organisations, workers, directory, partners, people."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from suar.accounts.models import Organisation
from suar.accounts.roles import Role
from suar.accounts.setup import DEMO_FILE
from suar.core import clock
from suar.demo import cast as casting
from suar.demo import directory, hearing, letters, people
from suar.demo.cast import Cast


class Command(BaseCommand):
    """`manage demo_world`: works only in demo mode and only once for each folder."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether the world has people; most tests need none."""
        parser.add_argument("--people", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make everything in one transaction and write how to sign in beside the data."""
        if settings.SUAR_MODE != "demo":
            raise CommandError("A demonstration world is only made in demo mode.")
        if Organisation.objects.exists():
            return
        at = clock.now()
        with transaction.atomic():
            began = at - people.LONGEST if options["people"] else at
            cast = casting.gather(at=began)
            casting.make_partners(cast, at=began)
            # Questions of the talk need two supervisors, the directory two editors.
            cast.players["oka"] = casting.join(cast.village, "oka", "Oka", Role.SUPERVISOR, at=at)
            cast.players["dewi"] = casting.join(cast.pelita, "dewi", "Dewi", Role.DIRECTORY_EDITOR, at=at)
            directory.load(at=at, receivers=people.RECEIVERS if options["people"] else {})
            directory.propose_changes(by=cast.hadi.acting(at=at))
            letters.write_letter(cast, at=at)
            hearers = hearing.make_hearers(cast, at=at)
            hearing.send_feedback(cast, at=at)
            hearing.publish_changes(hearers, at=at)
            cast.players.update(hearers.players)
            directory.publish_recording(cast, at=at)
            directory.make_booklets(cast, at=at)
            if options["people"]:
                letters.exchange_letters(cast, at=at)
                people.play(cast, at=at)
        path = Path(settings.SUAR_DATA) / DEMO_FILE
        path.write_text(json.dumps(sign_in_data(cast), indent=1), "utf-8")
        path.chmod(0o600)


def sign_in_data(cast: Cast) -> dict[str, Any]:
    """Return names, passwords and authenticator secrets of the invented workers, for `./suar demo`."""
    return {
        "note": "Invented workers of a demonstration world. Nothing here opens anything real.",
        "papers": {
            str(place.organisation.id): [share.printed() for share in place.shares]
            for place in (cast.village, cast.pelita, cast.elsewhere)
        },
        "workers": [
            {
                "name": name,
                "shown": player.worker.display_name,
                "role": player.worker.role,
                "organisation": player.worker.organisation.name,
                "password": player.password,
                "totp": player.totp_secret.hex(),
                "recovery": player.recovery,
            }
            for name, player in cast.players.items()
        ],
    }
