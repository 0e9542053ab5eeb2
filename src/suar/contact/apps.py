"""The contact app."""

from django.apps import AppConfig


class ContactConfig(AppConfig):
    """Register the app; its tables keep the label of an earlier version."""

    name = "suar.contact"
    label = "voice"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Destroy waiting summaries when a person may not be reached any more."""
        from suar.contact import summaries
        from suar.records.actions import contact_ended

        contact_ended.connect(summaries.erase_waiting, dispatch_uid="summaries")
