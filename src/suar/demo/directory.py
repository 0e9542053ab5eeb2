"""Loads the invented directory into a demonstration world."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from suar.accounts.acting import Acting, Anonymous
from suar.core import clock
from suar.directory import error_reports, importing, provider_links, revisions
from suar.directory.codes import ErrorKind
from suar.hsds import files

PROPOSED = UUID("83b67cbe-2667-471a-9001-7cb3997e305a")
REPORTED = UUID("7e06b0c1-2467-475c-956a-af4ddb6973f4")
DATA = Path(__file__).parent / "data"


class DemoDataWrong(Exception):
    """An invented file was refused, which a test should have found before anybody saw it."""


@transaction.atomic
def let_things_wait(*, by: Acting) -> None:
    """Let a provider propose a change by a link, and readers say that something is wrong."""
    proposed = {"let_in.places_free": 2, "access.AC_BRING.en": "Nothing. We have clothes here."}
    now = revisions.current_revision(PROPOSED).number
    note = "Our gate is being mended: please knock at the side door."
    token = provider_links.create_link(PROPOSED, by=by) or ""
    provider_links.propose_by_link(token, proposed, turn=0, over=now, by=Anonymous(at=by.at), note=note)
    for kind in (ErrorKind.NUMBER, ErrorKind.NUMBER, ErrorKind.MONEY):
        error_reports.record_report(REPORTED, kind, at=by.at)


@transaction.atomic
def load(*, at: datetime) -> None:
    """Import every directory file of the demo data, all or nothing, moved to today's dates."""
    for path in sorted(DATA.glob("directory*.json")):
        parsed = files.shift_dates(files.parse(path.read_bytes()), to=clock.local_date(at))
        try:
            importing.import_file(parsed, by=Anonymous(at=at))
        except importing.NotImported as error:
            raise DemoDataWrong(path.name) from error
