from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vault", "0002_pages_of_a_team_in_order"),
    ]

    operations = [
        migrations.AlterField(
            model_name="record",
            name="kind",
            field=models.CharField(
                choices=[
                    ("talk", "talk"),
                    ("person", "person"),
                    ("case", "case"),
                    ("report", "report"),
                    ("codes", "codes"),
                ],
                max_length=10,
            ),
        ),
    ]
