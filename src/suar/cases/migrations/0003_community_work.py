"""Add work in the community, without any link to a person."""

from django.db import migrations, models

import suar.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_cases_of_referrals"),
    ]

    operations = [
        migrations.CreateModel(
            name="CommunityWork",
            fields=[
                ("id", models.UUIDField(default=suar.core.ids.new_id, primary_key=True, serialize=False)),
                ("organisation", models.UUIDField(db_index=True)),
                ("on", models.DateField()),
                ("kind", models.CharField(max_length=30)),
                ("place", models.CharField(default="", max_length=8)),
                ("participants", models.PositiveIntegerField(null=True)),
                ("result", models.CharField(default="", max_length=30)),
                ("key", models.UUIDField(null=True)),
                ("sealed", models.BinaryField(default=b"")),
                ("struck", models.BooleanField(default=False)),
                ("by", models.UUIDField()),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
