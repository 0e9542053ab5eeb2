"""Which of the two sites this process serves."""

from django.conf import settings


def is_public_site() -> bool:
    """Return True if this process serves the public site."""
    return str(settings.ROOT_URLCONF).endswith("public_urls")
