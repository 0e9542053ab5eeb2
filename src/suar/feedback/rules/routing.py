"""Rules of routing: the organisation that reads feedback or a complaint; nobody reads about themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from suar.contact.documents import RequestKind
from suar.core.decisions import Decision

OPEN_FOR = timedelta(days=14)
WHO_READS = "WHO_READS"
INSIDERS = frozenset({"WHO_LEADS", WHO_READS})
"""No reader of the same organisation reads about these: those who read, and those who chose them."""


@dataclass(frozen=True, slots=True)
class Readers:
    """Present readers: organisations that read about themselves, or also about others; the outside reader of each."""

    own: frozenset[UUID]
    for_others: frozenset[UUID]
    outside: Mapping[UUID, UUID]


def takes_feedback(*, switched_on: bool, readers: int, looked_at: datetime, at: datetime) -> Decision:
    """Allow feedback to an organisation if somebody may read it, and somebody looked lately.

    Source: own design, docs/decisions/feedback.md.
    """
    if not switched_on:
        return Decision.refuse("switched_off")
    if not readers:
        return Decision.refuse("nobody_apart")
    return Decision.refuse("nobody_looked") if at - looked_at > OPEN_FOR else Decision.allow()


def choose_reader(kind: RequestKind, readers: Readers, *, about: UUID | None, worker: str = "") -> UUID | None:
    """Return the organisation whose handlers read something about `about`; None if nobody may.

    A complaint always goes outside the organisation that it is about, and so does feedback on those who lead or read.
    Other feedback goes outside if an outside reader was named, also while they do not read: then it is not taken. If
    no organisation is named, nobody who reads here reads about readers: they may be the ones who are meant.

    Source: feedback-dimensions.json, rules (handled outside the body concerned; never seen by the service); own
    design, docs/decisions/feedback.md.
    """
    if about is None:
        return _reader_without_organisation(kind, worker, readers)
    outside = readers.outside.get(about)
    if outside is not None:
        return outside if outside != about and outside in readers.for_others else None
    if kind is RequestKind.COMPLAINT or worker in INSIDERS:
        return None
    return about if about in readers.own else None


def organisations_taken(kind: RequestKind, readers: Readers) -> frozenset[UUID]:
    """Return the organisations about which something of a kind is taken; complaints only by somebody outside.

    Source: own design, docs/decisions/feedback.md (off until somebody outside is named).
    """
    known = readers.own | set(readers.outside)
    return frozenset(item for item in known if choose_reader(kind, readers, about=item))


def _reader_without_organisation(kind: RequestKind, worker: str, readers: Readers) -> UUID | None:
    """Prefer a reader that serves nobody itself.

    A complaint, or words about those who lead or read, needs such a reader: any other could be the one that is meant.
    """
    if worker == WHO_READS:
        return None
    named = {readers.outside[item] for item in organisations_taken(RequestKind.COMPLAINT, readers)}
    apart = sorted(named - set(readers.outside))
    if apart:
        return apart[0]
    if kind is RequestKind.COMPLAINT or worker in INSIDERS:
        return None
    return min(readers.own, default=None)
