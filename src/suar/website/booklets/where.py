"""Where a service stands in a booklet: under which place, and at which places of the index."""

from collections.abc import Sequence

from django.utils.translation import pgettext

from suar.directory import catalogue
from suar.directory import labels as directory
from suar.directory.cards import ServiceCard
from suar.directory.queries import COUNTRY

HERE, NEAR, PROVINCE, WIDE = range(4)


def section_of(card: ServiceCard, place: str) -> tuple[int, str]:
    """Give how near a service is to a place and the head it stands under, nearest first."""
    there = _inside(card.districts, place)
    if there:
        return HERE, directory.place_name(there[0])
    province = catalogue.province_of(place)
    if inner := _inside(card.areas, place):
        elsewhere = card.districts and directory.place_name(card.districts[0])
        return (NEAR, elsewhere) if elsewhere else (HERE, directory.place_name(inner[0]))
    if province in card.areas:
        anywhere = pgettext("booklet", "Anywhere in %(place)s")
        return PROVINCE, anywhere % {"place": directory.place_name(province)}
    return WIDE, directory.place_name(COUNTRY)


def places_of(card: ServiceCard) -> list[str]:
    """List the names of all places under which a service is looked for in the index."""
    return list(dict.fromkeys(directory.place_name(code) for code in (*card.districts, *card.areas)))


def _inside(codes: Sequence[str], place: str) -> list[str]:
    """Give those codes that are a place, or a district in it when it is a province."""
    return [code for code in codes if code == place or code.startswith(f"{place}.")]
