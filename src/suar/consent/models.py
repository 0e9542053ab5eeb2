"""That a consent was given or withdrawn, by whom and when; what it says is sealed elsewhere."""

from django.db import models

from suar.core.ids import new_id


class Consent(models.Model):
    """A yes to one recipient and one purpose; its content is a sealed value of the record."""

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
    """A consent taken back; it counts from its time on and is never undone."""

    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="withdrawal")
    by = models.UUIDField()
    at = models.DateTimeField()


class Ending(models.Model):
    """A consent that is over because what was asked on it is; needs no key and is never undone."""

    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="ending")
    at = models.DateTimeField()
