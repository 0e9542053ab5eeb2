"""Standard names of fields of requests and feedback; the columns keep theirs."""

from django.db import migrations, models

OUTSIDE = "outside_reader_is_outside"


class Migration(migrations.Migration):
    dependencies = [("voice", "0004_files_beside_letters")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("Request", "said_at", "last_letter_at"),
                migrations.AlterField(
                    "Request", "last_letter_at", models.DateTimeField(db_index=True, db_column="said_at")
                ),
                migrations.RenameField("Quarter", "told_en", "text_en"),
                migrations.AlterField("Quarter", "text_en", models.TextField(max_length=2000, db_column="told_en")),
                migrations.RenameField("Quarter", "told_id", "text_id"),
                migrations.AlterField("Quarter", "text_id", models.TextField(max_length=2000, db_column="told_id")),
                migrations.RemoveConstraint("OutsideReader", OUTSIDE),
                migrations.RenameField("OutsideReader", "house", "organisation"),
                migrations.AlterField(
                    "OutsideReader",
                    "organisation",
                    models.UUIDField(primary_key=True, serialize=False, db_column="house"),
                ),
                migrations.AddConstraint(
                    "OutsideReader",
                    models.CheckConstraint(condition=~models.Q(organisation=models.F("reader")), name=OUTSIDE),
                ),
            ]
        ),
    ]
