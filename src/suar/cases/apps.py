"""The app of people and cases."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Register the app with Django."""

    name = "suar.cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every exclusion reach the records that were merged."""
        from suar.cases import duplicates
        from suar.consent import exclusions

        exclusions.CLOSE.append(duplicates.exclude_from_merged)
