"""The ids of forms that were handled, so that sending one twice changes nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_refuse_truncate")]
    operations = [
        migrations.CreateModel(
            name="SubmittedForm",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
