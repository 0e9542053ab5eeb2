"""The website app. Its label stays "doors" because tables are named after it."""

from django.apps import AppConfig


class WebsiteConfig(AppConfig):
    name = "suar.website"
    label = "doors"
    default_auto_field = "django.db.models.BigAutoField"
