"""Refuse emptying the tables at once as well, which row triggers do not see (PostgreSQL)."""

from typing import Any

from django.db import migrations

from suar.audit.migrations import AUDIT_TABLES


def refuse(apps: Any, schema_editor: Any) -> None:
    """Put the triggers in place; SQLite knows no TRUNCATE."""
    if schema_editor.connection.vendor == "postgresql":
        for table in AUDIT_TABLES:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
            )


def allow(apps: Any, schema_editor: Any) -> None:
    """Take the triggers away again."""
    if schema_editor.connection.vendor == "postgresql":
        for table in AUDIT_TABLES:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_refuse_changes")]
    operations = [migrations.RunPython(refuse, allow)]
