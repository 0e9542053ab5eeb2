"""Let a database role run Suar without the right to change the audit log."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from suar.audit.migrations import AUDIT_TABLES

HAS_TOO_MANY_RIGHTS = """
SELECT rolsuper OR rolcreaterole OR EXISTS (
    SELECT 1 FROM pg_class JOIN pg_namespace spaces ON spaces.oid = relnamespace
    WHERE spaces.nspname = current_schema() AND pg_has_role(rolname, relowner, 'MEMBER')
) FROM pg_roles WHERE rolname = %s
"""
GRANTS = (
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "REVOKE CREATE ON SCHEMA {schema} FROM {role}, PUBLIC",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
    "REVOKE ALL ON django_migrations, {audit} FROM {role}",
    "GRANT SELECT ON django_migrations TO {role}",
    "GRANT SELECT, INSERT ON {audit} TO {role}",
)


class Command(BaseCommand):
    """`manage audit_role NAME`, run by the owner of the tables after each `migrate`."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name of a role that exists."""
        parser.add_argument("role")

    def handle(self, *args: Any, **options: Any) -> str:
        """Grant the rights; CommandError where there are no roles or the role could take more."""
        if connection.vendor == "postgresql":
            role = options["role"]
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(HAS_TOO_MANY_RIGHTS, [role])
                row = cursor.fetchone()
                if row is None:
                    raise CommandError(f"There is no role {role}: create it first with CREATE ROLE.")
                if row[0]:
                    raise CommandError(f"{role} owns tables or is a superuser: choose a role with fewer rights.")
                cursor.execute("SELECT current_schema()")
                names = {"role": role, "schema": cursor.fetchone()[0]}
                quoted = {name: connection.ops.quote_name(value) for name, value in names.items()}
                for statement in GRANTS:
                    cursor.execute(statement.format(audit=", ".join(AUDIT_TABLES), **quoted))
            return f"{role} may read and add audit entries, and can neither change nor remove them."
        raise CommandError("Only PostgreSQL has roles; here triggers refuse every change.")
