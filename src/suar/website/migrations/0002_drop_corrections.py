from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("doors", "0001_corrections_of_words")]

    operations = [migrations.DeleteModel(name="Correction")]
