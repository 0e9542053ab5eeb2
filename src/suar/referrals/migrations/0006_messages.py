"""Questions and answers inside a referral."""

import django.db.models.deletion
from django.db import migrations, models

import suar.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("referral", "0005_receivers_by_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.UUIDField(default=suar.core.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "actor",
                    models.CharField(
                        choices=[
                            ("SENDER", "SENDER"),
                            ("RECEIVER", "RECEIVER"),
                            ("LINK_HOLDER", "LINK_HOLDER"),
                            ("PERSON_THROUGH_WORKER", "PERSON_THROUGH_WORKER"),
                            ("CLOCK", "CLOCK"),
                        ],
                        max_length=22,
                    ),
                ),
                ("by", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
                ("sealed", models.BinaryField()),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="referral.referral"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
    ]
