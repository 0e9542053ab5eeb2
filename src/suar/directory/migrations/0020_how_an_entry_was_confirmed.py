"""The last confirmation of an entry: by its provider or by an editor."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0019_entry_changes_and_contact_authors"),
    ]

    operations = [
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                (
                    "service",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="directory.service",
                    ),
                ),
                ("day", models.DateField()),
                ("how", models.CharField(max_length=10)),
            ],
        ),
    ]
