"""Tables of the yardstick: services, cases with encrypted bodies, submissions, an audit."""

from django.db import models


class Service(models.Model):
    """A service with the columns that are filtered, and the whole of it as a document."""

    id = models.CharField(primary_key=True, max_length=36)
    name = models.TextField()
    provider = models.TextField()
    district = models.TextField()
    kind = models.CharField(max_length=30)
    sex = models.CharField(max_length=40)
    languages = models.TextField()
    active = models.BooleanField()
    confirmed = models.DateField()
    text = models.TextField()
    document = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["district", "kind"])]


class Worker(models.Model):
    """A case worker."""

    code = models.CharField(max_length=20, unique=True)
    name = models.TextField()


class Case(models.Model):
    """A case: plain columns, the names and the whole body encrypted."""

    id = models.CharField(primary_key=True, max_length=40)
    opened = models.DateField()
    status = models.CharField(max_length=20)
    nationality = models.CharField(max_length=2)
    sex = models.CharField(max_length=24)
    born = models.DateField(null=True)
    worker = models.ForeignKey(Worker, models.PROTECT)
    district = models.TextField()
    names_sealed = models.BinaryField()
    body_sealed = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["status", "-opened"]), models.Index(fields=["-opened"])]


class Submission(models.Model):
    """A form that was sent in: its body encrypted under a key sealed to three recipients."""

    id = models.CharField(primary_key=True, max_length=60)
    received = models.DateTimeField(auto_now_add=True)
    form = models.TextField()
    status = models.CharField(max_length=40, default="")
    nationality = models.CharField(max_length=2, default="")
    body_sealed = models.BinaryField()
    keys_sealed = models.BinaryField()


class Audit(models.Model):
    """An entry tied to the one before it."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.TextField()
    action = models.TextField()
    about = models.TextField()
    previous = models.TextField()
    digest = models.TextField()
