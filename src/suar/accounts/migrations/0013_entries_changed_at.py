"""When an entry of an organisation in the directory last changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_alarm_of_a_changed_key"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="entries_changed_at",
            field=models.DateTimeField(null=True),
        ),
    ]
