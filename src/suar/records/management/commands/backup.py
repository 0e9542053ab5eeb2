"""Write a backup of this Suar: two sealed files, records and keys apart."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from suar.accounts import queries as accounts
from suar.audit import heads
from suar.audit.rules import describe_faults
from suar.core import clock
from suar.records.backups.archive import REFUSALS, BackupError, BackupKey
from suar.records.backups.tables import NotPlaced
from suar.records.backups.writing import write_backup
from suar.records.models import Record


class Command(BaseCommand):
    """`manage backup FOLDER`: safe to run while people work."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to write, and a passphrase for a Suar without a backup sheet."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--passphrase-file", type=Path)

    def handle(self, *args: Any, **options: Any) -> str:
        """Write both parts and print where to store each."""
        if Record._meta.db_table not in connection.introspection.table_names():
            raise CommandError("There are no tables yet: there is nothing to back up.")
        path = options["passphrase_file"]
        try:
            passphrase = path.read_text("utf-8").strip() if path else None
            public = None if passphrase else accounts.backup_public()
            key = BackupKey(public=public, passphrase=passphrase)
            backup = write_backup(options["folder"].resolve(), key=key, at=clock.now())
        except BackupError as error:
            raise CommandError(REFUSALS[error.because]) from error
        except NotPlaced as error:
            raise CommandError(f"data/streams.json does not place: {error}") from error
        except OSError as error:
            raise CommandError(f"The backup could not be written: {error.strerror}") from error
        if backup.faults:
            self.stderr.write(f"WARNING: the audit log is not intact. {describe_faults(backup.faults)}.")
        rows, head = sum(backup.counts.values()), f"{backup.head.seq} {backup.head.digest.hex()}"
        return "\n".join(
            [
                f"Records, {rows} rows with the keys: {backup.data}",
                f"Keys, for 35 days, elsewhere:  {backup.keys}",
                f"Newest audit entry, to be noted elsewhere: {head}",
                f"Signed with the key of this installation, to be noted elsewhere: {heads.own_public().hex()}",
                f"Older keys removed: {backup.removed_keys}",
            ]
        )
