"""The index learns from which days confirming an entry is advised and required."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0015_standard_model_names")]

    operations = [
        migrations.AddField("SearchEntry", "ask_from", models.DateField(null=True)),
        migrations.AddField("SearchEntry", "due_from", models.DateField(null=True)),
    ]
