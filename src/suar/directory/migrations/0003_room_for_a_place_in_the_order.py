from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_search_index")]

    operations = [
        migrations.AlterField(
            model_name="searchentry",
            name="position",
            field=models.PositiveBigIntegerField(primary_key=True, serialize=False),
        ),
    ]
