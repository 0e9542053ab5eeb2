"""Which services a printed directory of a place may hold, as cards in one language."""

from datetime import date, timedelta

from django.db.models import Q

from suar.directory import cards, catalogue, shown
from suar.directory.models import Service
from suar.directory.terms import Age, ServiceCard, Status

COUNTRY = "NATIONAL"


def cards_for(place: str, *, language: str, day: date) -> list[ServiceCard]:
    """Give open services for a district or province that a person confirmed within the year.

    Those with an open place there, and those for it, for its province, or for the whole country.
    One whose own clock has run out sooner is left out, as on its page. A hidden place leads
    nobody here: only the area that its service names does. By name and id.
    """
    since = day - timedelta(days=catalogue.hide_after_days())
    rows = Service.objects.filter(status=Status.ACTIVE, confirmed__gte=since).filter(_meant(place))
    found = shown.documents(rows.values_list("id", flat=True).distinct())
    told = [cards.card_of(each, language=language, today=day) for each in found.values()]
    told = [card for card in told if card.age is not Age.HIDDEN]
    return sorted(told, key=lambda card: (card.name.casefold(), str(card.id)))


def _meant(place: str) -> Q:
    if catalogue.is_province(place):
        inside = Q(areas__code__startswith=place) | Q(sites__district__startswith=f"{place}.")
        return inside | Q(areas__code=COUNTRY)
    wider = [place, catalogue.province_of(place), COUNTRY]
    return Q(areas__code__in=wider) | Q(sites__district=place)
