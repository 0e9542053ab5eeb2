"""Fill the days from which confirming an entry is advised and required.

The intervals are those of the day this was written: a later change of them rebuilds the index.
"""

from datetime import date, timedelta
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NEVER_CONFIRMED, BATCH = date(9999, 12, 31), 1000
URGENT_TYPES = frozenset({"HOU_EMERGENCY", "SAF_RELOCATION"})
SOONER = ("HOU_", "BAS_")


def fill_days(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Count from the day an entry was confirmed; one that never was is due at once."""
    entry, snapshot = (apps.get_model("directory", name) for name in ("SearchEntry", "ServiceSnapshot"))
    documents = dict(snapshot.objects.values_list("service_id", "document"))
    rows = list(entry.objects.all())
    for row in rows:
        row.ask_from = row.due_from = date.min
        if row.confirmed not in (None, NEVER_CONFIRMED):
            advised, required = _intervals(documents[row.service_id]["service"])
            row.ask_from = row.confirmed + timedelta(days=advised + 1)
            row.due_from = row.confirmed + timedelta(days=required + 1)
    entry.objects.bulk_update(rows, ["ask_from", "due_from"], batch_size=BATCH)


def _intervals(service: dict[str, Any]) -> tuple[int, int]:
    if service["urgent"] or URGENT_TYPES.intersection(service["types"]):
        return 30, 90
    return (60, 120) if any(code.startswith(SOONER) for code in service["types"]) else (90, 180)


class Migration(migrations.Migration):
    dependencies = [("directory", "0016_days_to_confirm")]

    operations = [migrations.RunPython(fill_days)]
