"""Short-lived rows of the machinery: attempts that are counted, and tokens that were used.

No row names an account, an address or a form. Both tables are purged by a job and left out of backups.
"""

from django.db import models


class Attempt(models.Model):
    """One counted attempt of a caller, or a ticket that lets one attempt through after `at`.

    `key` is a keyed digest of the purpose and the caller; `amount` is what the attempt used.
    """

    key = models.BinaryField(max_length=32, db_index=True)
    at = models.DateTimeField(db_index=True)
    amount = models.SmallIntegerField(default=1)
    succeeded = models.BooleanField(default=False)
    ticket = models.BinaryField(max_length=32, null=True, unique=True)


class UsedToken(models.Model):
    """A single-use token that was used. Without `used_at` nobody can tell when."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)
