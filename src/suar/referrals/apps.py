"""The referral stage."""

from django.apps import AppConfig


class Stage(AppConfig):
    """Register the stage with Django."""

    name = "suar.referrals"
    label = "referral"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every exclusion close what was sent to those who are excluded."""
        from suar.consent import exclusions
        from suar.referrals import sending

        exclusions.CLOSE.append(sending.close_to_excluded)
