"""Standard names of two fields of a worker; the columns keep theirs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_alarms")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("Worker", "shown_name", "display_name"),
                migrations.AlterField(
                    "Worker", "display_name", models.CharField(max_length=120, db_column="shown_name")
                ),
                migrations.RenameField("Worker", "house_seal", "organisation_seal"),
                migrations.AlterField(
                    "Worker",
                    "organisation_seal",
                    models.BinaryField(max_length=64, null=True, db_column="house_seal"),
                ),
            ]
        ),
    ]
