"""The index learns by whose places, with which children and of which country one is found."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BATCH = 1000
COUNTRIES = {"NATIONAL", "FOREIGN", "STATELESS"}


def add_places(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add terms for places and for whom it is to each entry, and fill SQLite's word index anew."""
    entry, snapshot = (apps.get_model("directory", name) for name in ("SearchEntry", "Shown"))
    documents = dict(snapshot.objects.values_list("service_id", "document"))
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
    places = {f"qxd{''.join(sign for sign in code.lower() if sign.isalnum())}" for code in codes}
    return places | _whom(document["service"]["let_in"] or {})


def _whom(let_in: dict[str, Any]) -> set[str]:
    """Leave out only whom a service surely turns away."""
    of_any = set(let_in.get("nationality") or {"ANY"})
    countries = COUNTRIES if "ANY" in of_any else COUNTRIES & of_any
    children = set() if let_in.get("children_with") == "NO" else {"qxk"}
    return children | {f"qxof{country.lower()}" for country in countries}


class Migration(migrations.Migration):
    dependencies = [("directory", "0009_recordings_of_texts")]

    operations = [migrations.RunPython(add_places)]
