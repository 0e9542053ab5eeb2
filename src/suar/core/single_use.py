"""Tokens that count once, over all processes: submitted forms and passkey challenges."""

from datetime import datetime

from suar.core.models import UsedToken


def use_once(digest: bytes, *, expires_at: datetime, used_at: datetime | None = None) -> UsedToken | None:
    """Use a token up. Return None at its first use, and the row of the first use afterwards."""
    defaults = {"used_at": used_at, "expires_at": expires_at}
    row, created = UsedToken.objects.get_or_create(digest=digest, defaults=defaults)
    return None if created else row


def purge_used_tokens(*, at: datetime) -> int:
    """Delete tokens that are refused for their age alone."""
    return UsedToken.objects.filter(expires_at__lt=at).delete()[0]
