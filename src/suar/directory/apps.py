"""The directory as a Django application."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "suar.directory"
    label = "directory"

    def ready(self) -> None:
        """Let a start look at the files of this stage."""
        from suar.directory import checks  # noqa: F401 - registers itself
