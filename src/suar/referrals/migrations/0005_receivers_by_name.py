"""The receiver's case of a referral, and packets that are sealed to officers by name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referral", "0004_acts_about_a_yes"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="packetwrap", name="packet_part_once"),
        migrations.AddField(
            model_name="referral",
            name="case",
            field=models.UUIDField(db_index=True, null=True),
        ),
        migrations.AddField(
            model_name="referral",
            name="restricted",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="packetwrap",
            constraint=models.UniqueConstraint(fields=("referral", "part", "key"), name="packet_part_once"),
        ),
    ]
