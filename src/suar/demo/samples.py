"""What stands ready in the invented world to be heard and to be printed."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from suar.demo.cast import Cast
from suar.directory import actions as directory_actions
from suar.directory.rules import opus
from suar.website.print import actions, tasks

TONE = Path(__file__).parent / "data" / "tone.ogg"
TEXT, HEARD_AS = "read-1", "su"
"""Sundanese, so that every written page offers it and none is said to be read aloud in its own."""
PLACE, LANGUAGES = "32.74", ("en", "id")


def let_hear(cast: Cast, *, at: datetime) -> None:
    """Publish tones as the recording of a page; the page says that nobody speaks."""
    by = cast.hadi.acting(at=at)
    brought = directory_actions.store_recording(
        opus.clean_recording(TONE.read_bytes()), text=TEXT, language=HEARD_AS, by=by
    )
    if brought is not None:
        directory_actions.publish_recording(brought, by=by)


def printed(cast: Cast, *, at: datetime) -> list[UUID]:
    """Make a booklet of one city in its first form; the others are set once the doors are open."""
    made = [actions.make_edition(PLACE, language=each, by=cast.hadi.id, at=at) for each in LANGUAGES]
    for edition in made:
        tasks.render_rest.enqueue(str(edition))
    return made
