"""Import a directory file from the command line: JSON, a zip, or a folder of CSV tables."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from suar.accounts.acting import Anonymous
from suar.core import clock
from suar.directory import editors, importing
from suar.directory.documents import ImportPlan
from suar.hsds import files, reading
from suar.hsds.report import describe_report

CONFLICT = "{name}, {label}: changed here, kept. Here: {now}. In the file: {then}."
PROBLEM = "{where}: {words}"
DISTRICTS_NAMED = "Nothing was imported. Check the texts above, then repeat with --districts-seen."
WAITS = (
    "Uploaded. Nothing is published until one editor approves it on the page of the directory and another imports it."
)


class Command(BaseCommand):
    """`manage import_hsds PATH [--dry-run]`: fill an empty directory, or upload a file for an editor to import.

    The first import takes effect before anybody reads a report, so a text that names the district of a
    hidden place stops it unless `--districts-seen` is given.
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
        waits = not dry_run and editors.has_entries()
        report = _upload(path) if waits else _import(path, dry_run=dry_run, districts_seen=districts_seen)
        self._print(report)
        if report.refused:
            raise CommandError("Nothing was imported.")
        if waits:
            self.stdout.write(WAITS)
        elif report.warned and not (report.applied or dry_run):
            raise CommandError(DISTRICTS_NAMED, returncode=2)

    def _print(self, report: ImportPlan) -> None:
        words = describe_report(report)
        for row in words["counts"]:
            self.stdout.write(f"{row['question']}: {row['answer']}")
        for conflict in words["conflicts"]:
            self.stdout.write(CONFLICT.format(**conflict))
        for line in words["left_out"]:
            self.stdout.write(PROBLEM.format(**line))
        for line in (*words["warned"], *words["refused"]):
            self.stderr.write(PROBLEM.format(**line))


def _upload(path: Path) -> ImportPlan:
    """Let an editor confirm a file that changes a directory in use. Source: security.md T17."""
    parsed = reading.read_path(path)
    plan = importing.plan_import(parsed, today=clock.today())
    if not plan.refused:
        importing.store_operator_upload(files.to_json(parsed), file_name=path.name, by=Anonymous(at=clock.now()))
    return plan


def _import(path: Path, *, dry_run: bool, districts_seen: bool) -> ImportPlan:
    parsed = reading.read_path(path)
    if dry_run:
        return importing.plan_import(parsed, today=clock.today())
    try:
        seen_warnings = None if districts_seen else ""
        return importing.import_file(parsed, by=Anonymous(at=clock.now()), seen_warnings=seen_warnings) or ImportPlan()
    except importing.NotImported as error:
        return error.plan
