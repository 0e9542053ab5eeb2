"""An alarm of an editor who hides many entries of the directory."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0020_talk_place"),
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
                ],
                max_length=20,
            ),
        ),
    ]
