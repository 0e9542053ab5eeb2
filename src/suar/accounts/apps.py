"""The accounts stage."""

from django.apps import AppConfig


class Stage(AppConfig):
    """Register the stage with Django."""

    name = "suar.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
