"""The base of models with random ids."""

from django.db import models

from suar.core.ids import new_id


class UUIDModel(models.Model):
    """A row with a random id, so that an id tells nothing about other rows."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True
