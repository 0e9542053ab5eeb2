"""The documents that the records of sender and receiver store about a referral."""

from dataclasses import dataclass, field
from uuid import UUID

from pydantic import Field

from suar.crypto.pairs import BoxPair
from suar.records.documents import Document, Part, Storage
from suar.records.terms import Compartment
from suar.referrals.codes import Actor
from suar.referrals.deadlines import OpeningHours, StoredHours


@dataclass(frozen=True, slots=True)
class Thread:
    """The data that both sides of a referral store: the key to its reasons, and the receiver's opening hours.

    Only the receiver's case stores `case`, the pair that opens the accepted packet.
    """

    key: bytes = field(repr=False)
    hours: OpeningHours = OpeningHours()
    case: BoxPair | None = field(default=None, repr=False)


class ThreadMessage(Part):
    """A message of one side of a referral to the other; `actor` is the part in which it was written."""

    text: str
    actor: Actor


class ReferralRecord(Document):
    """The service that was asked, what was shared, and the key to the reasons of answers; so that the sender knows what
    became of it.

    Statistics read it, so it contains no key to a packet. Version 0.1 and links have no organisation.
    """

    storage = Storage(Compartment.CODED, "referral", keyed=True)
    service: UUID
    service_name: str
    types: tuple[str, ...]
    shared: tuple[str, ...] = Field(validation_alias="told", serialization_alias="told")
    consent: UUID
    thread: str = Field(repr=False)
    hours: StoredHours
    receiver: UUID | None = None

    @property
    def opening_hours(self) -> OpeningHours:
        """The receiver's opening hours when the referral was sent."""
        return OpeningHours.from_stored(self.hours)

    def open_thread(self) -> Thread:
        """Return the thread, which seals and opens reasons."""
        return Thread(bytes.fromhex(self.thread), self.opening_hours)


class ReferralThread(Document):
    """The keys to the packet of the referral a case came from and to the reasons of answers, and our own hours; so that
    only the case opens what was shared, and progress can be reported when the consent has ended.

    `case` is the private key to which the packet is sealed. It is missing in what version 0.1 accepted.
    """

    storage = Storage(Compartment.NARRATIVE, "thread")
    key: str = Field(repr=False)
    hours: StoredHours
    case: str | None = Field(default=None, repr=False)

    def open_thread(self) -> Thread:
        """Return the thread, with which the packet opens."""
        case = BoxPair.from_private(bytes.fromhex(self.case)) if self.case else None
        return Thread(bytes.fromhex(self.key), OpeningHours.from_stored(self.hours), case)
