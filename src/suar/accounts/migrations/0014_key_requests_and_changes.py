"""Requests that several people carry out about keys, and keys that another one replaces."""

import django.db.models.deletion
from django.db import migrations, models

import suar.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_entries_changed_at"),
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
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="wrap",
            name="way",
            field=models.CharField(
                choices=[
                    ("password", "password"),
                    ("recovery", "recovery"),
                    ("member", "member"),
                    ("escrow", "escrow"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="KeyChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organisation", models.UUIDField()),
                ("total", models.PositiveIntegerField(null=True)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "new",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.publickey"
                    ),
                ),
                (
                    "old",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.publickey"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="KeyRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(default=suar.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("recovery", "recovery"), ("rehearsal", "rehearsal"), ("reset", "reset")],
                        max_length=10,
                    ),
                ),
                ("organisation", models.UUIDField()),
                ("made_at", models.DateTimeField()),
                ("worker", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="accounts.worker")),
            ],
        ),
        migrations.CreateModel(
            name="KeyAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=10)),
                ("actor", models.CharField(max_length=10)),
                ("by", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("paper", models.CharField(default="", max_length=8)),
                ("sealed", models.BinaryField(null=True)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="acts", to="accounts.keyrequest"
                    ),
                ),
            ],
        ),
    ]
