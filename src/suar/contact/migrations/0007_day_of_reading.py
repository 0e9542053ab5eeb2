"""The day on which a request was read, so that the person with its code reads it too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("voice", "0006_single_use_addresses_of_files"),
    ]

    operations = [
        migrations.AddField(
            model_name="request",
            name="read_on",
            field=models.DateField(null=True),
        ),
    ]
