"""Cases and the referrals they came from; all else is sealed."""

from django.db import models


class Case(models.Model):
    """A case of a provider: its record, and the referral whose packet it reads, never copies."""

    record = models.UUIDField(primary_key=True)
    referral = models.UUIDField(null=True, unique=True)
    by = models.UUIDField()
    at = models.DateTimeField()
