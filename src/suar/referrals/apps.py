"""The referral stage."""

from django.apps import AppConfig


class Stage(AppConfig):
    """Register the stage with Django."""

    name = "suar.referrals"
    label = "referral"
    default_auto_field = "django.db.models.BigAutoField"
