"""What the sender's record contains of a referral."""

from uuid import UUID

from pydantic import Field

from suar.records.documents import Document, Storage
from suar.records.terms import Compartment

StoredHours = tuple[tuple[int, str, str], ...]
"""Weekly openings: weekday (0 is Monday), opening and closing time."""


class ReferralRecord(Document):
    """Which service was asked, what was shared, and the key of the thread."""

    storage = Storage(
        Compartment.CODED,
        "referral",
        keyed=True,
        purpose="which service was asked, what was shared, and the key to the reasons of answers; so that the sender"
        " knows what became of it",
    )
    service: UUID
    service_name: str
    types: tuple[str, ...]
    shared: tuple[str, ...] = Field(alias="told")
    consent: UUID
    thread: str = Field(repr=False)
    hours: StoredHours
