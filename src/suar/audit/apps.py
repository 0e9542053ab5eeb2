"""The audit stage."""

from django.apps import AppConfig


class Stage(AppConfig):
    """Register the stage with Django."""

    name = "suar.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
