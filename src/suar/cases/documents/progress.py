"""Ratings of the domains of recovery, by the person and by the worker, by code only."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from suar.records.documents import Document, Part, Storage
from suar.records.terms import Compartment

Rater = Literal["person", "worker"]
RATERS: tuple[Rater, Rater] = ("person", "worker")


class Ratings(Part):
    """Ratings of the person and of the worker on one day, by domain; the two are never merged and never summed up."""

    on: date
    person: Mapping[str, str] = {}
    worker: Mapping[str, str] = {}
    full: bool = False
    on_paper: bool = False
    by: UUID
    at: datetime

    def of(self, rater: Rater) -> Mapping[str, str]:
        """Return the ratings of the person or of the worker."""
        return self.person if rater == "person" else self.worker

    @property
    def domains(self) -> set[str]:
        """The domains that somebody rated."""
        return {*self.person, *self.worker}


class DomainReview(Document):
    """One review of the domains, with earlier versions of it."""

    storage = Storage(
        Compartment.CODED,
        "ratings",
        keyed=True,
        purpose="ratings of domains of life by the person and by the worker on one day; so that both see what changes",
    )
    versions: tuple[Ratings, ...]

    @property
    def current(self) -> Ratings:
        """The version that counts."""
        return self.versions[-1]
