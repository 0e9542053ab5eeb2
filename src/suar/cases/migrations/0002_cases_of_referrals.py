"""Note on each accepted referral which case it became."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def note_cases(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write the record of each case beside the referral from which it came."""
    referrals = apps.get_model("referral", "Referral").objects
    for record, referral in apps.get_model("cases", "Case").objects.values_list("record", "referral"):
        if referral:
            referrals.filter(id=referral).update(case=record)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_cases"),
        ("referral", "0005_receivers_by_name"),
    ]

    operations = [migrations.RunPython(note_cases, migrations.RunPython.noop)]
