"""Single-use addresses of files belong to records now; their table stays."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("voice", "0007_day_of_reading")]

    operations = [migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("FileLink")])]
