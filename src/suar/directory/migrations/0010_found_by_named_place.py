"""The index learns the codes of the places by whose names a service is found."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BATCH = 1000


def add_places(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add a term for each area and open place to each entry, and fill SQLite's word index anew."""
    entry, shown = (apps.get_model("directory", name) for name in ("SearchEntry", "Shown"))
    documents = dict(shown.objects.values_list("service_id", "document"))
    rows = list(entry.objects.all())
    for row in rows:
        row.terms = " ".join(sorted({*row.terms.split(), *_terms(documents[row.service_id])}))
    entry.objects.bulk_update(rows, ["terms"], batch_size=BATCH)
    if schema_editor.connection.vendor == "sqlite" and rows:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("INSERT INTO directory_words(directory_words) VALUES ('delete-all')")
            cursor.executemany(
                "INSERT INTO directory_words(rowid, terms) VALUES (%s, %s)",
                [(row.position, row.terms) for row in rows],
            )


def _terms(document: dict[str, Any]) -> set[str]:
    districts = {site["district"] for site in document["sites"]} - {"", None}
    codes = districts.union(document["service"]["areas"] or ())
    return {f"qxd{''.join(sign for sign in code.lower() if sign.isalnum())}" for code in codes}


class Migration(migrations.Migration):
    dependencies = [("directory", "0009_recordings_of_texts")]

    operations = [migrations.RunPython(add_places)]
