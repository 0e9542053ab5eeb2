"""Refuse every change and removal of a version in use, in the database itself."""

from typing import Any

from django.db import migrations

TABLES = ("screening_questionset", "screening_questionuse")

SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'a version in use never changes'); END;
"""

POSTGRES = """
CREATE OR REPLACE FUNCTION questions_refuse() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'a version in use never changes'; END $$ LANGUAGE plpgsql;
"""


def refuse(_apps: object, schema_editor: Any) -> None:
    """Put the triggers in place for the database in use."""
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(POSTGRES)
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            if vendor == "postgresql":
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION questions_refuse()"
                )
            else:
                schema_editor.execute(SQLITE.format(table=table, verb=verb))


def allow(_apps: object, schema_editor: Any) -> None:
    """Take the triggers away again."""
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}")


class Migration(migrations.Migration):
    dependencies = [("screening", "0005_own_questions")]
    operations = [migrations.RunPython(refuse, allow)]
