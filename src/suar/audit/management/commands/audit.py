"""Verify the audit log, compare it with written heads, and print a signed head to store elsewhere."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from suar.audit import heads, queries
from suar.audit.models import Entry
from suar.audit.rules import Head, describe_faults
from suar.core import clock


class Command(BaseCommand):
    """`manage audit`: exits with an error if an entry was changed, removed or added, or the end was cut off."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take heads that were stored elsewhere."""
        parser.add_argument("--head", nargs=2, metavar=("NUMBER", "DIGEST"), help="a head as it was written down")
        parser.add_argument("--heads", type=Path, metavar="FILE", help="a file of signed heads from elsewhere")
        parser.add_argument("--key", default="", help="the public key that signed them (default: that of this folder)")

    def handle(self, *args: Any, **options: Any) -> str:
        """Print the signed head; raises CommandError naming each fault."""
        if Entry._meta.db_table not in connection.introspection.table_names():
            raise CommandError("There are no tables yet: there is nothing to verify.")
        written = self._written(options)
        faults, head = heads.verify_log(written), queries.head()
        compared = len(heads.own_heads()[0].union(written))
        line = heads.sign_head(head, at=clock.now()) if head else "There are no entries."
        if faults:
            self.stdout.write(line)
            raise CommandError(f"The audit log is not intact. {describe_faults(faults)}.")
        fits = f"fits {compared} written head(s)" if compared else "without a written head, a removed end is not seen"
        return f"The audit log is intact; {fits}. Store this line elsewhere:\n{line}"

    def _written(self, options: dict[str, Any]) -> list[Head]:
        """Return the heads from elsewhere; a signed one only if its signature fits."""
        try:
            noted = [Head(int(options["head"][0]), bytes.fromhex(options["head"][1]))] if options["head"] else []
            lines = heads.read_lines(options["heads"]) if options["heads"] else []
            signed, bad = heads.read_heads(lines, public=bytes.fromhex(options["key"]))
        except ValueError:
            raise CommandError("A head is the number of an entry and 64 hex digits.") from None
        except OSError as error:
            raise CommandError(f"The file of heads cannot be read: {error.strerror}") from None
        if bad:
            raise CommandError("A head in the file has an invalid signature.")
        return [*noted, *signed]
