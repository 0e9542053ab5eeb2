"""Positions that were counted become places made of cost, day and id, as new ones are.

There is no way back: the numbers would not fit the columns from before.
"""

from datetime import date
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

COSTS = ["FREE", "INSURANCE", "PARTLY", "FULL"]
NEVER_CONFIRMED, LAST_DAY = date(9999, 12, 31), date(2200, 1, 1)
DAYS, PLACES_A_DAY, BATCH = 2**17, 2**20, 1000


def place_anew(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give every entry its place, each after the one before it where two would be the same."""
    entry, snapshot = (apps.get_model("directory", name) for name in ("SearchEntry", "Shown"))
    documents = dict(snapshot.objects.values_list("service_id", "document"))
    placed = sorted((_place(row, documents[row.service_id]), str(row.service_id), row) for row in entry.objects.all())
    entry.objects.all().delete()
    last = 0
    for place, _, row in placed:
        row.position = last = max(place, last + 1)
    rows = [row for _, _, row in placed]
    entry.objects.bulk_create(rows, batch_size=BATCH)
    if schema_editor.connection.vendor == "sqlite":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("INSERT INTO directory_words(directory_words) VALUES ('delete-all')")
            cursor.executemany(
                "INSERT INTO directory_words(rowid, terms) VALUES (%s, %s)",
                [(row.position, row.terms) for row in rows],
            )


def _place(row: Any, document: dict[str, Any]) -> int:
    stated = (document["service"]["let_in"] or {}).get("cost")
    cost = COSTS.index(stated) if stated in COSTS else len(COSTS)
    days = DAYS if row.confirmed in (None, NEVER_CONFIRMED) else (LAST_DAY - row.confirmed).days
    day = cost * DAYS + min(max(days, 0), DAYS - 1)
    return int(day * PLACES_A_DAY + row.service_id.int * PLACES_A_DAY // 2**128 + 1)


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_room_for_a_place_in_the_order")]

    operations = [migrations.RunPython(place_anew)]
