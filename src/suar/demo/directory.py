"""The directory of the demonstration: entries, changes that wait, a recording and printed booklets."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from uuid import UUID

from django.db import transaction

from suar.accounts.acting import Acting, Anonymous
from suar.core import clock
from suar.demo.cast import Cast
from suar.directory import actions, error_reports, importing, provider_links, revisions
from suar.directory.rules import opus
from suar.hsds import files
from suar.website.print import actions as booklets
from suar.website.print import tasks

DATA = Path(__file__).parent / "data"
TONE = DATA / "tone.ogg"
PROPOSED = UUID("83b67cbe-2667-471a-9001-7cb3997e305a")
REPORTED = UUID("7e06b0c1-2467-475c-956a-af4ddb6973f4")
BOOKLET_PLACE, BOOKLET_LANGUAGES = "32.74", ("en", "id")


@transaction.atomic
def load(*, at: datetime, receivers: Mapping[UUID, UUID] = MappingProxyType({})) -> None:
    """Import every directory file of the demo data, all or nothing, moved to today's dates.

    `receivers` are organisations with accounts here, by the id of their provider, besides those of the files.
    """
    for path in sorted(DATA.glob("directory*.json")):
        parsed = files.shift_dates(files.parse(path.read_bytes()), to=clock.local_date(at))
        providers = tuple(
            row.model_copy(update={"organisation": str(receivers[row.id])}) if row.id in receivers else row
            for row in parsed.providers
        )
        importing.import_file(replace(parsed, providers=providers), by=Anonymous(at=at))


@transaction.atomic
def propose_changes(*, by: Acting) -> None:
    """Let a provider propose a change by a link, and readers report errors."""
    proposed = {"let_in.places_free": 2, "access.AC_BRING.en": "Nothing. We have clothes here."}
    number = revisions.current_revision(PROPOSED).number
    note = "Our gate is being mended: please knock at the side door."
    token = provider_links.create_link(PROPOSED, by=by) or ""
    provider_links.propose_by_link(token, proposed, turn=0, over=number, by=Anonymous(at=by.at), note=note)
    for kind in ("NUMBER", "NUMBER", "MONEY"):
        error_reports.record_report(REPORTED, kind, at=by.at)


def publish_recording(cast: Cast, *, at: datetime) -> None:
    """Publish tones as the recording of a page, as if in Sundanese; the page says that nobody speaks."""
    audio = opus.clean_recording(TONE.read_bytes())
    recording = actions.store_recording(audio, text="read-1", language="su", by=cast.hadi.acting(at=at))
    if recording is not None:
        actions.publish_recording(recording, by=cast.dewi.acting(at=at))


def make_booklets(cast: Cast, *, at: datetime) -> list[UUID]:
    """Make the booklet of one city in its first form; jobs render the others."""
    editions = [
        booklets.make_edition(BOOKLET_PLACE, language=language, by=cast.hadi.id, at=at)
        for language in BOOKLET_LANGUAGES
    ]
    for edition in editions:
        tasks.render_rest.enqueue(str(edition))
    return editions
