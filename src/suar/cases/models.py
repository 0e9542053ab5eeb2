"""Cases, work in the community, settings, and plain facts for the jobs of retention; all else is sealed."""

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
    """The follow-ups of an organisation: days after the anchor by code. It is about no person, so it is not sealed."""

    organisation = models.UUIDField(primary_key=True)
    intervals = models.JSONField()
    by = models.UUIDField()
    at = models.DateTimeField()


class TeamNotice(models.Model):
    """A notice to a team, for some days, to look at one of its records; what happened is sealed in the record.

    `at` is the beginning of a day.
    """

    record = models.UUIDField(primary_key=True)
    at = models.DateTimeField(db_index=True)


class RetentionSettings(models.Model):
    """For how many months an organisation stores records, by kind. It is about no person, so it is not sealed."""

    organisation = models.UUIDField(primary_key=True)
    months = models.JSONField()
    by = models.UUIDField()
    at = models.DateTimeField()


class Erasure(models.Model):
    """The plain facts of an erasure for the job that erases records; the reason and the person are sealed.

    `announced_on` is the day on which its retention ends, `erase_at` the end of the pause after two workers agreed to
    the request made on the record `requested_on`. Of an erased record, `entry` is the number of its audit entry.
    """

    record = models.UUIDField(primary_key=True)
    organisation = models.UUIDField(db_index=True)
    on_hold = models.BooleanField(default=False)
    announced_on = models.DateField(null=True, db_index=True)
    agreed = models.BooleanField(default=False)
    erase_at = models.DateTimeField(null=True, db_index=True)
    requested_on = models.UUIDField(null=True, db_index=True)
    asked_by = models.UUIDField(null=True)
    confirmed_by = models.UUIDField(null=True)
    asks_others = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True)
    entry = models.BigIntegerField(null=True)


class ErasureAsk(models.Model):
    """A request of a `sender` to another organisation to erase the case it opened for a referral; `reply` is a code.

    `record` is what was erased at the sender.
    """

    referral = models.UUIDField(primary_key=True)
    record = models.UUIDField(db_index=True)
    organisation = models.UUIDField(db_index=True)
    sender = models.UUIDField()
    at = models.DateTimeField()
    reply = models.CharField(max_length=20, default="")
    replied_by = models.UUIDField(null=True)
    replied_at = models.DateTimeField(null=True)


class ErasureClock(models.Model):
    """The last run of the job that erases records, and the start of the time without a jump of the clock; one row."""

    at = models.DateTimeField()
    steady_since = models.DateTimeField()


class SheetDraft(models.Model):
    """A spreadsheet of people between its upload and its import, sealed to the worker who uploaded it.

    After the import, or a day later, the sealed content is deleted. The keyed digest stays for a year, so that the
    worker notices the same file; it can only be computed with their key.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    worker = models.UUIDField(db_index=True)
    key = models.UUIDField()
    sealed = models.BinaryField()
    digest = models.BinaryField(max_length=32, db_index=True)
    at = models.DateTimeField(db_index=True)
    imported_at = models.DateTimeField(null=True)
