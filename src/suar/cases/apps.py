"""The app of people and cases."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Register the app with Django."""

    name = "suar.cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register hooks of other apps: exclusions reach merged records, a person of a talk gets an index entry.

        Nothing is sent from a record that will be erased.
        """
        from suar.cases import calendars, duplicates, erasure
        from suar.consent import exclusions
        from suar.referrals import sending
        from suar.screening import next_steps

        exclusions.ON_EXCLUDE.append(duplicates.exclude_from_merged)
        exclusions.ON_REMOVE.append(duplicates.remove_from_merged)
        sending.CHECKS.append(erasure.check_stays)
        next_steps.ON_CHANGE.append(calendars.update_index_entry)
