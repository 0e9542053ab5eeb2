"""Say what a file of outlines holds, or why the public door would not draw it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from suar.directory import catalogue, outlines
from suar.directory.rules import drawing
from suar.directory.rules.outlines import BadOutlines


class Command(BaseCommand):
    """`manage check_places [FILE]`: without a file, the one of the data folder."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the file."""
        parser.add_argument("file", type=Path, nargs="?")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read it as the door does; exit code 2 when it would not be used."""
        file: Path = options["file"] or outlines.path()
        try:
            told = outlines.read(file)
        except BadOutlines as error:
            raise CommandError(f"{file.name}: {error}.", returncode=2) from error
        groups = {catalogue.places()[code].group for code in told}
        for group in sorted(groups):
            shown = {code: each for code, each in told.items() if catalogue.places()[code].group == group}
            made = drawing.drawn(shown)
            seen = {shape.code for shape in made.shapes} if made else set()
            named = catalogue.places()[group].say("en") if group else "provinces"
            self.stdout.write(f"{named}: {len(seen)} of {len(_all_in(group))} are drawn")
            for code in sorted(set(shown) - seen):
                self.stdout.write(f"  {code} is too small to be seen")


def _all_in(group: str) -> list[str]:
    return [code for code, one in catalogue.places().items() if one.group == group and code[0].isdigit()]
