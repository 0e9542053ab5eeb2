"""Files of records and their keys. Single-use addresses of files come from contact; their table stays."""

import django.db.models.deletion
from django.db import migrations, models

import suar.core.ids


class Migration(migrations.Migration):
    dependencies = [("vault", "0006_standard_model_names")]

    operations = [
        migrations.CreateModel(
            name="FileKey",
            fields=[
                ("file", models.UUIDField(primary_key=True, serialize=False)),
                ("record", models.UUIDField(db_index=True)),
                ("sealed", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                (
                    "id",
                    models.UUIDField(default=suar.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("expires_on", models.DateField(db_index=True, null=True)),
                (
                    "record",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="vault.record"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FilePiece",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("sealed", models.BinaryField()),
                (
                    "file",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="vault.storedfile",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("file", "number"), name="file_piece_once")],
            },
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="FileLink",
                    fields=[
                        ("digest", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                        ("file", models.UUIDField(db_column="letter")),
                        ("sealed", models.BinaryField()),
                        ("expires_at", models.DateTimeField(db_index=True)),
                    ],
                    options={"db_table": "voice_filelink"},
                ),
            ]
        ),
    ]
