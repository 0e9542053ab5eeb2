"""The app of records; its label is that of its tables."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class Records(AppConfig):
    """Register the app with Django."""

    name = "suar.records"
    label = "vault"

    def ready(self) -> None:
        """Register the documents of every app."""
        autodiscover_modules("documents")
