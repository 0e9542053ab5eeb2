"""The progress of a talk, its questions and its length are only in its sealed draft."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("screening", "0001_talks")]

    operations = [
        migrations.RemoveField(model_name="talk", name="instrument"),
        migrations.RemoveField(model_name="talk", name="version"),
        migrations.RemoveField(model_name="talk", name="step"),
        migrations.RemoveField(model_name="talk", name="started_at"),
        migrations.RenameField(model_name="talk", old_name="person", new_name="left"),
    ]
