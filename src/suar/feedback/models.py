"""Complaint handlers of an organisation, and their published reports.

The tables and their migrations belong to the label `voice`, as in earlier versions, so that databases and backups open.
"""

from django.db import models


class Hearing(models.Model):
    """The complaint handlers of an organisation, as the public page describes them."""

    organisation = models.UUIDField(primary_key=True)
    switched_on = models.BooleanField(default=True)
    for_others = models.BooleanField(default=False)
    who_en = models.CharField(max_length=200)
    who_id = models.CharField(max_length=200)
    days = models.CharField(max_length=7)
    answers_within_days = models.PositiveSmallIntegerField()
    looked_at = models.DateTimeField()
    by = models.UUIDField()

    class Meta:
        app_label = "voice"
        constraints = [models.CheckConstraint(condition=~models.Q(days=""), name="hearing_has_days")]


class OutsideReader(models.Model):
    """The other organisation that reads feedback about this one; without it nobody takes complaints."""

    organisation = models.UUIDField(primary_key=True, db_column="house")
    reader = models.UUIDField()
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        app_label = "voice"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(organisation=models.F("reader")), name="outside_reader_is_outside"
            )
        ]


class Quarter(models.Model):
    """Published changes of three months because of feedback; `heard` is a multiple of five, or 0."""

    organisation = models.UUIDField()
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    heard = models.PositiveIntegerField(default=0)
    text_en = models.TextField(max_length=2000, db_column="told_en")
    text_id = models.TextField(max_length=2000, db_column="told_id")
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        app_label = "voice"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "number"], name="quarter_told_once"),
            models.CheckConstraint(condition=models.Q(number__range=(1, 4)), name="quarter_is_one_of_four"),
        ]
