"""The screening stage."""

from django.apps import AppConfig


class Stage(AppConfig):
    """Register the stage with Django."""

    name = "suar.screening"
    label = "screening"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the rules of the talk read the versions that houses made."""
        from suar.screening import question_shelf
        from suar.screening.rules.files import take_own_sets_from

        take_own_sets_from(question_shelf.kept)
