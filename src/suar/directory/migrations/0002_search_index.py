"""The word index behind the search: FTS5 in the embedded file, a GIN index in PostgreSQL."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MAKE = {
    "sqlite": [
        "CREATE VIRTUAL TABLE directory_words USING fts5(terms, content='', tokenize='unicode61 remove_diacritics 0')",
    ],
    "postgresql": [
        "ALTER TABLE directory_searchentry ADD COLUMN words tsvector "
        "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(terms, ' '))) STORED",
        "CREATE INDEX directory_words ON directory_searchentry USING gin (words) WITH (fastupdate = off)",
    ],
}
UNDO = {
    "sqlite": ["DROP TABLE directory_words"],
    "postgresql": ["ALTER TABLE directory_searchentry DROP COLUMN words"],
}


def make(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in MAKE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def undo(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in UNDO[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_providers_services_sites")]

    operations = [migrations.RunPython(make, undo)]
