"""The screening app."""

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """Register the app with Django."""

    name = "suar.screening"
    label = "screening"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the rules load the question sets of organisations, and every exclusion close what talks hold."""
        from suar.consent import exclusions
        from suar.screening import actions, question_sets
        from suar.screening.rules.data_files import load_own_sets_with

        load_own_sets_with(question_sets.load_own_set)
        exclusions.ON_EXCLUDE.append(actions.close_to_excluded)
