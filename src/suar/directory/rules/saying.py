"""Which reasons are said first, and which stay folded until somebody wants to know more."""

from collections.abc import Iterable

from suar.directory import catalogue
from suar.directory.codes import AgeStatus, Effect
from suar.directory.facts import Fit, PersonFacts, Reason, Said

ASKED_BY_MOST = ("EL_PAPERS", "EL_FORMAL", "EL_COST")
"""What a service may ask of anybody: said whether or not the person was asked about it."""
CONDITIONS = frozenset({*ASKED_BY_MOST, "EL_STAY", "EL_COOPERATION", "EL_TIME", "EL_CAPACITY"})
AGAINST_FIRST = (Effect.AGAINST, Effect.ASK, Effect.WARN)
MOST_TO_ASK = 4


def said(person: PersonFacts, found: Fit) -> Said:
    """Say first what to ask, what meets this person's own facts, papers, status and cost.

    What is open to everyone in a matter that the person was never asked about says nothing
    of this person: it is left out. Everything else is kept for who wants more.

    Source: own design, docs/decisions/0067.
    """
    asks = [each for effect in AGAINST_FIRST for each in found.because if each.effect is effect]
    own = stated(person)
    good = [each for each in found.because if _counts(each) and _is_about(each, own)]
    first = [*asks[:MOST_TO_ASK], *_in_order(good, own)]
    rest = [each for each in [*asks, *good] if each not in first]
    return Said(tuple(first), tuple(rest))


def stated(person: PersonFacts) -> frozenset[str]:
    """Name the attributes of which the person's own fact is known.

    Source: own design, docs/decisions/0067.
    """
    told = {
        "EL_AREA": person.place is not None,
        "EL_AGE": person.age_years is not None or person.age_status in (AgeStatus.ADULT, AgeStatus.CHILD),
        "EL_CHILDREN_WITH": bool(person.children),
        "EL_TIME": person.urgent,
    }
    for code, row in catalogue.attributes().items():
        if "person" in row["match"]:
            told[code] = getattr(person, row["match"]["person"]) is not None
    return frozenset(code for code, known in told.items() if known)


def _counts(one: Reason) -> bool:
    """Say whether a reason speaks for a service, or tells what it costs."""
    return one.effect is Effect.FOR or (one.effect is Effect.NOTE and one.attribute == "EL_COST")


def _is_about(one: Reason, own: frozenset[str]) -> bool:
    return one.attribute in own or one.attribute in CONDITIONS


def _in_order(good: Iterable[Reason], own: frozenset[str]) -> list[Reason]:
    """Put what meets the person before what is open to all, then what most services ask."""
    mine = [each for each in good if each.attribute in own]
    asked = [each for each in good if each.attribute in ASKED_BY_MOST and each not in mine]
    return [*sorted(mine, key=lambda each: each.outcome not in ("site", "match")), *asked]
