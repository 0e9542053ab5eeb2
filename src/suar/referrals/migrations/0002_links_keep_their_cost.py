from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referral", "0001_referrals_acts_packets"),
    ]

    operations = [
        migrations.AddField(
            model_name="link",
            name="kdf",
            field=models.JSONField(default=dict),
        ),
    ]
