"""The index learns the last day on which the public finds an entry.

The days are those of the day this was written: a later change of them renews the index.
"""

from datetime import date, timedelta
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NEVER_CONFIRMED, BATCH = date(9999, 12, 31), 1000
NOW = frozenset({"HOU_EMERGENCY", "SAF_RELOCATION"})
SOONER = ("HOU_", "BAS_")


def last_day(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Count from the day an entry was confirmed how old one of its kind may grow."""
    entry, snapshot = (apps.get_model("directory", name) for name in ("SearchEntry", "Shown"))
    documents = dict(snapshot.objects.values_list("service_id", "document"))
    rows = list(entry.objects.all())
    for row in rows:
        if row.confirmed not in (None, NEVER_CONFIRMED):
            row.shown_until = row.confirmed + timedelta(_days(documents[row.service_id]))
    entry.objects.bulk_update(rows, ["shown_until"], batch_size=BATCH)


def _days(document: dict[str, Any]) -> int:
    service = document["service"]
    if service["urgent"] or NOW.intersection(service["types"]):
        return 270
    return 330 if any(code.startswith(SOONER) for code in service["types"]) else 365


class Migration(migrations.Migration):
    dependencies = [("directory", "0005_keeping_the_directory_true")]

    operations = [migrations.RunPython(last_day)]
