"""Compare the signing keys of organisations with those pinned in the keys folder, or pin a changed one."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from suar.accounts import pins
from suar.accounts.models import Organisation
from suar.audit import actions as audit
from suar.core import clock


class Command(BaseCommand):
    """`manage keys`: exits with an error if a key is not the pinned one."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take an organisation whose key was changed on purpose."""
        groups = "trust the key with these six groups, after a signatory confirmed the change by voice"
        parser.add_argument("--pin", nargs=2, metavar=("ORGANISATION", "GROUPS"), help=groups)
        parser.add_argument("--first", action="store_true", help="pin all keys, if none was pinned yet")

    def handle(self, *args: Any, **options: Any) -> str:
        """Print each organisation with the groups of its key."""
        if Organisation._meta.db_table not in connection.introspection.table_names():
            raise CommandError("There are no tables yet: there is nothing to compare.")
        try:
            if options["pin"]:
                self._pin(*options["pin"])
            if options["first"] and pins.read_pins() is None:
                pins.pin_missing({})
        except OSError as error:
            raise CommandError(f"The file of pinned keys cannot be written: {error.strerror}") from None
        names, pinned = dict(Organisation.objects.order_by("name").values_list("id", "name")), pins.read_pins()
        changed = pins.changed_organisations()
        fingerprint_of = pins.organisation_fingerprint
        lines = [
            f"{ident}  {fingerprint_of(ident, pins.stored_key(ident))}  {names[ident]}"
            + (f"  CHANGED, pinned: {fingerprint_of(ident, (pinned or {}).get(ident))}" if ident in changed else "")
            for ident in names
        ]
        if changed:
            self.stdout.write("\n".join(lines))
            raise CommandError("A key is not the pinned one. Nothing is sealed to it: see docs/go-live.md, part 9.")
        result = "No key was pinned yet: use --first." if names and pinned is None else "All keys are the pinned ones."
        return "\n".join([*lines, result])

    def _pin(self, organisation: str, groups: str) -> None:
        """Pin the stored key of an organisation if it has these groups."""
        try:
            ident = UUID(organisation)
        except ValueError:
            raise CommandError("An organisation is named by its id, the first word of its line.") from None
        public = pins.stored_key(ident)
        if public is None or pins.organisation_fingerprint(ident, public).split() != groups.upper().split():
            raise CommandError("The organisation has another key than these groups, or none. Nothing was pinned.")
        audit.record("pin_key", by=None, at=clock.now(), about=[ident])
        pins.pin(ident, public)
