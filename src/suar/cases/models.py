"""Cases and the referrals they came from, and work in the community; all else is sealed."""

from django.db import models

from suar.core.ids import new_id


class Case(models.Model):
    """A case of a provider: its record, and the referral whose packet it reads, never copies."""

    record = models.UUIDField(primary_key=True)
    referral = models.UUIDField(null=True, unique=True)
    by = models.UUIDField()
    at = models.DateTimeField()


class CommunityWork(models.Model):
    """A talk or meeting against stigma, by codes and numbers; nothing in it leads to a person.

    Its words are sealed to the team or, without one, to the worker: somebody may have typed a name all the same.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation = models.UUIDField(db_index=True)
    on = models.DateField()
    kind = models.CharField(max_length=30)
    place = models.CharField(max_length=8, default="")
    participants = models.PositiveIntegerField(null=True)
    result = models.CharField(max_length=30, default="")
    key = models.UUIDField(null=True)
    sealed = models.BinaryField(default=b"")
    struck = models.BooleanField(default=False)
    by = models.UUIDField()
    at = models.DateTimeField()


class FollowUpSettings(models.Model):
    """The follow-ups of an organisation: days after the anchor by code. About nobody, so plain."""

    organisation = models.UUIDField(primary_key=True)
    intervals = models.JSONField()
    by = models.UUIDField()
    at = models.DateTimeField()


class TeamNotice(models.Model):
    """A team is told for some days to look at one of its records; what happened is sealed in the record.

    `at` is the beginning of a day.
    """

    record = models.UUIDField(primary_key=True)
    at = models.DateTimeField(db_index=True)
