"""An alarm for the key of an organisation that is not the pinned one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_standard_names")]

    operations = [
        migrations.AlterField(
            "Alarm",
            "kind",
            models.CharField(
                choices=[(kind, kind) for kind in ("AUDIT_CHANGED", "KEY_CHANGED", "MANY_LOOKUPS")], max_length=20
            ),
        ),
    ]
