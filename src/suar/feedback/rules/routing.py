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
"""No handler of the same organisation reads about these: the handlers, and those who chose them."""


@dataclass(frozen=True, slots=True)
class Handlers:
    """Organisations whose handlers read now about it, or also about others; the outside reader of each."""

    own: frozenset[UUID]
    for_others: frozenset[UUID]
    outside: Mapping[UUID, UUID]


def takes_feedback(*, switched_on: bool, handlers: int, looked_at: datetime, at: datetime) -> Decision:
    """Allow feedback to an organisation if somebody may read it, and somebody looked lately.

    Source: own design, docs/decisions/feedback.md.
    """
    if not switched_on:
        return Decision.refuse("switched_off")
    if not handlers:
        return Decision.refuse("nobody_apart")
    return Decision.refuse("nobody_looked") if at - looked_at > OPEN_FOR else Decision.allow()


def choose_handlers(kind: RequestKind, handlers: Handlers, *, about: UUID | None, worker: str = "") -> UUID | None:
    """Return the organisation whose handlers read something about `about`; None if nobody may.

    A complaint always goes outside the organisation that it is about, and so does feedback on those who lead or read.
    Other feedback goes outside if an outside reader was named, also while they do not read: then it is not taken. If
    no organisation is named, no handler here reads about handlers: they may be the ones who are meant.

    Source: feedback-dimensions.json, rules (handled outside the body concerned; never seen by the service); own
    design, docs/decisions/feedback.md.
    """
    if about is None:
        return _handlers_without_organisation(kind, worker, handlers)
    outside = handlers.outside.get(about)
    if outside is not None:
        return outside if outside != about and outside in handlers.for_others else None
    if kind is RequestKind.COMPLAINT or worker in INSIDERS:
        return None
    return about if about in handlers.own else None


def organisations_taken(kind: RequestKind, handlers: Handlers) -> frozenset[UUID]:
    """Return the organisations about which something of a kind is taken; complaints only by somebody outside.

    Source: own design, docs/decisions/feedback.md (off until somebody outside is named).
    """
    known = handlers.own | set(handlers.outside)
    return frozenset(item for item in known if choose_handlers(kind, handlers, about=item))


def _handlers_without_organisation(kind: RequestKind, worker: str, handlers: Handlers) -> UUID | None:
    """Prefer handlers of an organisation that serves nobody itself.

    A complaint, or words about those who lead or read, needs them: any other could be the one that is meant.
    """
    if worker == WHO_READS:
        return None
    named = {handlers.outside[item] for item in organisations_taken(RequestKind.COMPLAINT, handlers)}
    apart = sorted(named - set(handlers.outside))
    if apart:
        return apart[0]
    if kind is RequestKind.COMPLAINT or worker in INSIDERS:
        return None
    return min(handlers.own, default=None)
