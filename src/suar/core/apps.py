"""The core app: tables that every app above may use."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Register the app."""

    name = "suar.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"
