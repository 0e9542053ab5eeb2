"""The index learns what a service costs, so that one can look for what costs nothing."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BATCH = 1000


def add_cost(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the term of its cost to each entry, and fill the word index of SQLite anew."""
    entry, snapshot = (apps.get_model("directory", name) for name in ("SearchEntry", "Shown"))
    documents = dict(snapshot.objects.values_list("service_id", "document"))
    rows = list(entry.objects.all())
    for row in rows:
        row.terms = " ".join(sorted({*row.terms.split(), _term(documents[row.service_id])}))
    entry.objects.bulk_update(rows, ["terms"], batch_size=BATCH)
    if schema_editor.connection.vendor == "sqlite" and rows:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("INSERT INTO directory_words(directory_words) VALUES ('delete-all')")
            cursor.executemany(
                "INSERT INTO directory_words(rowid, terms) VALUES (%s, %s)",
                [(row.position, row.terms) for row in rows],
            )


def _term(document: dict[str, Any]) -> str:
    cost = (document["service"]["let_in"] or {}).get("cost") or "unknown"
    return f"qxc{cost.lower()}"


class Migration(migrations.Migration):
    dependencies = [("directory", "0007_when_what_is_told_changed")]

    operations = [migrations.RunPython(add_cost)]
