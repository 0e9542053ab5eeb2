"""Who must never learn of a person, because the person said so: no yes goes past this list."""

from collections.abc import Collection, Iterable
from uuid import UUID

from suar.consent.terms import Because
from suar.consent.terms.never import NeverKind, NeverTell
from suar.core.decisions import Decision


def may_learn(blocked: Collection[UUID], known_as: Iterable[UUID | None]) -> Decision:
    """Say whether somebody may learn of a person: no id they are known by is on the list.

    `known_as` is every id of the one who would learn: the service, the body that offers it, its
    account here, the worker. One of them on the list is enough for a no.
    Source: security.md T3; docs/decisions/0018.
    """
    met = not set(blocked).isdisjoint(each for each in known_as if each is not None)
    return Decision.no(Because.NEVER_TELL) if met else Decision.yes()


def blocked_by(lines: Iterable[NeverTell], *kinds: NeverKind) -> frozenset[UUID]:
    """Give the ids that the lines which stand keep away; of all kinds when none is named.

    Source: own design, docs/decisions/0018.
    """
    wanted = kinds or tuple(NeverKind)
    return frozenset(each.ref for each in lines if each.stands and each.ref and each.kind in wanted)


def may_put_on(line: NeverTell) -> Decision:
    """Say whether a line can be put on the list: it says who, and not the one who writes it.

    A body or a colleague is named by id alone, anybody else by words alone. Who holds a record
    cannot keep it from themselves: a colleague takes it over first.
    Source: own design, docs/decisions/0018.
    """
    by_words = line.kind is NeverKind.WORDS
    if (line.ref is None) is not by_words or bool(line.words.strip()) is not by_words:
        return Decision.no(Because.NOBODY_NAMED)
    return Decision.no(Because.NOT_YOURSELF) if line.ref == line.by else Decision.yes()


def may_take_off(reason: str) -> Decision:
    """Say whether a line may be taken off again: only with a reason, which stays.

    Source: own design, docs/decisions/0018.
    """
    return Decision.yes() if reason.strip() else Decision.no(Because.NO_REASON)


def same_line(lines: Iterable[NeverTell], line: NeverTell) -> NeverTell | None:
    """Give the line that stands already and says the same, so that two touches make one.

    Source: own design, docs/decisions/0018.
    """
    told = _said(line)
    return next((each for each in lines if each.stands and _said(each) == told), None)


def _said(line: NeverTell) -> tuple[NeverKind, UUID | None, str]:
    return line.kind, line.ref, line.words.strip().casefold()
