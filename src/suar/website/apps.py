"""The website app; its label names the tables."""

from django.apps import AppConfig


class WebsiteConfig(AppConfig):
    name = "suar.website"
    label = "doors"
    default_auto_field = "django.db.models.BigAutoField"
