"""The vault stage."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class Stage(AppConfig):
    """Register the stage with Django."""

    name = "suar.records"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the documents of every app."""
        autodiscover_modules("documents")
