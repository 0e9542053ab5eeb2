"""A standard name for the content of proposals and uploads; the columns keep theirs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0017_fill_days_to_confirm")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("Proposal", "told", "content"),
                migrations.AlterField("Proposal", "content", models.JSONField(db_column="told")),
                migrations.RenameField("Upload", "told", "content"),
                migrations.AlterField("Upload", "content", models.TextField(db_column="told")),
            ]
        ),
    ]
