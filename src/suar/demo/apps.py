"""The demonstration world."""

from django.apps import AppConfig


class Stage(AppConfig):
    """Register the stage with Django."""

    name = "suar.demo"
    label = "demo"
