"""Who hears what is said of a service, so that nobody hears of themselves. Plain Python."""

from datetime import datetime, timedelta
from uuid import UUID

from suar.contact.terms import Concern, Readers, RequestKind
from suar.core.decisions import Decision

OPEN_FOR = timedelta(days=14)
WHO_LEADS, WHO_READS = "WHO_LEADS", "WHO_READS"
INSIDERS = frozenset({WHO_LEADS, WHO_READS})
"""Of these no reader of the same house hears: those who read, and those who chose them."""


def takes_feedback(*, switched_on: bool, readers: int, looked_at: datetime, at: datetime) -> Decision:
    """Say whether a house takes what is said: somebody may read it, and somebody looked lately.

    Source: own design, docs/decisions/0038.
    """
    if not switched_on:
        return Decision.no("switched_off")
    if not readers:
        return Decision.no("nobody_apart")
    return Decision.no("nobody_looked") if at - looked_at > OPEN_FOR else Decision.yes()


def reader_of(concern: Concern, readers: Readers) -> UUID | None:
    """Name the house whose readers hear this; None where nobody may.

    A complaint goes outside the house that it is about, always. What is said of those who lead or
    read goes outside as well. Other feedback goes outside where somebody was named for it, also
    while they do not read: then it is not taken. Of those who read, where no house is named, nobody
    who reads here hears: it may be they who are meant.

    Source: feedback-dimensions.json, rules (handled outside the body concerned; never seen by the
    service); own design, docs/decisions/0038.
    """
    if concern.house is None:
        return _of_no_house(concern, readers)
    outside = readers.outside.get(concern.house)
    if outside is not None:
        reads = outside != concern.house and outside in readers.for_others
        return outside if reads else None
    if concern.kind is RequestKind.COMPLAINT or concern.worker in INSIDERS:
        return None
    return concern.house if concern.house in readers.own else None


def houses_of(readers: Readers, kind: RequestKind) -> frozenset[UUID]:
    """Name the houses of which something of a kind is taken; complaints only by somebody outside.

    Source: own design, docs/decisions/0038 (off until somebody outside is named).
    """
    every = readers.own | set(readers.outside)
    return frozenset(house for house in every if reader_of(Concern(kind, house), readers))


def _of_no_house(concern: Concern, readers: Readers) -> UUID | None:
    """Where no house is named, a reader who serves nobody themselves comes first.

    A complaint, or words about those who lead or read, needs such a one: any other house could
    be the one that is meant. Those who read are that house itself.
    """
    if concern.worker == WHO_READS:
        return None
    named = {readers.outside[house] for house in houses_of(readers, RequestKind.COMPLAINT)}
    apart = sorted(named - set(readers.outside))
    if apart:
        return apart[0]
    if concern.kind is RequestKind.COMPLAINT or concern.worker in INSIDERS:
        return None
    return min(readers.own, default=None)
