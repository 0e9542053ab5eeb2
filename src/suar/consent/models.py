"""Plain rows of consents and withdrawals: by whom and when. Their contents are sealed elsewhere."""

from django.db import models

from suar.core.ids import new_id


class Consent(models.Model):
    """A consent for one recipient and one purpose; its content is a sealed value of the record."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record = models.UUIDField(db_index=True)
    organisation = models.UUIDField()
    by = models.UUIDField()
    at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("at")), name="consent_ends_later")
        ]


class Withdrawal(models.Model):
    """The withdrawal of a consent; it counts from its time on and is never undone."""

    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="withdrawal")
    by = models.UUIDField()
    at = models.DateTimeField()


class Ending(models.Model):
    """The end of a consent because its referral ended; needs no key and is never undone."""

    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="ending")
    at = models.DateTimeField()
