"""Different records that a worker opened in a day, and decoys."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vault", "0008_cover_that_ends"),
    ]

    operations = [
        migrations.CreateModel(
            name="Decoy",
            fields=[
                ("record", models.UUIDField(primary_key=True, serialize=False)),
                ("by", models.UUIDField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="OpenedRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("worker", models.UUIDField()),
                ("record", models.UUIDField()),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("worker", "record"), name="opened_once")],
            },
        ),
    ]
