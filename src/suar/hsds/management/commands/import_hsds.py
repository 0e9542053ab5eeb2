"""Import a directory file from the command line: JSON, a zip, or a folder of CSV tables."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from suar.accounts.acting import Anonymous
from suar.core import clock
from suar.directory import importing
from suar.directory.documents import ImportPlan
from suar.hsds import reading
from suar.hsds.report import describe_report

CONFLICT = "{name}, {label}: changed here, kept. Here: {now}. In the file: {then}."
PROBLEM = "{where}: {words}"
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

    def handle(self, *args: Any, path: Path, dry_run: bool, districts_seen: bool, **options: Any) -> None:
        """Read, import, print the report. Fail if anything is refused."""
        if not path.exists():
            raise CommandError(f"There is no {path}.")
        report = _import(path, dry_run=dry_run, districts_seen=districts_seen)
        words = describe_report(report)
        for row in words["counts"]:
            self.stdout.write(f"{row['question']}: {row['answer']}")
        for conflict in words["conflicts"]:
            self.stdout.write(CONFLICT.format(**conflict))
        for line in words["left_out"]:
            self.stdout.write(PROBLEM.format(**line))
        for line in (*words["warned"], *words["refused"]):
            self.stderr.write(PROBLEM.format(**line))
        if report.refused:
            raise CommandError("Nothing was imported.")
        if report.warned and not (report.applied or dry_run):
            raise CommandError(DISTRICTS_NAMED, returncode=2)


def _import(path: Path, *, dry_run: bool, districts_seen: bool) -> ImportPlan:
    parsed = reading.read_path(path)
    if dry_run:
        return importing.plan_import(parsed, today=clock.today())
    try:
        seen = None if districts_seen else ""
        return importing.import_file(parsed, by=Anonymous(at=clock.now()), seen=seen) or ImportPlan()
    except importing.NotImported as error:
        return error.plan
