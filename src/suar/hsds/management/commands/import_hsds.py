"""Import a directory file from the command line: JSON, a zip, or a folder of CSV tables."""

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
CONFLICT = "{name}, {label}: changed here, kept. Here: {now}. In the file: {then}."
DISTRICTS_NAMED = "Nothing was imported. Check the texts above, then repeat with --districts-seen."


class Command(BaseCommand):
    """`manage import_hsds PATH [--dry-run]`: all of it or nothing, with a report.

    Nobody reads a report before the import counts here, so a text that names the district of a
    hidden place stops the import unless `--districts-seen` is given.
    """

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the path and the two options."""
        parser.add_argument("path", type=Path)
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--districts-seen", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, import, print the report. Fail if anything is refused."""
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"There is no {path}.")
        report = actions.apply_import(
            reading.read_path(path),
            by=NOBODY,
            at=clock.now(),
            dry_run=options["dry_run"],
            seen=None if options["districts_seen"] else "",
        )
        page = report_page(report)
        for row in page.counts:
            self.stdout.write(f"{row['question']}: {row['answer']}")
        for conflict in page.conflicts:
            self.stdout.write(CONFLICT.format(**conflict))
        for note in report.left_out:
            self.stdout.write(_problem_line(note))
        for problem in (*report.warned, *report.refused):
            self.stderr.write(_problem_line(problem))
        if report.refused:
            raise CommandError("Nothing was imported.")
        if report.warned and not (report.applied or options["dry_run"]):
            raise CommandError(DISTRICTS_NAMED, returncode=2)


def _problem_line(problem: Problem) -> str:
    return f"{labels.problem_location(problem)}: {labels.problem_text(problem)}"
