"""The screening stage."""

from django.apps import AppConfig


class Stage(AppConfig):
    """Register the stage with Django."""

    name = "suar.screening"
    label = "screening"
    default_auto_field = "django.db.models.BigAutoField"
