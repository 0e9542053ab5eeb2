"""The referrals app; its label is that of an earlier version."""

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """Register the app with Django."""

    name = "suar.referrals"
    label = "referral"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the function by which an exclusion closes what was sent to excluded organisations and workers."""
        from suar.consent import exclusions
        from suar.referrals import sending

        exclusions.ON_EXCLUDE.append(sending.close_to_excluded)
