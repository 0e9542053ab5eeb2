"""Take a directory file over from the command line: JSON, a zip, or a folder of CSV tables."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from suar.core import clock
from suar.directory import actions, labels
from suar.directory.documents import Problem
from suar.hsds import reading
from suar.hsds.pages import report_page

NOBODY = UUID(int=0)
KEPT = "{name}, {label}: changed here and kept. Here: {ours}. In the file: {theirs}."


LOOK = "Nothing was taken over: look at what is said above, then say --districts-seen."


class Command(BaseCommand):
    """`manage import_hsds PATH [--dry-run]`: all of it or nothing, with a report.

    Nobody looks at a report before it counts here, so a text that names the district of a hidden
    place keeps the file out until `--districts-seen` is said.
    """

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the path, and whether only to try."""
        parser.add_argument("path", type=Path)
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--districts-seen", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, take over, print the report; fail when anything is refused."""
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"There is no {path}.")
        made = actions.apply_import(
            reading.read_path(path),
            by=NOBODY,
            at=clock.now(),
            dry_run=options["dry_run"],
            seen=None if options["districts_seen"] else "",
        )
        for row in report_page(made).counts:
            self.stdout.write(f"{row['question']}: {row['answer']}")
        for each in report_page(made).conflicts:
            self.stdout.write(KEPT.format(**each))
        for note in made.left_out:
            self.stdout.write(_said(note))
        for problem in (*made.warned, *made.refused):
            self.stderr.write(_said(problem))
        if made.refused:
            raise CommandError("Nothing was taken over.")
        if made.warned and not (made.applied or options["dry_run"]):
            raise CommandError(LOOK, returncode=2)


def _said(one: Problem) -> str:
    return f"{labels.problem_location(one)}: {labels.problem_text(one)}"
