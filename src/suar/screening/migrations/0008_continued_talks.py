"""A talk may continue an earlier one, so that a record may have several second opinions."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("screening", "0007_partner_houses")]

    operations = [
        migrations.AddField(model_name="talk", name="continues", field=models.UUIDField(null=True)),
        migrations.AlterField(model_name="reading", name="left", field=models.UUIDField(db_index=True)),
    ]
