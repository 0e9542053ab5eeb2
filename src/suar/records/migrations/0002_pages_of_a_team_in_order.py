from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vault", "0001_records_values_grants"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="record",
            index=models.Index(fields=["team", "id"], name="record_team_page"),
        ),
    ]
