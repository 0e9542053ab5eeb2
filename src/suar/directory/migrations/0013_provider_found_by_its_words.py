"""The index learns the words of each service's provider, by which other systems find providers."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from suar.directory.tokens import tokenize

BATCH = 1000


def add_words(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add a term for each word of the provider's texts, and fill SQLite's word index anew."""
    entry, provider = (apps.get_model("directory", n) for n in ("SearchEntry", "Provider"))
    words = {
        id_: {f"qxw{word}" for text in (*name.values(), *description.values()) for word in tokenize(text)}
        for id_, name, description in provider.objects.values_list("id", "name", "description")
    }
    rows = list(entry.objects.select_related("service"))
    for row in rows:
        theirs = words.get(row.service.provider_id, set())
        row.terms = " ".join(sorted({*row.terms.split(), *theirs}))
    entry.objects.bulk_update(rows, ["terms"], batch_size=BATCH)
    if schema_editor.connection.vendor == "sqlite" and rows:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("INSERT INTO directory_words(directory_words) VALUES ('delete-all')")
            cursor.executemany(
                "INSERT INTO directory_words(rowid, terms) VALUES (%s, %s)",
                [(row.position, row.terms) for row in rows],
            )


class Migration(migrations.Migration):
    dependencies = [("directory", "0012_when_whom_asked")]

    operations = [migrations.RunPython(add_words)]
