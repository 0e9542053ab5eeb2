"""Loads the invented directory into a demonstration world."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from suar.directory import actions
from suar.exchange import hsds
from suar.kernel import clock

DATA = Path(__file__).parent / "data"


class DemoDataWrong(Exception):
    """An invented file was refused, which a test should have found before anybody saw it."""


@transaction.atomic
def load(*, by: UUID, at: datetime) -> None:
    """Import every directory file of the demo data, all or nothing, moved to today's dates."""
    for path in sorted(DATA.glob("directory*.json")):
        parsed = hsds.moved(hsds.parse(path.read_bytes()), to=clock.local_date(at))
        report = actions.apply_import(parsed, by=by, at=at, dry_run=False)
        if report.refused:
            raise DemoDataWrong(path.name)
