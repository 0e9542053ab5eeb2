"""Changes of entries for their organisations, and who proposed contact data that nobody confirmed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0018_content_of_proposals"),
    ]

    operations = [
        migrations.AddField(
            model_name="service",
            name="contact_authors",
            field=models.JSONField(default=list),
        ),
        migrations.CreateModel(
            name="EntryChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organisation", models.UUIDField()),
                ("subject", models.UUIDField()),
                ("fields", models.JSONField()),
                ("is_new", models.BooleanField()),
                ("at", models.DateTimeField()),
                ("how", models.CharField(max_length=10)),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "at"], name="changes_of_organisation")],
            },
        ),
    ]
