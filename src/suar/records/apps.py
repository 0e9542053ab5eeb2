"""The app of records; its label is that of its tables."""

from django.apps import AppConfig
from django.db.models.signals import pre_migrate
from django.utils.module_loading import autodiscover_modules


class RecordsConfig(AppConfig):
    """Register the app with Django."""

    name = "suar.records"
    label = "vault"

    def ready(self) -> None:
        """Register the documents of every app, and what precedes a migration."""
        from suar.records.erasure import stop_counting

        autodiscover_modules("documents")
        pre_migrate.connect(stop_counting, sender=self)
