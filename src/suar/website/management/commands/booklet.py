"""Make the printed directory of a district and write one layout of it as PDF."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from suar.core import clock
from suar.core.refusals import Conflict, NotYours, Refused
from suar.website.print import actions, queries
from suar.website.print import booklet as booklets
from suar.website.print.models import Edition, Layout
from suar.website.print.pdf import FontMissing

NOBODY = UUID(int=0)
ERRORS: dict[type[Exception], str] = {
    NotYours: "There is no edition {number} of it.",
    Refused: "Nobody confirmed an entry for this place within the last year: nothing was made.",
    FontMissing: "The font {error} is not on this machine.",
    Conflict: "Somebody else made an edition just now. Try again.",
}


class Command(BaseCommand):
    """`./suar booklet --district X --language en --edition a5`: one edition a day and content."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--district", required=True, help="name or code of a district or province")
        parser.add_argument("--language", required=True)
        parser.add_argument("--edition", choices=Layout.values, default=Layout.A5)
        parser.add_argument("--number", type=int, help="number of an existing edition")
        parser.add_argument("--out", type=Path, default=Path())

    def handle(self, *args: Any, **options: Any) -> None:
        """Make or find the edition, write the file, and print what changed."""
        place, language = booklets.find_place(options["district"]), options["language"]
        if not place:
            raise CommandError(f"No district or province is called {options['district']}.")
        known = dict(booklets.languages())
        if language not in known:
            raise CommandError(f"There are no words in {language}. There are: {', '.join(known)}.")
        edition = _get_edition(place, language, options["number"])
        layout = Layout(options["edition"])
        path = options["out"] / f"{place}-{language}-{edition.number}-{layout}.pdf"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(queries.get_pdf(edition.id, layout))
        except OSError as error:
            raise CommandError(f"{path.name} could not be written: {error.strerror}") from error
        self.stdout.write(f"{path}: {edition.count} entries. {edition.change_summary}.")


def _get_edition(place: str, language: str, number: int | None) -> Edition:
    try:
        if number is not None:
            return queries.get_edition(place=place, language=language, number=number)
        edition = actions.make_edition(place, language=language, by=NOBODY, at=clock.now())
    except tuple(ERRORS) as error:
        raise CommandError(ERRORS[type(error)].format(error=error, number=number)) from error
    actions.render_rest(edition)
    return queries.get_edition(id=edition)
