"""Plain Django under an older name; write `transaction.atomic`."""

from django.db.transaction import atomic as together

__all__ = ["together"]
