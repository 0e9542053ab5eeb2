"""The consent stage."""

from django.apps import AppConfig


class Stage(AppConfig):
    """Register the stage with Django."""

    name = "suar.consent"
    label = "consent"
    default_auto_field = "django.db.models.BigAutoField"
