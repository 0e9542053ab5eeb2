"""Standard names for models; the tables keep theirs."""

import django.db.models.deletion
from django.db import migrations, models

RENAMED = (
    ("ServiceWords", "ServiceTexts", "directory_servicewords"),
    ("Shown", "ServiceSnapshot", "directory_shown"),
    ("WaitingImport", "Upload", "directory_waitingimport"),
    ("FormerEdition", "FormerRevision", "directory_formeredition"),
    ("EntryAsked", "ConfirmationRequest", "directory_entryasked"),
    ("EntryDraft", "Proposal", "directory_entrydraft"),
    ("WrongReport", "ErrorReport", "directory_wrongreport"),
    ("Moved", "MergedEntry", "directory_moved"),
)


def _rename(old: str, new: str, table: str) -> list[migrations.operations.base.Operation]:
    return [migrations.RenameModel(old, new), migrations.AlterModelTable(new, table)]


class Migration(migrations.Migration):
    dependencies = [("directory", "0014_entries_added_here")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                *(operation for row in RENAMED for operation in _rename(*row)),
                migrations.AlterField(
                    "ServiceSnapshot",
                    "service",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="snapshot",
                        serialize=False,
                        to="directory.service",
                    ),
                ),
            ]
        ),
    ]
