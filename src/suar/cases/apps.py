"""The cases stage."""

from django.apps import AppConfig


class Stage(AppConfig):
    """Register the stage with Django."""

    name = "suar.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
