"""Which of the two doors this process answers for."""

from django.conf import settings


def is_public_door() -> bool:
    """Say whether the addresses of the public door are served here, or in this test."""
    return str(settings.ROOT_URLCONF).endswith("public_urls")
