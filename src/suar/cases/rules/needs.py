"""The list of needs a case begins with, sorted into twelve groups."""

from collections.abc import Iterable, Mapping
from functools import cache

from suar.cases.rules.words import read
from suar.cases.terms import Need, NeedGroup
from suar.core.urgency import Urgency

PREFIX = 3
URGENT = frozenset({Urgency.NOW, Urgency.TODAY, Urgency.THREE_DAYS})


def first_needs(wanted: Iterable[tuple[str, Urgency]]) -> tuple[Need, ...]:
    """Make the list of needs from service types, most urgent first, each type once.

    Source: service types and groups; triage of the identification protocol.
    """
    soonest: dict[str, Urgency] = {}
    for service_type, urgency in wanted:
        soonest[service_type] = min(urgency, soonest.get(service_type, urgency))
    needs = (Need(need_group(each), each, urgency) for each, urgency in soonest.items())
    return tuple(sorted(needs, key=lambda need: (need.urgency, need.service_type)))


def need_group(service_type: str) -> NeedGroup:
    """Give the group of a service type; an unknown one goes where a worker looks at it.

    Source: service types, groups.
    """
    return _groups().get(service_type[:PREFIX], NeedGroup.COORDINATION)


def is_urgent(need: Need) -> bool:
    """Say whether an open need of this kind holds a closure: anything within three days.

    Source: case management code lists, urgency U1 to U3 and BAR_URGENT; own design.
    """
    return need.urgency in URGENT


@cache
def _groups() -> Mapping[str, NeedGroup]:
    return {row["prefix"]: NeedGroup(row["code"]) for row in read("needs")["groups"]}
