"""The contact app."""

from django.apps import AppConfig


class ContactConfig(AppConfig):
    """Register the app; its tables keep the label of an earlier version."""

    name = "suar.contact"
    label = "voice"
    default_auto_field = "django.db.models.BigAutoField"
