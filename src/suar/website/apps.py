"""The doors stage."""

from django.apps import AppConfig


class Stage(AppConfig):
    """Register the stage with Django."""

    name = "suar.website"
    label = "doors"
    default_auto_field = "django.db.models.BigAutoField"
