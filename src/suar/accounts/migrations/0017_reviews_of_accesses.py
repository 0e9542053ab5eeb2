"""Alarms about accesses are reviewed, with reasons sealed to each reader."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_alarm_of_many_exported"),
    ]

    operations = [
        migrations.AddField(
            model_name="alarm",
            name="code",
            field=models.CharField(default="", max_length=20),
        ),
        migrations.AddField(
            model_name="alarm",
            name="decision",
            field=models.CharField(default="", max_length=20),
        ),
        migrations.AddField(
            model_name="alarm",
            name="record",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="alarm",
            name="reviewed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="alarm",
            name="reviewed_by",
            field=models.UUIDField(null=True),
        ),
        migrations.AlterField(
            model_name="alarm",
            name="kind",
            field=models.CharField(
                choices=[
                    ("AUDIT_CHANGED", "AUDIT_CHANGED"),
                    ("KEY_CHANGED", "KEY_CHANGED"),
                    ("MANY_LOOKUPS", "MANY_LOOKUPS"),
                    ("PAPERS_USED", "PAPERS_USED"),
                    ("CLOCK_JUMPED", "CLOCK_JUMPED"),
                    ("MANY_EXPORTED", "MANY_EXPORTED"),
                    ("BREAK_GLASS", "BREAK_GLASS"),
                    ("DECOY_OPENED", "DECOY_OPENED"),
                    ("MANY_RECORDS", "MANY_RECORDS"),
                    ("HIDDEN_TRIED", "HIDDEN_TRIED"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="AlarmText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_review", models.BooleanField(default=False)),
                ("reader", models.UUIDField()),
                ("sealed", models.BinaryField()),
                (
                    "alarm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="texts", to="accounts.alarm"
                    ),
                ),
            ],
        ),
    ]
