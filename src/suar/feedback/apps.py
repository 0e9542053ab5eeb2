"""The feedback app."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    """Register the app, and how its letters are described to the person who wrote them."""

    name = "suar.feedback"
    label = "feedback"

    def ready(self) -> None:
        """Let the pages of a return code describe survey answers and outcomes."""
        from suar.contact.documents import LetterKind
        from suar.contact.public.views import DESCRIBE
        from suar.feedback.survey import describe

        DESCRIBE.update(dict.fromkeys((LetterKind.TAPS, LetterKind.DONE), describe))
