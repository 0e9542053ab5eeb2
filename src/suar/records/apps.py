"""The vault stage."""

from django.apps import AppConfig


class Stage(AppConfig):
    """Register the stage with Django."""

    name = "suar.records"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"
