"""A summary of a record that waits under a return code, sealed to it alone, and ends by itself."""

from django.db import migrations, models

KINDS = ("help", "summary", "feedback", "complaint")


class Migration(migrations.Migration):
    dependencies = [("voice", "0008_addresses_of_files_moved")]

    operations = [
        migrations.AddField("request", "ends_at", models.DateTimeField(db_index=True, null=True)),
        migrations.AlterField(
            "request",
            "kind",
            models.CharField(choices=[(kind, kind) for kind in KINDS], default="help", max_length=10),
        ),
        migrations.RemoveConstraint("request", "request_team_only_for_help"),
        migrations.AddConstraint(
            "request",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "help"), ("team__isnull", False)),
                    models.Q(("kind__in", ("feedback", "complaint", "summary")), ("team", None)),
                    _connector="OR",
                ),
                name="request_team_only_for_help",
            ),
        ),
        migrations.AddConstraint(
            "request",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("address__isnull", False), ("ends_at__isnull", False), ("kind", "summary")),
                    models.Q(models.Q(("kind", "summary"), _negated=True), ("ends_at", None)),
                    _connector="OR",
                ),
                name="summary_ends",
            ),
        ),
    ]
