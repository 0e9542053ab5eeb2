from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0018_exports_that_are_asked")]

    operations = [migrations.AddField("worker", "talk_place", models.BinaryField(null=True))]
