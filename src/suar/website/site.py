"""Which of the two doors this process answers for."""

from django.conf import settings


def is_public_door() -> bool:
    """Return True if this process serves the public site."""
    return str(settings.ROOT_URLCONF).endswith("public_urls")
