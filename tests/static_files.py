"""Static files of a test run: served from the source, under their own names."""

from functools import cache

from django.contrib.staticfiles.storage import StaticFilesStorage


class Storage(StaticFilesStorage):
    """Works each address out once; in operation a manifest gives it."""

    @cache  # noqa: B019 - there is one storage in a process
    def url(self, name: str | None) -> str:
        """Return the address of a file."""
        return super().url(name)
