"""Names that a search showed a worker in a day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vault", "0009_budgets_and_decoys"),
    ]

    operations = [
        migrations.CreateModel(
            name="ShownName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("worker", models.UUIDField()),
                ("record", models.UUIDField()),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("worker", "record"), name="shown_once")],
            },
        ),
    ]
