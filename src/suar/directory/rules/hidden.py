"""What an entry with a hidden place may never say."""

import re
from collections.abc import Iterable
from uuid import UUID, uuid5

from suar.directory import catalogue

STREET = re.compile(
    r"""
    \b(?:jl|jln|gg)\s*\.\s*\w            # Jl. Melati, Gg. 3
    | \b(?:jalan|gang|lorong|komplek|kompleks|perumahan|blok)\s+(?:raya\s+)?(?-i:[A-Z0-9])
    | \b(?:rt|rw)\s*[./]?\s*\d           # RT 02 / RW 05
    | \bno(?:mor)?\s*[.:]?\s*\d+[a-z]?\s*(?:,|rt\b|rw\b|blok\b)
    | \b\d+[a-z]?\s+\w+\s+(?:street|road|lane|avenue|alley)\b
    | \b\w+\s+(?:street|road|lane|avenue|alley)\s+(?:no\.?\s*)?\d
    | -?\d{1,3}\.\d{3,}\s*[,;]\s*-?\d{1,3}\.\d{3,}      # coordinates
    | \b[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}\b   # plus code
    | maps\.app\.goo\.gl | google\.[a-z.]+/maps | ///\w+\.\w+\.\w+
    """,
    re.VERBOSE | re.IGNORECASE,
)


def named_streets(text: str) -> tuple[str, ...]:
    """Give the pieces of a text that read like an address, coordinates or a link to a map.

    Source: own design, docs/decisions/0008 (a scraper who wants shelter addresses).
    """
    return tuple(found.group(0).strip() for found in STREET.finditer(text))


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
