"""What an entry with a hidden place may never say."""

from collections.abc import Iterable
from uuid import UUID, uuid5

from suar.directory import catalogue


def provinces_only(areas: Iterable[str]) -> tuple[str, ...]:
    """Widen the areas of a service with a hidden place: districts become their province.

    Source: own design, docs/decisions/0008.
    """
    return tuple(sorted({catalogue.province_of(area) or area for area in areas}))


def stand_in(service: UUID) -> UUID:
    """Give the id under which others know that a service has a place that is not told.

    It is made of the service alone, so it stays the same wherever that place is, moves to, and
    however many there are.

    Source: own design, docs/decisions/0033.
    """
    return uuid5(service, "a place that is not told")
