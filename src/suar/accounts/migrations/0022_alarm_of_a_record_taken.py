"""An alarm of a record that an exclusion took from its worker or from all leads."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0021_alarm_of_many_hidden_entries"),
    ]

    operations = [
        migrations.AlterField(
            model_name="alarm",
            name="kind",
            field=models.CharField(
                choices=[
                    ("AUDIT_CHANGED", "AUDIT_CHANGED"),
                    ("KEY_CHANGED", "KEY_CHANGED"),
                    ("MANY_LOOKUPS", "MANY_LOOKUPS"),
                    ("PAPERS_USED", "PAPERS_USED"),
                    ("PAPERS_TYPED", "PAPERS_TYPED"),
                    ("CLOCK_JUMPED", "CLOCK_JUMPED"),
                    ("MANY_EXPORTED", "MANY_EXPORTED"),
                    ("BREAK_GLASS", "BREAK_GLASS"),
                    ("DECOY_OPENED", "DECOY_OPENED"),
                    ("MANY_RECORDS", "MANY_RECORDS"),
                    ("MANY_NAMES", "MANY_NAMES"),
                    ("MANY_HIDDEN", "MANY_HIDDEN"),
                    ("HIDDEN_TRIED", "HIDDEN_TRIED"),
                    ("EXPORT_ASKED", "EXPORT_ASKED"),
                    ("RECORD_TAKEN", "RECORD_TAKEN"),
                ],
                max_length=20,
            ),
        ),
    ]
