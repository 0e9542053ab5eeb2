"""Alarms for supervisors and privacy officers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_attempts_counted_in_core"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("AUDIT_CHANGED", "AUDIT_CHANGED"), ("MANY_LOOKUPS", "MANY_LOOKUPS")], max_length=20
                    ),
                ),
                ("at", models.DateTimeField()),
                ("organisation", models.UUIDField(null=True)),
                ("worker", models.UUIDField(null=True)),
                ("detail", models.CharField(default="", max_length=200)),
            ],
        ),
    ]
