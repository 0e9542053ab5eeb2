from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_complaint_handler_role"),
    ]

    operations = [
        migrations.AlterField(
            model_name="worker",
            name="language",
            field=models.CharField(default="", max_length=10),
        ),
    ]
