"""The voice stage."""

from django.apps import AppConfig


class Stage(AppConfig):
    """Register the stage with Django."""

    name = "suar.contact"
    label = "voice"
    default_auto_field = "django.db.models.BigAutoField"
