from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0019_alarms_of_papers_and_names")]

    operations = [migrations.AddField("worker", "talk_place", models.BinaryField(null=True))]
