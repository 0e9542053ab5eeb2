"""The site that this process serves."""

from django.conf import settings


def is_public_site() -> bool:
    """Return True if this process serves the public site."""
    return str(settings.ROOT_URLCONF).endswith("public_urls")


def is_files_site() -> bool:
    """Return True if this process serves files of strangers to staff."""
    return str(settings.ROOT_URLCONF).endswith("files_urls")
