"""Drop two tables that nobody searched: the document of a service has all that was in them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("directory", "0021_search_gaps")]
    operations = [migrations.DeleteModel(name="Eligibility"), migrations.DeleteModel(name="ServiceTexts")]
