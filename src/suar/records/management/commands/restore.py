"""Restore a backup into an empty folder and check that all of it has arrived."""

import getpass
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from suar.accounts import pins
from suar.audit.rules import describe_faults
from suar.core import clock
from suar.records.backups.archive import BY_PASSPHRASE, REFUSALS, BackupError, method_of
from suar.records.backups.reading import RestoredBackup, Source, newest_backup, restore


class Command(BaseCommand):
    """`manage restore FOLDER`: asks for the backup sheet or the passphrase."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where the backup is, where its keys are, and files to type from."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--keys-from", type=Path, help="the folder of the keys, if elsewhere")
        parser.add_argument("--without-keys", action="store_true", help="restore although nothing can be opened")
        parser.add_argument(
            "--keys-of-another-day",
            action="store_true",
            help="join older records with the newest keys: what was erased since then stays closed",
        )
        parser.add_argument("--key", default="", help="the public key that must have signed the backup")
        parser.add_argument(
            "--any-signature", action="store_true", help="restore although the signature is missing or does not fit"
        )
        parser.add_argument("--sheet-file", type=Path, help="a file with the backup sheet's code")
        parser.add_argument("--passphrase-file", type=Path)

    def handle(self, *args: Any, **options: Any) -> str:
        """Restore the newest backup, or change nothing and say why."""
        try:
            source = self._find_source(options)
            typed = self._read_secret(source, options)
            call_command("migrate", verbosity=0)
            return self._report(restore(source, typed, at=clock.now()))
        except BackupError as error:
            raise CommandError(REFUSALS[error.because]) from error

    def _find_source(self, options: dict[str, Any]) -> Source:
        """Find the newest backup and how it is checked."""
        source = newest_backup(
            options["folder"],
            keys=options["keys_from"],
            with_keys=not options["without_keys"],
            mixed=options["keys_of_another_day"],
        )
        try:
            signer = bytes.fromhex(options["key"]) if options["key"] else None
        except ValueError:
            raise CommandError("A public key is 64 hex digits.") from None
        return replace(source, signer=signer, any_signature=options["any_signature"])

    def _read_secret(self, source: Source, options: dict[str, Any]) -> str:
        """Read the sheet or the passphrase from a file, from the keyboard, or from a pipe."""
        with source.data.open("rb") as file:
            by_passphrase = method_of(file) == BY_PASSPHRASE
        path = options["passphrase_file" if by_passphrase else "sheet_file"]
        if path:
            return str(path.read_text("utf-8")).strip()
        if not sys.stdin.isatty():
            return sys.stdin.readline().strip()
        return getpass.getpass("Passphrase: " if by_passphrase else "Code of the backup sheet: ")

    def _pin_keys(self, backup: RestoredBackup) -> None:
        """Pin the keys that were pinned where the backup was made; a key pinned here before stays."""
        try:
            pins.pin_missing(backup.pins, retired=backup.retired)
        except OSError as error:
            self.stderr.write(f"WARNING: the keys of organisations could not be pinned: {error.strerror}")
        for name in pins.changed_organisations().values():
            self.stderr.write(f"WARNING: the key of {name} is not the pinned one. See ./suar keys.")

    def _report(self, backup: RestoredBackup) -> str:
        rows = sum(backup.counts.values())
        if not backup.signer:
            self.stderr.write("WARNING: the backup has no valid signature: nothing proves who made it.")
        self._pin_keys(backup)
        if backup.faults:
            self.stderr.write(f"WARNING: the audit log is not intact. {describe_faults(backup.faults)}.")
        lines = [
            f"Restored and counted: {rows} rows in {len(backup.counts)} tables.",
            f"The newest audit entry of the backup: {backup.head.seq} {backup.head.digest.hex()}",
        ]
        if backup.signer:
            lines.append(f"Signed with this key, to be compared with the one you noted: {backup.signer.hex()}")
        if backup.mixed:
            return "\n".join([*lines, "The keys are of another day: this proves no backup."])
        if not backup.word:
            return "\n".join([*lines, "Without its keys nothing in it can be opened."])
        return "\n".join([*lines, f"Word for the set-up page: {backup.word}"])
