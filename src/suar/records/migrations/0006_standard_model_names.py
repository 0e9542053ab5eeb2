"""Standard names for models; the tables keep theirs."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("vault", "0005_grants_of_workers_by_key")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("Sheet", "IndexEntry"),
                migrations.AlterModelTable("IndexEntry", "vault_sheet"),
                migrations.RenameModel("SheetWrap", "IndexKey"),
                migrations.AlterModelTable("IndexKey", "vault_sheetwrap"),
            ]
        ),
    ]
