"""Refuse every change and removal of an entry, in the database itself."""

from typing import Any

from django.db import migrations

TABLES = ("audit_entry", "audit_mention")

SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
"""

POSTGRES = """
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'audit entries are never changed'; END $$ LANGUAGE plpgsql;
"""


def refuse(apps: Any, schema_editor: Any) -> None:
    """Put the triggers in place for the database in use."""
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(POSTGRES)
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            if vendor == "postgresql":
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
                )
            else:
                schema_editor.execute(SQLITE.format(table=table, verb=verb))


def allow(apps: Any, schema_editor: Any) -> None:
    """Take the triggers away again."""
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_entries")]
    operations = [migrations.RunPython(refuse, allow)]
